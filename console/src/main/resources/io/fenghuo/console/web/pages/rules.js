// Which rule helps and which hurts; a change of mode needs a second person.
import { defineComponent, h, reactive, ref } from '../lib/vue.js';
import { can, open, user } from '../state.js';
import { get, post, segment } from '../api.js';
import { useAnswer } from '../ask.js';
import { go, route } from '../router.js';
import { agoAndWhen, compact, decimal, exactMoney, money, percent, said } from '../format.js';
import { useKeys } from '../keys.js';
import { t } from '../texts.js';
import { Panel } from '../ui/panel.js';
import { Table } from '../ui/table.js';
import { answered, wrong, loading } from '../ui/answers.js';
import { chip, hours, outcome, sign } from '../ui/marks.js';
import { done } from '../ui/toasts.js';

const MODES = ['LIVE', 'SHADOW', 'OFF'];
const TONES = { LIVE: 'ok', SHADOW: 'notice', OFF: null };

export function mode(name) {
  return chip(t('mode.' + name), TONES[name]);
}

/** A rate without what it rests on says nothing. */
function precision(row) {
  return row.precision ? h('span', { title: t('rules.of', { n: row.precision.of }) }, [percent(row.precision.value, 1), h('small', { class: 'muted' }, ' / ' + decimal(row.precision.of))]) : h('span', { class: 'muted' }, t('rules.unjudged'));
}

const STEPS = ['asked', 'approved', 'coming', 'in_force'];

/** How far a change of mode has come: asked → approved → coming into force → in force. */
function steps(state) {
  const now = STEPS.indexOf(state);
  return h('ol', { class: 'row tight', 'aria-label': t('rules.change') }, STEPS.map((step, i) => h('li', { key: step, class: ['mark', i < now || state === 'in_force' ? 'tone-ok' : i === now ? 'tone-notice' : 'muted'], 'aria-current': i === now ? 'step' : null },
    [sign(i < now || state === 'in_force' ? 'ok' : i === now ? 'clock' : 'unknown'), t('rules.step-' + step)])));
}

/** Where the mode comes from: the file, or people and since when. */
function origin(rule) {
  const set = rule.inForce;
  if (!set || set.ignored) return h('span', { class: 'muted' }, t('rules.from-file'));
  return h('span', { class: 'muted' }, [t('rules.from-people', { asked: set.by, approved: set.decidedBy }), ' · ', agoAndWhen(set.inForceAt), ' · ', t('rules.set'), ' ', h('code', set.ruleSetVersion ?? ''), ' · ', t('rules.file-says'), ' ', t('mode.' + rule.fileMode)]);
}

