// Keys of the page in front. Later bindings of the same key win; what is bound is what `?` shows.
import { onBeforeUnmount, onMounted, shallowReactive } from './lib/vue.js';

export const bindings = shallowReactive([]);

function typing(target) {
  return target instanceof HTMLElement
    && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
      && !['checkbox', 'radio', 'button', 'range'].includes(target.type));
}

/** A focused button, slider or scrolled part keeps its own keys. */
function busy(target, name) {
  if (!(target instanceof HTMLElement)) return false;
  if (name === ' ' || name === 'Enter') return target.closest('button, a, summary, [tabindex="0"]') != null;
  return name.startsWith('Arrow') && target !== document.body && target.id !== 'main' && !target.closest('[data-arrows]');
}

let prefix = '';

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if ((typing(event.target) && name !== 'Escape') || busy(event.target, name)) return;
  const inDialog = document.querySelector('dialog[open]');
  const wanted = prefix + name;
  prefix = '';
  for (let i = bindings.length - 1; i >= 0; i--) {
    const each = bindings[i];
    if (inDialog && !each.dialog) continue;
    if (each.keys.includes(wanted) && (!each.when || each.when())) {
      event.preventDefault();
      each.run(event);
      return;
    }
  }
  if (name === 'g' && !inDialog) prefix = 'g ';
});

/** Binds keys while the component is there: [{keys: ['a'], text: 'verdict.APPROVE', run, when}]. */
export function useKeys(list) {
  onMounted(() => bindings.push(...list));
  onBeforeUnmount(() => {
    for (const each of list) {
      const at = bindings.indexOf(each);
      if (at >= 0) bindings.splice(at, 1);
    }
  });
}
