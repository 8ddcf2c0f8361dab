// One case: why it is here in a sentence, then the evidence against the thresholds, then everything around it.
import { computed, defineComponent, h, ref } from '../lib/vue.js';
import { can } from '../state.js';
import { agoAndWhen, countdown, decimal, exactMoney, moment, money, said, span, timeOfDay, word } from '../format.js';
import { t } from '../texts.js';
import { Panel } from '../ui/panel.js';
import { chip, key, outcome, sign } from '../ui/marks.js';
import { due } from './queue.js';
import { Links } from './links.js';

export const VERDICTS = [
  { verdict: 'APPROVE', key: 'a', sign: 'PASS' },
  { verdict: 'REJECT', key: 'r', sign: 'BLOCK' },
  { verdict: 'CHALLENGE', key: 's', sign: 'CHALLENGE' },
  { verdict: 'ESCALATE', key: 'e', sign: 'warning' },
];
const MONEY = /spend|amount|largest_order|price|discount/;
/** Said elsewhere already, or of no use to a person. */
const HIDDEN = new Set(['eventId', 'type', 'goods', 'currency']);
const FIRST = ['orderId', 'amount', 'eventTime', 'items', 'userId', 'firstOrder', 'deviceId', 'ip', 'addressToken', 'accountToken', 'province', 'cityTier', 'channel', 'discount', 'couponId', 'campaign'];
const SILENT = new Set(['type', 'kind', 'status', 'currency', 'goods', 'cityTier', 'latitude', 'longitude', 'visitorId', 'sessionId', 'paymentId']);
const TIMES = /(^|\.)(previous_.*time|eventTime)|Time$/;

/** A rule looks at counts, at fen, at ages in milliseconds and at times: people read them as such. */
export function featureValue(name, value) {
  if (value == null) return '–';
  if (typeof value !== 'number') return String(value);
  if (MONEY.test(name)) return exactMoney(value);
  if (/age/.test(name)) return span(value / 1000);
  if (TIMES.test(name)) return moment(value);
  return decimal(value, Number.isInteger(value) ? 0 : 2);
}

function place(field) {
  const at = FIRST.indexOf(field);
  return at < 0 ? FIRST.length : at;
}

/** The shipped features have names for people; others are called as in the rule. */
function featureTitle(feature) {
  const title = said(feature.title);
  return title && title !== feature.name ? title : t('feature.' + feature.name, null, feature.name);
}

/** `orderId=o1 amount=129900 province=四川`, as people say it, without what is the same as in this order: what differs is what tells. */
function lineSaid(line, order) {
  if (!/^\w+=/.test(line)) return line.slice(0, 600);
  const pairs = line.slice(0, 2000).split(/ (?=[a-zA-Z]\w*=)/).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  const currency = pairs.find(([name]) => name === 'currency')?.[1];
  return pairs.filter(([name, value]) => !SILENT.has(name) && value !== '' && value !== 'null' && !(name === 'discount' && value === '0') && !(name === 'firstOrder' && value === 'false')
      && (name === 'amount' || String(order?.[name]) !== value))
    .sort(([a], [b]) => (a === 'amount' ? -1 : b === 'amount' ? 1 : 0))
    .map(([name, value]) => (name === 'amount' ? exactMoney(Number(value), currency)
      : word('field', name) + ' ' + (value === 'true' || value === 'false' ? t(value === 'true' ? 'yes' : 'no') : t(name + '.' + value, null, value))))
    .join(' · ').slice(0, 600);
}

function thresholdSaid(name, threshold) {
  if (!threshold) return '';
  return threshold.replace(/-?\d+(\.\d+)?/g, (number) => featureValue(name, Number(number)));
}