const ModeChange = defineComponent({
  props: { rule: Object, changed: Function },
  setup(props) {
    const form = reactive({ mode: '', reason: '', problem: null, busy: false });

    async function act(path, body, text) {
      form.busy = true;
      form.problem = null;
      try {
        await post('/rules/' + segment(props.rule.id) + '/' + path, body);
        Object.assign(form, { mode: '', reason: '' });
        done(text);
        props.changed();
      } catch (problem) { form.problem = problem; }
      form.busy = false;
    }

    return () => {
      const rule = props.rule;
      const asked = rule.request;
      const own = asked && user() && asked.by === user().name;
      const change = rule.change;
      const onItsWay = change && (change.state === 'approved' || change.state === 'coming');
      return h('div', { class: 'stack' }, [
        h('p', [t('rules.mode-now'), ' ', mode(rule.mode), ' ', origin(rule)]),
        rule.inForce?.ignored ? h('p', { class: 'strip strip-warning' }, [sign('warning'), ' ', mode(rule.inForce.mode), ' ', said(rule.inForce.ignored)]) : null,
        change && change.state !== 'in_force' ? h('div', { class: ['strip', 'stack', change.state === 'failed' ? 'strip-critical' : 'strip-notice'], role: 'status' }, [
          h('p', [h('bdi', { class: 'strong' }, change.by), ' ', t('rules.asks'), ' ', mode(change.mode), ' · ', t('rules.approved-by'), ' ', h('bdi', { class: 'strong' }, change.decidedBy ?? ''), ' · ', agoAndWhen(change.decidedAt)]),
          change.state === 'failed' ? h('p', [sign('critical'), ' ', t('rules.did-not'), ' ', h('span', { class: 'theirs clamp' }, said(change.problem).slice(0, 1000))]) : steps(rule.jobsHere === false ? 'approved' : change.state),
          change.state === 'failed' && !change.ignored && !asked && can('approver') ? h('div', { class: 'row' }, h('button', { type: 'button', class: 'button', disabled: form.busy, onClick: () => act('retry', {}, t('rules.retried')) }, t('rules.retry'))) : null,
          onItsWay && rule.jobsHere === false ? h('p', [t('rules.elsewhere'), ' ', h('a', { href: '/api/v1/modes?format=yaml' }, 'modes.yaml')]) : null,
        ]) : null,
        asked ? h('div', { class: 'strip strip-warning stack' }, [
          steps('asked'),
          h('p', [h('bdi', { class: 'strong' }, asked.by), ' ', t('rules.asks'), ' ', mode(asked.mode), ' · ', agoAndWhen(asked.at)]),
          h('p', { class: 'theirs clamp' }, (asked.reason ?? '').slice(0, 600)),
          can('approver') ? h('div', { class: 'row' }, [
            h('button', { type: 'button', class: 'button main', disabled: form.busy || (own && !open()), onClick: () => act('approve', {}, t('rules.approved')) }, t('rules.approve')),
            h('button', { type: 'button', class: 'button', disabled: form.busy, onClick: () => act('refuse', { reason: form.reason.trim() }, t('rules.refused')) }, t('rules.refuse')),
            own ? h('span', { class: 'second' }, t('rules.same-person')) : null,
          ]) : h('p', { class: 'second' }, t('rules.needs-approver')),
        ]) : can('rule-author') && !(onItsWay && rule.jobsHere) ? h('form', { class: 'form', onSubmit: (event) => { event.preventDefault(); act('mode', { mode: form.mode, reason: form.reason.trim() }, t('rules.asked')); } }, [
          h('div', { class: 'tabs', role: 'group', 'aria-label': t('rules.change') }, MODES.filter((each) => each !== rule.mode).map((each) => h('button', { key: each, type: 'button', class: 'tab', 'aria-pressed': String(form.mode === each),
            onClick: () => { form.mode = each; } }, t('rules.to-' + each)))),
          h('label', { class: 'field' }, [h('span', t('rules.reason')), h('input', { required: true, maxlength: 400, value: form.reason, onInput: (event) => { form.reason = event.target.value; } })]),
          h('div', { class: 'form-end' }, h('button', { type: 'submit', class: 'button main', disabled: form.busy || !form.mode }, t('rules.ask'))),
        ]) : onItsWay || can('rule-author') ? null : h('p', { class: 'second' }, t('rules.look-only')),
        form.problem ? h('p', { class: 'field-wrong', role: 'alert' }, [sign('critical'), ' ', form.problem.said]) : null,
        h('p', { class: 'muted small-text' }, t('rules.how-far')),
      ]);
    };
  },
});

