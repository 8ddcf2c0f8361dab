// The largest number of the wall, how far it is to the target, and the four lamps.
import { h } from '../lib/vue.js';
import { change, compact, decimal, exactMoney, inUnit, money, percent, said } from '../format.js';
import { t } from '../texts.js';
import { Panel } from '../ui/panel.js';
import { Rolling } from '../ui/rolling.js';
import { sign } from '../ui/marks.js';
import { figure, minuteBefore } from './picture.js';

const LAMPS = ['trade', 'payment', 'site', 'risk'];

/** ▲ +3.20 % against the minute before. */
export function growth(nowValue, beforeValue) {
  const moved = change(nowValue, beforeValue);
  if (!moved) return null;
  return h('span', { class: moved.flat ? 'muted' : moved.up ? 'rise' : 'fall', title: t('live.against-minute') }, moved.text);
}

export function Money({ picture, still }) {
  const paid = figure(picture, 'gmv_paid');
  const minute = figure(picture, 'gmv_paid', 'MINUTE');
  const ordered = figure(picture, 'gmv_ordered');
  return h(Panel, { title: t('live.gmv-today'), at: picture.figuresAt, still, class: 'hero', level: 1 }, {
    default: () => [
      h('p', { class: 'hero-number', title: paid ? exactMoney(paid.value) : null, 'data-figure': 'gmv_paid', 'data-value': paid?.value ?? '' },
        paid?.value == null
          ? h('span', { class: 'muted' }, t(picture.at == null ? 'state.loading' : 'live.no-money-yet'))
          : [h('span', { class: 'hero-sign' }, '¥'), h(Rolling, { value: paid.value / 100, still, show: (value) => decimal(Math.floor(value)) })]),
      h('p', { class: 'hero-more' }, [
        paid?.value == null ? null : h('b', money(paid.value)),
        h('span', [t('live.ordered'), ' ', money(ordered?.value)]),
        h('span', [t('live.last-minute'), ' ', money(minute?.value), ' ', growth(minute?.value, minuteBefore(picture, 'gmv_paid')?.value)]),
      ]),
      h(TargetBar, { picture }),
    ],
  });
}

/** Where the day is, where it should be, and where it will probably end, with the band. */
function TargetBar({ picture }) {
  const target = picture.targets.find((each) => each.figure === 'gmv_paid') ?? picture.targets[0];
  if (picture.at == null) return null;
  if (!target) return h('p', { class: 'target-none muted' }, t('live.no-target'));
  const unit = target.figure === 'gmv_paid' ? 'fen' : 'count';
  // A campaign may be longer than the day, or begin within it: what it has brought is not the day's figure.
  const value = target.soFar ?? figure(picture, target.figure)?.value ?? null;
  const end = Math.max(target.target, target.high ?? 0, value ?? 0) * 1.03;
  const at = (amount) => ({ left: ((amount / end) * 100).toFixed(2) + '%' });
  const width = (from, to) => ({ left: ((from / end) * 100).toFixed(2) + '%', width: (((to - from) / end) * 100).toFixed(2) + '%' });
  const due = target.expectedNow ?? (value != null && target.progress ? value / target.progress : null);
  const lead = value != null && due ? value / due - 1 : null;
  const reached = value == null ? null : value / target.target;
  const pace = lead == null ? '' : t(lead >= 0 ? 'live.ahead' : 'live.behind', { share: percent(Math.abs(lead), 1) });
  return h('div', { class: 'target' }, [
    h('div', { class: 'target-bar', 'aria-hidden': 'true' }, [
      target.low != null && target.high != null ? h('span', { class: 'target-band', style: width(target.low, target.high) }) : null,
      value != null ? h('span', { class: 'target-fill', style: width(0, value) }) : null,
      due != null ? h('span', { class: 'target-due', style: at(due) }) : null,
      target.forecast != null ? h('span', { class: 'target-forecast', style: at(target.forecast) }) : null,
      h('span', { class: 'target-goal', style: at(target.target) }),
    ]),
    h('p', { class: 'target-said' }, [
      h('span', { class: 'strong' }, [said(target.title), ' ', t('live.target', { target: inUnit(target.target, unit) })]),
      h('span', t('live.reached', { share: percent(reached, 1) })),
      pace ? h('span', { class: ['strong', lead < -0.1 ? 'tone-critical' : lead < -0.05 ? 'tone-warning' : ''] },
        [lead < -0.05 ? sign('warning') : null, ' ', pace]) : null,
      target.forecast != null ? h('span', [h('i', { class: 'legend-forecast' }), t('live.forecast',
        { value: inUnit(target.forecast, unit), low: inUnit(target.low, unit), high: inUnit(target.high, unit) })]) : null,
      due != null ? h('span', { class: 'muted' }, [h('i', { class: 'legend-due' }), t('live.due-now', { value: inUnit(due, unit) })]) : null,
    ]),
  ]);
}

export function Lamps({ picture, still, at }) {
  const byId = new Map(picture.lamps.map((each) => [each.id, each]));
  return h(Panel, { title: t('live.lamps'), at, still, class: 'lamps' }, { default: () => h('ul', { class: 'lamp-list' }, LAMPS.map((id) => {
    const lamp = byId.get(id) ?? { state: 'unknown' };
    return h('li', { key: id, class: ['lamp', 'lamp-' + lamp.state] }, [
      sign(lamp.state === 'ok' ? 'ok' : lamp.state),
      h('div', { class: 'lamp-text' }, [
        h('p', { class: 'lamp-name' }, [t('lamp.' + id), h('span', { class: 'lamp-state' }, t('severity.' + lamp.state))]),
        h('p', { class: 'lamp-why theirs clamp clamp-2', title: said(lamp.why) }, said(lamp.why)),
      ]),
    ]);
  })) });
}

/** The numbers of the second glance: today, and the last minute against the one before. */
export function Tiles({ picture, still }) {
  const tile = (name, figureName, unit, minuteToo = true) => {
    const today = figure(picture, figureName);
    const minute = figure(picture, figureName, 'MINUTE');
    const exact = today?.value == null ? '' : unit === 'fen' ? exactMoney(today.value) : unit === 'count' ? decimal(today.value) : percent(today.value, 4);
    return h('div', { key: figureName, class: 'tile live-tile' }, [
      h('p', { class: 'tile-name' }, t(name)),
      h('p', { class: 'tile-value', title: exact }, h(Rolling, { value: today?.value ?? null, still,
        show: (value) => (unit === 'count' ? compact(value == null ? null : Math.round(value)) : inUnit(value, unit)) })),
      h('p', { class: 'tile-more one-line' }, unit === 'ratio' && today?.denominator != null
        ? t('rate.of', { n: compact(today.numerator), of: compact(today.denominator) })
        : minuteToo && minute?.value != null
          ? [t('live.minute'), ' ', inUnit(minute.value, unit), ' ', growth(minute.value, minuteBefore(picture, figureName)?.value)]
          : ' '),
    ]);
  };
  return h('div', { class: 'live-tiles' }, [
    tile('live.orders', 'orders', 'count'),
    tile('live.buyers', 'buyers', 'count'),
    tile('live.uv', 'uv', 'count'),
    tile('live.pv', 'pv', 'count'),
    tile('live.conversion', 'conversion', 'ratio'),
    tile('live.average', 'average_order_value', 'fen'),
  ]);
}