/** The value as a bar, the threshold as a tick on it. */
function against(value, threshold) {
  const limit = Number(/-?\d+(\.\d+)?/.exec(threshold ?? '')?.[0] ?? NaN);
  if (typeof value !== 'number' || !(limit > 0)) return null;
  const end = Math.max(value, limit) * 1.15;
  const met = threshold.startsWith('<') ? value < limit : value >= limit;
  return h('span', { class: 'bar against', 'aria-hidden': 'true' }, [
    h('span', { class: ['bar-fill', met ? 'fill-warning' : ''], style: { width: (value / end * 100).toFixed(1) + '%' } }),
    h('span', { class: 'against-limit', style: { left: (limit / end * 100).toFixed(1) + '%' } }),
  ]);
}

function Rules({ hits }) {
  if (!hits?.length) return h('p', { class: 'muted' }, t('case.no-rules'));
  return h('ul', { class: 'hits' }, hits.map((hit) => h('li', { key: hit.ruleId, class: ['hit', hit.mode === 'SHADOW' ? 'shadow' : ''] }, [
    h('div', { class: 'hit-head' }, [h('span', { class: 'strong theirs' }, said(hit.title) || hit.ruleId), h('code', { class: 'muted' }, hit.ruleId),
      hit.mode === 'SHADOW' ? chip(t('mode.SHADOW')) : null, h('span', { class: 'hit-end' }, [outcome(hit.outcome), ' ', h('b', '+' + hit.score)])]),
    h('p', { class: 'second theirs clamp' }, said(hit.reason).slice(0, 600)),
    hit.features?.length ? h('table', { class: 'features' }, [
      h('caption', { class: 'sr' }, t('case.values')),
      h('colgroup', ['name', 'value', 'limit', 'bar'].map((each) => h('col', { class: 'feature-' + each + '-column' }))),
      h('thead', { class: 'sr' }, h('tr', [h('th', t('case.looked-at')), h('th', t('case.seen')), h('th', t('case.threshold')), h('td')])),
      h('tbody', hit.features.map((each) => h('tr', { key: each.name }, [
        h('td', { class: 'feature-name', title: each.name }, featureTitle(each)),
        h('td', { class: 'number strong', title: String(each.value) }, featureValue(each.name, each.value)),
        h('td', { class: 'muted feature-limit' }, thresholdSaid(each.name, each.threshold)),
        h('td', { class: 'feature-bar' }, against(each.value, each.threshold)),
      ]))),
    ]) : null,
  ])));
}

const Timeline = defineComponent({
  props: { item: Object },
  setup(props) {
    const only = ref('');
    const shown = computed(() => props.item.timeline.filter((each) => !only.value || (only.value === 'mine' ? each.mine : each.who === only.value)));
    return () => {
      const kinds = ['mine', ...new Set(props.item.timeline.map((each) => each.who))];
      return [
        h('div', { class: 'tabs', role: 'group', 'aria-label': t('case.timeline') }, ['', ...kinds].map((each) => h('button', { key: each, type: 'button', class: 'tab',
          'aria-pressed': String(only.value === each), onClick: () => { only.value = each; } }, each ? t('who.' + each, null, each) : t('review.any')))),
        h('ol', { class: 'timeline', tabindex: 0, 'aria-label': t('case.timeline') }, shown.value.map((each) => h('li', { key: each.eventId + each.time, class: [each.mine ? 'evidence' : '', each.time === props.item.decision?.eventTime && each.mine ? 'cause' : ''] }, [
          h('time', { datetime: each.time, title: moment(each.time) }, timeOfDay(each.time)),
          h('span', { class: 'timeline-dot' }, each.mine ? sign('REVIEW', t('case.evidence')) : null),
          h('span', { class: 'timeline-what' }, [h('span', { class: 'small-text muted' }, [t('who.' + each.who, null, each.who), ' · ', word('kind', each.kind)]),
            h('span', { class: 'theirs clamp' }, lineSaid(each.line ?? '', props.item.order))]),
        ]))),
      ];
    };
  },
});

