// Small signs with a shape of their own each, so that colour is never alone.
import { h } from '../lib/vue.js';
import { t } from '../texts.js';

// Drawn on 16 × 16; [outline or filled, path].
const SHAPES = {
  ok: ['M8 1.500a6.500 6.500 0 1 0 0 13a6.500 6.500 0 0 0 0-13z', 'M5 8.200l2.200 2.200L11.200 6'],
  notice: ['M8 1.500a6.500 6.500 0 1 0 0 13a6.500 6.500 0 0 0 0-13z', 'M8 7v4.200M8 4.600v.6'],
  warning: ['M8 1.200L15.200 14.300H.8z', 'M8 5.800v4M8 11.600v.6'],
  critical: ['M5 1h6l4 4v6l-4 4H5l-4-4V5z', 'M8 4v5M8 11.200v.8'],
  unknown: ['M8 1.500a6.500 6.500 0 1 0 0 13a6.500 6.500 0 0 0 0-13z', 'M5 8h6'],
  PASS: ['M2 2h12v12H2z', 'M4.800 8.200l2.300 2.300L11.400 6'],
  CHALLENGE: ['M1.500 2.500h13v8.500H8.500L5 14v-3H1.500z', 'M4.500 6.800h.8M7.600 6.800h.8M10.700 6.800h.8'],
  REVIEW: ['M.8 8C3 4.500 5.500 3 8 3s5 1.500 7.200 5C13 11.500 10.500 13 8 13S3 11.500.8 8z', 'M8 6a2 2 0 1 0 0 4a2 2 0 0 0 0-4z'],
  BLOCK: ['M8 1.500a6.500 6.500 0 1 0 0 13a6.500 6.500 0 0 0 0-13z', 'M3.600 3.600l8.800 8.800'],
  clock: ['M8 1.500a6.500 6.500 0 1 0 0 13a6.500 6.500 0 0 0 0-13z', 'M8 4.500V8l2.500 1.800'],
  lock: ['M3 7h10v7.500H3z', 'M5 7V4.800a3 3 0 0 1 6 0V7'],
  person: ['M8 8.200a3.300 3.300 0 1 0 0-6.600a3.300 3.300 0 0 0 0 6.600z', 'M1.800 14.500c.8-3 3-4.500 6.200-4.500s5.400 1.500 6.200 4.500'],
  nothing: ['M2 4.500h12v9H2z', 'M2 8h4l1 2h2l1-2h4'],
  unlinked: ['M6.500 4.500h-2a3.500 3.500 0 0 0 0 7h2M9.500 4.500h2a3.500 3.500 0 0 1 0 7h-2', 'M8 2v2.500M8 11.500V14'],
};

export function sign(name, label) {
  const [outer, inner] = SHAPES[name] ?? SHAPES.unknown;
  return h('svg', {
    class: ['sign', 'sign-' + name],
    viewBox: '0 0 16 16',
    width: 16,
    height: 16,
    ...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': 'true' }),
  }, [h('path', { class: 'sign-body', d: outer }), h('path', { class: 'sign-detail', d: inner })]);
}

/** Sign and word of a severity or of a lamp's state. */
export function severity(name, text) {
  return h('span', { class: ['mark', 'tone-' + name] }, [sign(name), text ?? t('severity.' + name)]);
}

export function outcome(name, { short = false } = {}) {
  return h('span', { class: ['mark', 'outcome-' + name], title: t('outcome.' + name) },
    [sign(name, short ? t('outcome.' + name) : null), short ? null : t('outcome.' + name)]);
}

export function chip(text, tone) {
  return h('span', { class: ['chip', tone ? 'chip-' + tone : null] }, text);
}

export function key(name) {
  return h('kbd', { 'aria-hidden': 'true' }, name);
}

/** A share as a bar; what it means is said beside it. */
export function bar(share, tone, extra) {
  const width = Math.max(0, Math.min(1, share ?? 0)) * 100;
  return h('span', { class: 'bar', 'aria-hidden': 'true' },
    [h('span', { class: ['bar-fill', tone ? 'fill-' + tone : null], style: { width: width.toFixed(2) + '%' } }), extra]);
}

/** 24 hours as bars. */
export function hours(values, label) {
  const most = Math.max(1, ...values);
  return h('svg', { class: 'hours', viewBox: '0 0 96 20', width: 96, height: 20, role: 'img', 'aria-label': label },
    values.map((value, at) => {
      const height = value === 0 ? 1 : Math.max(2, (value / most) * 20);
      return h('rect', { class: value === 0 ? 'none' : '', x: at * 4, y: 20 - height, width: 3, height });
    }));
}
