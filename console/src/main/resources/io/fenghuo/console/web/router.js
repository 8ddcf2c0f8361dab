// Which page is shown: the address, by the History API.
import { h, reactive } from './lib/vue.js';

export const route = reactive({ path: '/', params: {} });

function read() {
  route.path = location.pathname.replace(/\/+$/, '') || '/';
  route.params = Object.fromEntries(new URLSearchParams(location.search));
}

addEventListener('popstate', read);
read();

export function go(to, { replace = false } = {}) {
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  read();
}

/** Changes parameters of this page's address without a step in the history. */
export function setParams(changes) {
  const next = { ...route.params, ...changes };
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(next)) {
    if (value !== null && value !== undefined && value !== '') pairs.set(name, value);
  }
  const text = pairs.toString();
  go(route.path + (text ? '?' + text : ''), { replace: true });
}

export function link(to, attributes, children) {
  return h('a', {
    href: to,
    ...attributes,
    onClick(event) {
      if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      go(to);
    },
  }, children);
}