function Facts({ item, unmask }) {
  const order = item.order ?? {};
  const names = Object.keys(order).filter((name) => order[name] != null && order[name] !== '' && !HIDDEN.has(name))
    .sort((a, b) => place(a) - place(b));
  const masked = new Set(names.filter((name) => typeof order[name] === 'string' && order[name].includes('*')));
  const value = (name) => {
    const each = order[name];
    if (MONEY.test(name) && typeof each === 'number') return exactMoney(each, order.currency);
    if (/Time$/.test(name)) return moment(each);
    if (typeof each === 'boolean') return t(each ? 'yes' : 'no');
    if (Array.isArray(each)) return each.map((one) => (typeof one === 'object' ? [one.productId, '×' + (one.quantity ?? 1), one.price != null ? money(one.price, order.currency) : ''].join(' ') : String(one))).join('; ');
    return typeof each === 'object' ? JSON.stringify(each) : word(name, each);
  };
  return [
    h('dl', { class: 'facts' }, names.map((name) => h('div', { key: name }, [h('dt', word('field', name)),
      h('dd', { class: 'theirs clamp', title: masked.has(name) ? t('case.masked') : null }, [value(name).slice(0, 600), masked.has(name) ? h('span', { class: 'muted' }, [' ', sign('lock', t('case.masked'))]) : null])]))),
    can('reviewer', 'approver') && masked.size ? h('button', { type: 'button', class: 'button small unmask', onClick: unmask }, [sign('lock'), t('case.unmask')]) : null,
  ];
}

function History({ item }) {
  const lines = [
    ...(item.revisions ?? []).map((each) => ({ at: each.decisionTime, what: [t('case.revision', { n: each.revision }), ' ', outcome(each.outcome), ' ', String(each.score)], text: said(each.reason) })),
    ...(item.verdicts ?? []).map((each) => ({ at: each.at, what: [h('bdi', (each.reviewer ?? '').slice(0, 60)), ' ', h('b', t('verdict.' + each.verdict)), each.undone ? [' ', chip(t('verdict.undone'))] : null], text: each.note })),
    ...(item.notes ?? []).map((each) => ({ at: each.at, what: [h('bdi', (each.who ?? '').slice(0, 60)), ' ', t('case.did-' + each.what, null, String(each.what ?? ''))], text: each.text })),
  ].sort((a, b) => (a.at < b.at ? 1 : -1));
  if (lines.length === 0) return h('p', { class: 'muted' }, t('case.no-history'));
  return h('ol', { class: 'story' }, lines.map((each, at) => h('li', { key: at }, [h('time', { datetime: each.at }, moment(each.at)),
    h('div', [h('p', each.what), each.text ? h('p', { class: 'second theirs clamp' }, each.text.slice(0, 1000)) : null])])));
}

