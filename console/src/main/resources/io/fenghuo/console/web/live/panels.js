// The panels of the wall below its numbers.
import { h } from '../lib/vue.js';
import { agoAndWhen, behind, compact, decimal, exactMoney, money, percent, said, word } from '../format.js';
import { t } from '../texts.js';
import { link } from '../router.js';
import { Panel } from '../ui/panel.js';
import { bar, outcome, sign } from '../ui/marks.js';
import { empty, loading } from '../ui/answers.js';
import { figure, figuresBy, minuteBefore } from './picture.js';
import { growth } from './hero.js';

const STEPS = [
  ['funnel_home', null], ['funnel_product', 'home_to_product'], ['funnel_cart', 'product_to_cart'],
  ['funnel_order', 'cart_to_order'], ['funnel_paid', 'order_to_paid'],
];

export function Funnel({ picture, still }) {
  const most = Math.max(1, ...STEPS.map(([name]) => figure(picture, name)?.value ?? 0));
  const known = STEPS.some(([name]) => figure(picture, name)?.value != null);
  return h(Panel, { title: t('live.funnel'), at: picture.figuresAt, still, class: 'funnel' }, { default: () => !known ? nothing(picture, t('live.no-visitors')) :
    h('ol', { class: 'ranks' }, STEPS.map(([name, rate]) => {
      const value = figure(picture, name)?.value;
      const share = rate ? figure(picture, rate)?.value : null;
      return h('li', { key: name, class: 'rank' }, [
        h('span', { class: 'rank-name' }, t('funnel.' + name)),
        h('span', { class: 'rank-value', title: decimal(value) }, [compact(value), rate ? h('small', ['→ ', percent(share, 1)]) : h('small')]),
        bar((value ?? 0) / most),
      ]);
    })) });
}

/** Before the first answer nothing is known, not even that there is nothing. */
export function nothing(picture, title, how) {
  return picture.at == null ? loading() : empty(title, how);
}

/** Below so many attempts a rate says little: it is shown, and nobody is warned. */
const ENOUGH_TODAY = 100;
const ENOUGH_A_MINUTE = 30;

/**
 * The rate to judge a way to pay by, and how bad it is: banks refuse some customers on any day, so a fall below
 * the day's own rate counts, as for the watch `sla/payment-failover`, and what is low whatever the day.
 */
function judged(today, minute) {
  if (today.value == null || today.denominator < ENOUGH_TODAY) return { rate: today.value, tone: today.value == null ? 'unknown' : 'ok' };
  const rate = minute?.value != null && minute.denominator >= ENOUGH_A_MINUTE ? minute.value : today.value;
  const below = (fall, least) => rate < Math.max(today.value - fall, least);
  return { rate, tone: below(0.2, 0.7) ? 'critical' : below(0.08, 0.85) ? 'warning' : 'ok' };
}

/** Success of each way to pay: the worst first, for it is the one to look at. */
export function Payments({ picture, still }) {
  const rows = figuresBy(picture, 'payment_success', 'method').filter((each) => each.figure.denominator !== 0)
    .sort((a, b) => (a.figure.value ?? 2) - (b.figure.value ?? 2)).slice(0, 5)
    .map(({ value: method, figure: today }) => {
      const last = figure(picture, 'payment_success', 'MINUTE', { method });
      return { method, today, last, ...judged(today, last) };
    });
  const worst = ['critical', 'warning'].map((tone) => rows.find((each) => each.tone === tone)).find((each) => each);
  const title = worst ? t('live.payment-worst', { method: word('method', worst.method), share: percent(worst.rate) }) : t('live.payment');
  return h(Panel, { title, at: picture.figuresAt, still, class: 'payments' }, { default: () => rows.length === 0 ? nothing(picture, t('live.no-payments')) : [
    h('ul', { class: 'ranks' }, rows.map(({ method, today, last, tone }) => h('li', { key: method, class: 'rank' }, [
      h('span', { class: 'rank-name theirs one-line' }, [tone === 'ok' ? null : h('span', { class: 'tone-' + tone }, [sign(tone), ' ']), word('method', method)]),
      h('span', { class: 'rank-value', title: behind(today.numerator, today.denominator) },
        [percent(today.value), h('small', last?.value == null ? '' : [t('live.minute'), ' ', percent(last.value, 1)])]),
      bar(today.value, tone),
      h('span', { class: 'rank-more' }, [behind(today.numerator, today.denominator)]),
    ]))),
  ] });
}

