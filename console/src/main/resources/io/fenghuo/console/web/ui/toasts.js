// Short messages about what was done, and what was not.
import { h, shallowReactive } from '../lib/vue.js';
import { sign } from './marks.js';

const toasts = shallowReactive([]);
let last = 0;

function add(tone, text, lasts) {
  const toast = { id: ++last, tone, text };
  toasts.push(toast);
  if (toasts.length > 4) toasts.shift();
  setTimeout(() => drop(toast), lasts);
}

function drop(toast) {
  const at = toasts.indexOf(toast);
  if (at >= 0) toasts.splice(at, 1);
}

export function done(text) {
  add('ok', text, 4000);
}

export function failed(problem) {
  add('critical', problem.said ?? String(problem), 9000);
}

export function Toasts() {
  return h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' }, toasts.map((toast) =>
    h('div', { key: toast.id, class: ['toast', 'tone-' + toast.tone], onClick: () => drop(toast) }, [sign(toast.tone), h('span', toast.text)])));
}