export const Case = defineComponent({
  props: { hand: Object, back: Function, toList: Function, unmask: Function },
  setup(props) {
    const { desk, mine, others, may, decide, take, release, addNote } = props.hand;

    function actions(item) {
      if (item.state === 'done') return h('div', { class: 'case-actions' }, h('p', { class: 'second' }, t('case.is-done', { verdict: t('verdict.' + item.verdict?.verdict, null, '–') })));
      return h('div', { class: 'case-actions', role: 'group', 'aria-label': t('case.decide') }, VERDICTS.map((each) => h('button', {
        key: each.verdict, type: 'button', class: ['button', 'verdict', 'verdict-' + each.verdict],
        disabled: desk.busy || others.value || !may(item) || (each.verdict === 'ESCALATE' && item.escalated != null),
        'aria-keyshortcuts': each.key, onClick: () => decide(each.verdict),
      }, [sign(each.sign), t('verdict.' + each.verdict), key(each.key.toUpperCase())])));
    }

    function lock(item) {
      if (item.state === 'done') return null;
      if (mine.value) {
        const left = item.takenUntil ? countdown(item.takenUntil).text : '';
        return h('span', { class: 'row tight second' }, [sign('lock'), t('case.mine', { left }), h('button', { type: 'button', class: 'button small quiet', onClick: release }, t('case.release'))]);
      }
      if (others.value) return h('span', { class: 'mark tone-warning' }, [sign('lock'), t('case.others', { who: item.takenBy.slice(0, 60) })]);
      return may(item) ? h('button', { type: 'button', class: 'button small', onClick: take }, [sign('lock'), t('case.take')])
        : h('span', { class: 'muted' }, t(item.escalated ? 'review.for-seniors' : 'review.look-only'));
    }

    /** Who handed it on, and why. */
    function handedOn({ by, at, note }) {
      return h('p', { class: 'strip strip-warning', role: 'note' }, [sign('warning'), h('span', [h('b', [h('bdi', by.slice(0, 60)), ' ', t('case.escalated')]), ' ',
        h('span', { class: 'muted' }, agoAndWhen(at)), note ? [' ', h('span', { class: 'theirs' }, note.slice(0, 1000))] : null])]);
    }

    return () => {
      const item = desk.item;
      const title = said(item.reason).slice(0, 1000);
      return h('article', { class: 'case', 'aria-labelledby': 'case-why' }, [
        h('header', { class: 'case-head panel' }, [
          h('div', { class: 'row' }, [
            h('button', { type: 'button', class: 'button small back', onClick: props.back }, '← ' + t('review.queue')),
            outcome(item.outcome), h('b', t('case.score', { n: item.score })), h('b', { title: exactMoney(item.amount, item.currency) }, exactMoney(item.amount, item.currency)),
            h('bdi', { class: 'second one-line case-id' }, item.id.slice(0, 80)), h('span', { class: 'muted' }, agoAndWhen(item.openedAt)), due(item),
            h('span', { class: 'case-lock' }, lock(item)),
          ]),
          h('h2', { id: 'case-why', class: 'case-sentence theirs clamp', title: title.length > 300 ? null : title }, title),
          item.escalated ? handedOn(item.escalated) : null,
          actions(item),
        ]),
        h('div', { class: 'case-columns' }, [
          h('div', { class: 'stack' }, [
            h(Panel, { title: t('case.rules', { n: item.decision?.hits?.length ?? 0 }) }, () => h(Rules, { hits: item.decision?.hits })),
            item.decision?.lists?.length ? h(Panel, { title: t('case.lists') }, () => h('ul', item.decision.lists.map((each) => h('li', { class: 'theirs clamp' }, String(each).slice(0, 400))))) : null,
            h(Panel, { title: t('case.timeline-n', { n: item.timeline?.length ?? 0, mine: (item.timeline ?? []).filter((each) => each.mine).length }) }, () =>
              (item.timeline?.length ? h(Timeline, { item }) : h('p', { class: 'muted' }, t('case.no-timeline')))),
          ]),
          h('div', { class: 'stack' }, [
            h(Panel, { title: t('case.order') }, () => h('div', { class: 'stack' }, [h(Facts, { item, unmask: props.unmask })])),
            h(Links, { links: item.links ?? { nodes: [], edges: [] } }),
            h(Panel, { title: t('case.history') }, () => h('div', { class: 'stack' }, [
              h(History, { item }),
              can('reviewer', 'approver') ? h('form', { class: 'form', onSubmit: (event) => { event.preventDefault(); if (desk.note.trim()) addNote(desk.note.trim()); } }, [
                h('label', { class: 'field' }, [h('span', t('case.note')), h('textarea', { id: 'case-note', maxlength: 4000, value: desk.note, placeholder: t('case.note-how'), onInput: (event) => { desk.note = event.target.value; } })]),
                h('div', { class: 'form-end' }, [h('button', { type: 'button', class: 'button small', onClick: props.toList }, [t('case.to-list'), key('W')]), h('button', { type: 'submit', class: 'button small' }, t('case.add-note'))]),
              ]) : null,
            ])),
          ]),
        ]),
      ]);
    };
  },
});
