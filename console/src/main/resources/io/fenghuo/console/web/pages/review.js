// The review desk: queue left, case right, keys for everything.
import { defineComponent, h, nextTick, reactive, ref, shallowReactive, watch } from '../lib/vue.js';
import { clock } from '../state.js';
import { get, getWithTag, put } from '../api.js';
import { useAnswer } from '../ask.js';
import { go, route } from '../router.js';
import { exactMoney, percent, span } from '../format.js';
import { useKeys } from '../keys.js';
import { t } from '../texts.js';
import { Age } from '../ui/panel.js';
import { answered, empty, loading, wrong } from '../ui/answers.js';
import { key, sign } from '../ui/marks.js';
import { newDesk } from '../review/desk.js';
import { Filters, Queue } from '../review/queue.js';
import { Case, VERDICTS } from '../review/case.js';
import { Bulk, SaveView, Team, ToList, Unmask } from '../review/dialogs.js';

const PAGE = 50;
const MOST = 500;

export default defineComponent({
  setup() {
    const filter = reactive({ state: 'open', outcome: '', minScore: '', rule: '', q: '', sort: 'priority' });
    const wanted = ref(PAGE);
    const picked = ref(new Set());
    const dialog = ref(null);
    const views = shallowReactive({ items: [], etag: null });
    const asked = () => ({ ...filter });
    const queue = useAnswer(() => get('/cases', { ...asked(), limit: wanted.value }), { every: 5000, again: () => Object.values(filter) });
    const team = useAnswer(() => get('/team'), { every: 15000 });
    const hand = newDesk(() => ({ outcome: filter.outcome || null, minScore: filter.minScore === '' ? null : Number(filter.minScore), rule: filter.rule || null, q: filter.q || null, sort: filter.sort }),
      () => { queue.refresh(); team.refresh(); });
    const { desk } = hand;

    watch(() => route.path, () => {
      const id = route.path.startsWith('/review/') ? decodeURIComponent(route.path.slice(8)) : null;
      if (route.path.startsWith('/review') && id !== desk.id) hand.show(id);
    }, { immediate: true });
    watch(() => queue.data, (data) => {
      if (!data) return;
      const there = new Set(data.items.map((each) => each.id));
      const left = [...picked.value].filter((id) => there.has(id));
      if (left.length !== picked.value.size) picked.value = new Set(left);
    });

    getWithTag('/views').then(({ body, etag }) => Object.assign(views, { items: body?.views ?? [], etag })).catch(() => {});

    async function saveView(name) {
      await put('/views', { views: [...views.items.filter((each) => each.name !== name), { name, filters: { ...filter } }] }, views.etag);
      const { body, etag } = await getWithTag('/views');
      Object.assign(views, { items: body.views, etag });
    }

    function useView(name) {
      const view = views.items.find((each) => each.name === name);
      if (view) Object.assign(filter, { outcome: '', minScore: '', rule: '', q: '', sort: 'priority' }, view.filters);
    }

    function openItem(item) {
      go('/review/' + encodeURIComponent(item.id));
    }

    function pick(item) {
      const next = new Set(picked.value);
      if (!next.delete(item.id)) next.add(item.id);
      picked.value = next;
    }

    function move(by) {
      const items = queue.data?.items ?? [];
      if (!items.length) return;
      const at = items.findIndex((each) => each.id === desk.id);
      const next = items[Math.max(0, Math.min(items.length - 1, at < 0 ? 0 : at + by))];
      openItem(next);
      nextTick(() => [...document.querySelectorAll('[data-case]')].find((each) => each.dataset.case === next.id)?.scrollIntoView({ block: 'nearest' }));
    }

    function focus(id) {
      document.getElementById(id)?.focus();
    }

    const here = () => desk.item != null;
    useKeys([
      ...VERDICTS.map((each) => ({ keys: [each.key], text: 'verdict.' + each.verdict, when: here, run: () => hand.decide(each.verdict) })),
      { keys: ['n'], text: 'review.next', run: hand.next },
      { keys: ['z'], text: 'review.undo', when: () => hand.undoable.value.length > 0, run: () => hand.undo() },
      { keys: ['/'], text: 'review.search', run: () => focus('review-search') },
      { keys: ['j', 'ArrowDown'], text: 'help.down', run: () => move(1) },
      { keys: ['k', 'ArrowUp'], text: 'help.up', run: () => move(-1) },
      { keys: ['x'], text: 'help.pick', when: here, run: () => pick(desk.item) },
      { keys: ['b'], text: 'help.bulk', when: () => picked.value.size > 0, run: () => { dialog.value = 'bulk'; } },
      { keys: ['m'], text: 'help.note', when: here, run: () => focus('case-note') },
      { keys: ['w'], text: 'case.to-list', when: here, run: () => { dialog.value = 'list'; } },
      { keys: ['Escape'], text: 'help.back', when: here, run: () => go('/review') },
    ]);

    function undoStrip() {
      const list = hand.undoable.value;
      if (list.length === 0) return null;
      return h('div', { class: 'undo', role: 'status' }, list.slice(-2).map((each) => {
        const left = Math.max(0, Math.round((Date.parse(each.until) - clock.value) / 1000));
        return h('p', { key: each.id, class: 'undo-line' }, [sign('ok'), h('span', { class: 'grow one-line' }, [h('b', t('verdict.done-' + each.verdict)), ' ', h('bdi', each.id.slice(0, 40)), ' ', exactMoney(each.amount, each.currency)]),
          h('span', { class: 'undo-left' }, left + ' s'), h('button', { type: 'button', class: 'button small', onClick: () => hand.undo(each) }, [t('review.undo'), key('Z')])]);
      }));
    }

    function head() {
      const data = team.data;
      return h('div', { class: 'page-head' }, [
        h('h1', t('nav.review')),
        data ? h('button', { type: 'button', class: 'button quiet', onClick: () => { dialog.value = 'team'; } }, [
          t('team.open', { n: data.open }), data.oldestMinutes == null ? '' : ' · ' + t('team.oldest', { span: span(data.oldestMinutes * 60) }),
          data.promise?.kept == null ? '' : ' · ' + t('team.promise', { n: data.promise.minutes, share: percent(data.promise.kept, 1) })]) : null,
        queue.data?.counts?.escalated ? h('span', { class: 'mark tone-warning' }, [sign('warning'), t('review.escalated-n', { n: queue.data.counts.escalated })]) : null,
        queue.data?.counts?.overdue ? h('span', { class: 'mark tone-critical' }, [sign('critical'), t('review.overdue-n', { n: queue.data.counts.overdue })]) : null,
        h(Age, { at: queue.at }),
        h('div', { class: 'page-end' }, [
          h('button', { type: 'button', class: 'button main', disabled: desk.busy, 'aria-keyshortcuts': 'n', onClick: hand.next }, [t('review.next'), key('N')]),
        ]),
      ]);
    }

    function right() {
      if (desk.problem) return h('div', { class: 'panel' }, wrong(desk.problem, () => hand.show(desk.id)));
      if (desk.item) return h(Case, { key: desk.item.id, hand, back: () => go('/review'), toList: () => { dialog.value = 'list'; }, unmask: () => { dialog.value = 'unmask'; } });
      if (desk.id) return h('div', { class: 'panel panel-body' }, loading());
      return h('div', { class: 'panel case-none' }, desk.clear ? empty(t('review.clear'), t('review.clear-how')) : empty(t('review.choose'), t('review.choose-how')));
    }

    return () => [
      head(),
      undoStrip(),
      h('div', { class: ['desk', desk.id ? 'has-case' : ''] }, [
        h('section', { class: 'panel desk-queue', 'aria-label': t('review.queue') }, [
          h(Filters, { filter, counts: queue.data?.counts, views: views.items, saveView: () => { dialog.value = 'view'; }, useView }),
          picked.value.size ? h('div', { class: 'strip' }, [t('review.picked', { n: picked.value.size }),
            h('button', { type: 'button', class: 'button small', onClick: () => { dialog.value = 'bulk'; } }, [t('bulk.open'), key('B')])]) : null,
          answered(queue, (data) => h(Queue, { items: data.items, state: filter.state, current: desk.id, picked: picked.value, open: openItem, pick,
            more: data.next && wanted.value < MOST ? () => { wanted.value = Math.min(MOST, wanted.value + PAGE * 2); queue.refresh(); } : null })),
        ]),
        h('div', { class: 'desk-case' }, right()),
      ]),
      dialog.value === 'bulk' ? h(Bulk, { ids: [...picked.value], close: () => { dialog.value = null; }, given: () => { picked.value = new Set(); dialog.value = null; queue.refresh(); } }) : null,
      dialog.value === 'team' && team.data ? h(Team, { team: team.data, close: () => { dialog.value = null; } }) : null,
      dialog.value === 'view' ? h(SaveView, { save: saveView, close: () => { dialog.value = null; } }) : null,
      dialog.value === 'list' && desk.item ? h(ToList, { item: desk.item, close: () => { dialog.value = null; } }) : null,
      dialog.value === 'unmask' && desk.item ? h(Unmask, { id: desk.item.id, close: () => { dialog.value = null; }, seen: (fields) => {
        desk.item = { ...desk.item, order: { ...desk.item.order, ...fields } };
      } }) : null,
    ];
  },
});
