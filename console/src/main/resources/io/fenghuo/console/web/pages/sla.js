// Which promise is in danger, what is left of its budget, and which incidents ate it.
import { defineComponent, h, ref } from '../lib/vue.js';
import { serverNow } from '../state.js';
import { get, segment } from '../api.js';
import { useAnswer } from '../ask.js';
import { link } from '../router.js';
import { agoAndWhen, decimal, inUnit, moment, percent, said, word } from '../format.js';
import { t } from '../texts.js';
import { Panel } from '../ui/panel.js';
import { answered, empty } from '../ui/answers.js';
import { bar, severity, sign } from '../ui/marks.js';

const BAD = { critical: 0, warning: 1, notice: 2, unknown: 3, ok: 4 };
const BURNS = ['1h', '6h', '1d', '3d'];
const PERIODS = { '1': 1, '7': 7, '30': 30 };

function worstFirst(items) {
  return [...items].sort((a, b) => (BAD[a.state] ?? 3) - (BAD[b.state] ?? 3) || (a.budgetLeft ?? 2) - (b.budgetLeft ?? 2));
}

function burn(value) {
  if (value == null) return h('span', { class: 'muted' }, '–');
  const tone = value >= 14.4 ? 'critical' : value >= 6 ? 'warning' : value >= 1 ? 'notice' : null;
  return h('span', { class: tone ? 'mark tone-' + tone : '' }, [tone ? sign(tone) : null, decimal(value, value >= 10 ? 1 : 2) + '×']);
}

/** `{method: "alipay"}` as people say it. */
function subject(of) {
  return Object.entries(of ?? {}).map(([name, value]) => t('dimension.' + name, null, name) + ' ' + word(name, value)).join(' · ').slice(0, 200);
}

function unitOf(tier) {
  return tier.unit ?? (tier.limit === 1 ? 'ratio' : /p\d\d$/.test(tier.id) ? 'ms' : 'count');
}

/** The band that was expected, and where the value is. */
function band({ low, high, value }) {
  if (low == null || high == null || value == null) return null;
  const from = Math.min(low, value);
  const to = Math.max(high, value);
  const pad = (to - from || 1) * 0.1;
  const x = (each) => 4 + ((each - from + pad) / (to - from + 2 * pad)) * 192;
  const outside = value < low || value > high;
  return h('svg', { class: 'band', viewBox: '0 0 200 24', width: 200, height: 24, 'aria-hidden': 'true' }, [
    h('line', { class: 'band-line', x1: 4, x2: 196, y1: 12, y2: 12 }),
    h('rect', { class: 'band-body', x: x(low), y: 5, width: Math.max(2, x(high) - x(low)), height: 14, rx: 2 }),
    outside ? h('path', { class: 'band-out', d: `M${x(value)} 4l8 8l-8 8l-8-8z` }) : h('circle', { class: 'band-in', cx: x(value), cy: 12, r: 5 }),
  ]);
}