export function Provinces({ picture, still }) {
  const rows = figuresBy(picture, 'gmv_ordered', 'province').slice(0, 6);
  const most = rows[0]?.figure.value ?? 1;
  return h(Panel, { title: rows[0] ? t('live.provinces-first', { name: word('province', rows[0].value) }) : t('live.provinces'), at: picture.figuresAt, still, class: 'provinces' },
    { default: () => rows.length === 0 ? nothing(picture, t('live.no-orders')) :
      h('ol', { class: 'ranks numbered' }, rows.map(({ value, figure: each }) => h('li', { key: value, class: 'rank' }, [
        h('span', { class: 'rank-name theirs one-line' }, word('province', value)),
        h('span', { class: 'rank-value', title: exactMoney(each.value) }, [money(each.value),
          h('small', growth(figure(picture, 'gmv_ordered', 'MINUTE', { province: value })?.value, minuteBefore(picture, 'gmv_ordered', { province: value })?.value))]),
        bar(each.value / most),
      ]))) });
}

export function Products({ picture, still }) {
  const rows = (figure(picture, 'hot_products_by_money')?.ranking ?? []).slice(0, 6);
  const most = rows[0]?.value ?? 1;
  return h(Panel, { title: t('live.products'), at: picture.figuresAt, still, class: 'products' }, { default: () => rows.length === 0 ? nothing(picture, t('live.no-orders')) :
    h('ol', { class: 'ranks numbered' }, rows.map((each) => h('li', { key: each.item, class: 'rank' }, [
      h('span', { class: 'rank-name theirs one-line', title: each.item.length > 200 ? null : each.item }, each.item.slice(0, 200)),
      h('span', { class: 'rank-value', title: exactMoney(each.value) }, money(each.value)),
      bar(each.value / most, 'second'),
    ]))) });
}

export function Decisions({ picture, still, at }) {
  const names = ['PASS', 'CHALLENGE', 'REVIEW', 'BLOCK'];
  const flagged = picture.newest.filter((each) => each.outcome !== 'PASS').slice(0, 3);
  const all = names.reduce((sum, name) => sum + (picture.decisions[name] ?? 0), 0);
  return h(Panel, { title: t('live.decisions'), at, still, class: 'decisions' }, { default: () => all === 0 ? nothing(picture, t('live.no-decisions')) : [
    h('dl', { class: 'outcomes' }, names.map((name) => h('div', { key: name }, [
      h('dt', outcome(name)),
      h('dd', { title: decimal(picture.decisions[name] ?? 0) }, [compact(picture.decisions[name] ?? 0), h('small', percent((picture.decisions[name] ?? 0) / all))]),
    ]))),
    flagged.length === 0 ? null : h('ul', { class: 'newest' }, flagged.map((each) => h('li', { key: each.decisionId },
      link('/review/' + encodeURIComponent(each.orderId), { class: 'newest-line' }, [
        outcome(each.outcome, { short: true }), h('span', { class: 'strong' }, money(each.amount, each.currency)),
        h('span', { class: 'theirs one-line second' }, said(each.reason).slice(0, 300))])))),
  ] });
}

export function Alerts({ picture, still, at }) {
  const firing = picture.alerts.filter((each) => each.state === 'firing');
  const rows = [...firing, ...picture.alerts.filter((each) => each.state !== 'firing')].slice(0, 6);
  return h(Panel, { title: firing.length ? t('live.alerts-firing', { n: firing.length }) : t('live.alerts'), at, still, class: 'alerts' },
    { default: () => rows.length === 0 ? nothing(picture, t('live.no-alerts'), t('live.no-alerts-how')) :
      h('ul', { class: 'alert-lines' }, rows.map((each) => h('li', { key: each.fingerprint + each.startsAt, class: ['alert-line', each.state === 'firing' ? '' : 'over'] }, [
        h('span', { class: each.state === 'firing' ? 'tone-' + each.severity : 'tone-ok' },
          sign(each.state === 'firing' ? each.severity : 'ok', t(each.state === 'firing' ? 'severity.' + each.severity : 'alert.resolved'))),
        h('div', { class: 'grow' }, [
          h('p', { class: 'theirs clamp clamp-2' }, said(each.summary).slice(0, 400)),
          h('p', { class: 'muted small-text' }, agoAndWhen(each.startsAt)),
        ]),
      ]))) });
}
