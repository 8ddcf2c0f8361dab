// What the reviewer holds in the hand: the case in front, the lock on it, verdicts that can still be undone.
import { computed, shallowReactive } from '../lib/vue.js';
import { can, clock, open, user } from '../state.js';
import { Problem, get, post, segment } from '../api.js';
import { go } from '../router.js';
import { t } from '../texts.js';
import { done, failed } from '../ui/toasts.js';

function path(id, action) {
  return '/cases/' + segment(id) + (action ? '/' + action : '');
}

/** The same one each time, so that an empty list is no change. */
const NONE = [];

export function newDesk(filters, changed) {
  const desk = shallowReactive({ id: null, item: null, problem: null, busy: false, clear: false, note: '', undoable: [] });
  let round = 0;
  let running = Promise.resolve();

  const mine = computed(() => {
    const item = desk.item;
    if (!item || item.state !== 'taken') return false;
    if (item.takenUntil && Date.parse(item.takenUntil) < clock.value) return false;
    return open() ? Boolean(item.takenBy) : item.takenBy === user()?.name;
  });
  const others = computed(() => desk.item?.state === 'taken' && !mine.value
    && !(desk.item.takenUntil && Date.parse(desk.item.takenUntil) < clock.value));

  async function show(id) {
    const mineRound = ++round;
    Object.assign(desk, { id, problem: null, clear: false, note: desk.id === id ? desk.note : '' });
    if (desk.item?.id !== id) desk.item = null;
    if (!id) return;
    try {
      const item = await get(path(id));
      if (mineRound === round) desk.item = item;
    } catch (problem) {
      if (mineRound === round) desk.problem = problem;
    }
  }

  /** Never two actions at once: keys are quicker than answers, and a verdict must not fall on a case nobody has seen. */
  function once(action) {
    if (!desk.busy) running = perform(action);
    return running;
  }

  async function perform(action) {
    desk.busy = true;
    try {
      await action();
    } catch (problem) {
      failed(problem);
      if (problem instanceof Problem && problem.status === 409 && desk.id) show(desk.id);
    } finally {
      desk.busy = false;
    }
  }

  /** What was escalated is for approvers, everything else for reviewers. */
  function may(item) {
    return can(item?.escalated ? 'approver' : 'reviewer');
  }

  function allowed(item) {
    if (item ? may(item) : can('reviewer', 'approver')) return true;
    failed({ said: t(item?.escalated ? 'review.for-seniors' : 'review.look-only') });
    return false;
  }

  async function take() {
    desk.item = await post(path(desk.id, 'take'));
    changed();
  }

  async function toNext() {
    const item = await post('/cases/next', filters());
    changed();
    if (!item) {
      Object.assign(desk, { id: null, item: null, clear: true });
      go('/review');
      return;
    }
    Object.assign(desk, { id: item.id, item, problem: null, clear: false, note: '' });
    go('/review/' + segment(item.id));
    round++;
  }

  function decide(verdict) {
    const item = desk.item;
    if (!item || !allowed(item) || item.state === 'done' || (verdict === 'ESCALATE' && item.escalated)) return;
    once(async () => {
      if (!mine.value) await take();
      const answer = await post(path(item.id, 'verdict'), { verdict, note: desk.note.trim() || null });
      desk.undoable = [...desk.undoable.filter((each) => each.id !== item.id),
        { id: item.id, verdict, amount: item.amount, currency: item.currency, until: answer.undoUntil }];
      desk.note = '';
      await toNext();
    });
  }

  const undoable = computed(() => (desk.undoable.length === 0 ? NONE : desk.undoable.filter((each) => Date.parse(each.until) > clock.value)));

  function undo(which = undoable.value[undoable.value.length - 1]) {
    if (!which) return;
    // Ten seconds are short: it waits for what is under way instead of being dropped.
    running = running.then(() => perform(async () => {
      await post(path(which.id, 'undo'));
      desk.undoable = desk.undoable.filter((each) => each !== which);
      done(t('review.undone', { id: which.id }));
      changed();
      go('/review/' + segment(which.id));
      await show(which.id);
    }));
  }

  function release() {
    if (!mine.value) return;
    once(async () => {
      await post(path(desk.id, 'release'));
      changed();
      await show(desk.id);
    });
  }

  function addNote(text) {
    return once(async () => {
      await post(path(desk.id, 'note'), { text });
      desk.note = '';
      done(t('review.noted'));
      await show(desk.id);
    });
  }

  return { desk, mine, others, undoable, may, show, decide, undo, release, addNote,
    take: () => { if (desk.item && allowed(desk.item)) once(take); },
    next: () => { if (allowed()) once(toNext); } };
}