export default defineComponent({
  setup() {
    const sla = useAnswer(() => get('/sla'), { every: 8000 });
    const incidents = useAnswer(() => get('/incidents', { state: 'all', limit: 500 }), { every: 30000 });
    const period = ref('7');

    function eaten(id) {
      const since = serverNow() - PERIODS[period.value] * 86400000;
      return (incidents.data?.items ?? []).filter((each) => each.labels?.rule === id && Date.parse(each.openedAt) >= since);
    }

    function objective(each) {
      const eaters = eaten(each.id);
      return h('li', { key: each.id + JSON.stringify(each.subject), class: 'promise' }, [
        h('div', { class: 'promise-name' }, [severity(each.state), h('div', { class: 'grow' }, [h('p', { class: 'strong theirs' }, said(each.title)), h('p', { class: 'second theirs clamp clamp-2' }, subject(each.subject))])]),
        h('dl', { class: 'promise-now' }, [
          h('div', [h('dt', t('sla.now')), h('dd', { class: 'strong' }, percent(each.now, 3))]),
          h('div', [h('dt', t('sla.goal')), h('dd', percent(each.goal, each.goal > 0.99 ? 2 : 1))]),
        ]),
        h('div', { class: 'promise-budget' }, [h('p', [t('sla.budget'), ' ', h('b', each.budgetLeft == null ? '–' : percent(each.budgetLeft, 1))]),
          bar(each.budgetLeft, each.budgetLeft == null ? 'unknown' : each.budgetLeft <= 0.1 ? 'critical' : each.budgetLeft <= 0.4 ? 'warning' : null)]),
        h('dl', { class: 'promise-burn', 'aria-label': t('sla.burn') }, BURNS.filter((window) => sla.data.objectives.some((one) => one.burn?.[window] != null)).map((window) => h('div', { key: window }, [h('dt', window), h('dd', burn(each.burn?.[window]))]))),
        h('div', { class: 'promise-eaten' }, eaters.length ? [h('p', { class: 'muted small-text' }, t('sla.eaten', { n: eaters.length })),
          ...eaters.slice(0, 3).map((one) => link('/alerts/' + segment(one.id), { key: one.id, class: 'one-line' }, [moment(one.openedAt), ' ', said(one.summary).slice(0, 160)]))] : h('p', { class: 'muted small-text' }, t('sla.eaten-none'))),
      ]);
    }

    function tier(each) {
      const share = each.value == null || !each.limit ? null : each.value / each.limit;
      return h('li', { key: each.id + JSON.stringify(each.subject), class: 'tier' }, [
        h('span', { class: 'tier-name theirs' }, [h('b', said(each.title)), h('span', { class: 'second one-line' }, subject(each.subject))]),
        h('span', { class: 'tier-bar' }, bar(share, each.state === 'ok' ? null : each.state, [70, 85, 95].map((at) => h('i', { class: 'tier-tick', style: { left: at + '%' } })))),
        h('span', { class: 'tier-value' }, each.value == null ? t('state.unknown') : [inUnit(each.value, unitOf(each)), h('small', { class: 'muted' }, [' / ', inUnit(each.limit, unitOf(each))])]),
        severity(each.state),
      ]);
    }

    function anomaly(each) {
      return h('li', { key: each.id + JSON.stringify(each.subject), class: 'anomaly' }, [
        h('div', { class: 'row' }, [severity(each.state ?? 'warning'), h('b', { class: 'theirs' }, said(each.title)), h('span', { class: 'second theirs one-line' }, subject(each.subject)), h('span', { class: 'muted small-text' }, agoAndWhen(each.since))]),
        h('div', { class: 'row' }, [band(each), h('span', each.low == null ? inUnit(each.value, each.unit) : t('sla.band', { value: inUnit(each.value, each.unit), low: inUnit(each.low, each.unit), high: inUnit(each.high, each.unit) }))]),
        said(each.explains) ? h('p', { class: 'second theirs clamp' }, said(each.explains).slice(0, 400)) : null,
      ]);
    }

    function danger(data) {
      const bad = worstFirst(data.objectives).filter((each) => each.state !== 'ok' && each.state !== 'unknown');
      return bad.length ? t('sla.danger', { name: said(bad[0].title), n: bad.length }) : t(data.objectives.some((each) => each.state === 'ok') ? 'sla.well' : 'sla.unknown');
    }

    return () => [
      h('div', { class: 'page-head' }, [h('h1', sla.data?.objectives.length ? danger(sla.data) : t('nav.sla')), h('div', { class: 'page-end tabs', role: 'group', 'aria-label': t('sla.period') }, Object.keys(PERIODS).map((each) => h('button', {
        key: each, type: 'button', class: 'tab', 'aria-pressed': String(period.value === each), onClick: () => { period.value = each; } }, t('span.days', { n: each }))))]),
      sla.data ? null : h('div', { class: 'panel panel-body' }, answered(sla, () => null)),
      sla.data ? [
        h(Panel, { title: t('sla.objectives'), at: sla.at }, () => answered(sla, (data) => (data.objectives.length ? h('ul', { class: 'promises' }, worstFirst(data.objectives).map(objective)) : empty(t('sla.none'), t('sla.none-how'))))),
        h('div', { class: 'two' }, [
          h(Panel, { title: t('sla.tiers'), at: sla.at }, () => (sla.data.tiers.length ? h('ul', { class: 'tiers' }, worstFirst(sla.data.tiers).map(tier)) : empty(t('sla.no-tiers'), t('sla.no-tiers-how')))),
          h(Panel, { title: t('sla.anomalies', { n: sla.data.anomalies.length }), at: sla.at }, () => (sla.data.anomalies.length ? h('ul', { class: 'anomalies' }, sla.data.anomalies.map(anomaly)) : empty(t('sla.no-anomalies'), t('sla.no-anomalies-how')))),
        ]),
      ] : null,
    ];
  },
});