export default defineComponent({
  setup() {
    const rules = useAnswer(() => get('/rules', { limit: 500 }), { every: 8000 });
    const only = ref('');
    const current = () => (route.path.startsWith('/rules/') ? decodeURIComponent(route.path.slice(7)) : null);
    const rule = useAnswer(() => (current() ? get('/rules/' + segment(current())) : Promise.resolve(null)), { every: 3000, again: () => route.path });
    const modes = useAnswer(() => get('/modes'));
    useKeys([{ keys: ['Escape'], text: 'help.back', when: () => current() != null, run: () => go('/rules') }]);

    const columns = () => [
      { id: 'rule', title: t('rules.rule'), wide: true, cell: (row) => h('div', [h('p', { class: 'strong theirs clamp clamp-2' }, said(row.title).slice(0, 200)), h('code', { class: 'muted' }, row.id)]) },
      { id: 'mode', title: t('rules.mode'), cell: (row) => h('span', { class: 'row tight' }, [mode(row.mode), row.request ? h('span', { class: 'tone-warning mark', title: t('rules.waiting') }, [sign('clock', t('rules.waiting')), '→ ' + t('mode.' + row.request.mode)]) : null, ...way(row)]) },
      { id: 'outcome', title: t('table.outcome'), cell: (row) => (row.outcome ? h('span', { class: 'row tight' }, [outcome(row.outcome), h('span', { class: 'muted' }, '+' + row.score)]) : h('span', { class: 'muted' }, t('rules.alert-only'))) },
      { id: 'hits', title: t('rules.hits'), number: true, cell: (row) => h('span', { title: decimal(row.hits?.today) }, compact(row.hits?.today)) },
      { id: 'hours', title: t('rules.by-hour'), cell: (row) => (row.hits?.byHour?.length ? hours(row.hits.byHour, t('rules.hours-said', { n: decimal(row.hits.today), most: decimal(Math.max(...row.hits.byHour)) })) : null) },
      { id: 'share', title: t('rules.share'), number: true, cell: (row) => percent(row.shareOfDecisions) },
      { id: 'precision', title: t('rules.precision'), number: true, cell: precision },
      { id: 'stopped', title: t('rules.stopped'), number: true, cell: (row) => h('span', { title: exactMoney(row.moneyStopped) }, money(row.moneyStopped)) },
      { id: 'held', title: t('rules.held'), number: true, cell: (row) => h('span', { title: exactMoney(row.moneyWronglyHeld), class: row.moneyWronglyHeld > row.moneyStopped && row.moneyWronglyHeld > 0 ? 'tone-warning mark' : '' },
        [row.moneyWronglyHeld > row.moneyStopped && row.moneyWronglyHeld > 0 ? sign('warning', t('rules.hurts')) : null, money(row.moneyWronglyHeld)]) },
      { id: 'owner', title: t('rules.owner'), hidden: true, cell: (row) => h('bdi', row.owner ?? '') },
      { id: 'tests', title: t('rules.tests'), number: true, hidden: true, cell: (row) => decimal(row.tests) },
    ];

    /** A change that is not in force yet, or never came, or is not applied. */
    function way(row) {
      const change = row.change;
      if (change && change.state === 'failed') return [h('span', { class: 'tone-critical mark', title: said(change.problem) }, [sign('critical', t('rules.did-not')), '→ ' + t('mode.' + change.mode)])];
      if (change && change.state !== 'in_force') return [h('span', { class: 'tone-notice mark', title: t('rules.step-coming') }, [sign('clock', t('rules.step-coming')), '→ ' + t('mode.' + change.mode)])];
      return row.inForce?.ignored ? [h('span', { class: 'tone-warning mark', title: said(row.inForce.ignored) }, sign('warning', said(row.inForce.ignored)))] : [];
    }

    /** Approved modes of rules that are gone have no row of their own. */
    function gone() {
      const lost = (modes.data?.ignored ?? []).filter((each) => !rules.data?.items.some((row) => row.id === each.id));
      return lost.length && rules.data ? h('div', { class: 'strip strip-warning stack' }, lost.map((each) => h('p', { key: each.id }, [sign('warning'), ' ', h('code', each.id), ' ', mode(each.mode), ' ', said(each.ignored)]))) : null;
    }

    function one(data) {
      return h('div', { class: 'stack' }, [
        h('div', { class: 'page-head' }, [h('button', { type: 'button', class: 'button', onClick: () => go('/rules') }, '← ' + t('nav.rules')), h('h1', { class: 'theirs clamp' }, said(data.title).slice(0, 300)), h('code', { class: 'muted' }, data.id), mode(data.mode)]),
        h('div', { class: 'tiles' }, [
          tile(t('rules.hits'), compact(data.hits?.today), decimal(data.hits?.today)),
          tile(t('rules.share'), percent(data.shareOfDecisions)),
          tile(t('rules.precision'), data.precision ? percent(data.precision.value, 1) : '–', null, data.precision ? t('rules.of', { n: decimal(data.precision.of) }) : t('rules.unjudged')),
          tile(t('rules.stopped'), money(data.moneyStopped), exactMoney(data.moneyStopped)),
          tile(t('rules.held'), money(data.moneyWronglyHeld), exactMoney(data.moneyWronglyHeld)),
        ]),
        h('div', { class: 'two' }, [
          h('div', { class: 'stack' }, [
            h(Panel, { title: t('rules.text') }, () => [h('pre', { class: 'yaml', tabindex: 0, 'aria-label': t('rules.text') }, data.text ?? ''), h('p', { class: 'muted small-text' }, [t('rules.tests-n', { n: data.tests ?? 0 }), ' · ', t('rules.owner'), ' ', h('bdi', data.owner ?? '')])]),
            h(Panel, { title: t('rules.by-hour') }, () => (data.hits?.byHour?.length ? h('div', { class: 'hours-large' }, hours(data.hits.byHour, t('rules.by-hour'))) : h('p', { class: 'muted' }, t('rules.no-hits')))),
          ]),
          h('div', { class: 'stack' }, [
            h(Panel, { title: t('rules.change') }, () => h(ModeChange, { rule: data, changed: () => { rule.refresh(); rules.refresh(); } })),
            h(Panel, { title: t('rules.overlaps') }, () => (data.overlaps?.length ? h('ul', { class: 'ranks' }, data.overlaps.slice(0, 12).map((each) => h('li', { key: each.id, class: 'rank' }, [h('code', each.id), h('span', { class: 'rank-value' }, percent(each.share, 1))]))) : h('p', { class: 'muted' }, t('rules.no-overlaps')))),
            h(Panel, { title: t('rules.later') }, () => h('p', { class: 'muted' }, t('rules.later-how'))),
          ]),
        ]),
      ]);
    }

    function tile(name, value, title, more) {
      return h('div', { class: 'tile' }, [h('p', { class: 'tile-name' }, name), h('p', { class: 'tile-value', title }, value), more ? h('p', { class: 'tile-more' }, more) : null]);
    }

    return () => {
      if (current()) {
        if (rule.data == null || rule.data.id !== current()) return rule.problem ? h('div', { class: 'panel' }, wrong(rule.problem, rule.refresh)) : loading();
        return answered(rule, one);
      }
      const waiting = rules.data?.items.filter((each) => each.request).length ?? 0;
      return [
        h('div', { class: 'page-head' }, [h('h1', t('nav.rules')), waiting ? h('span', { class: 'mark tone-warning' }, [sign('clock'), t('rules.waiting-n', { n: waiting })]) : null,
          h('div', { class: 'page-end tabs', role: 'group', 'aria-label': t('rules.mode') }, ['', ...MODES].map((each) => h('button', { key: each, type: 'button', class: 'tab', 'aria-pressed': String(only.value === each), onClick: () => { only.value = each; } }, each ? t('mode.' + each) : t('review.any'))))]),
        gone(),
        h(Panel, { title: t('rules.all'), at: rules.at }, () => answered(rules, (data) => h(Table, { id: 'rules', caption: t('nav.rules'), columns: columns(), rows: data.items.filter((each) => !only.value || each.mode === only.value).sort((a, b) => (b.hits?.today ?? 0) - (a.hits?.today ?? 0)),
          rowKey: (row) => row.id, open: (row) => go('/rules/' + segment(row.id)), emptyTitle: t('rules.none'), emptyHow: t('rules.none-how') }))),
      ];
    };
  },
});
