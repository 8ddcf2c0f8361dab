// A list: sticky head, a row chosen by arrow keys, columns of choice.
import { defineComponent, h, nextTick, ref } from '../lib/vue.js';
import { keep, kept } from '../state.js';
import { t } from '../texts.js';
import { empty } from './answers.js';

/**
 * columns: [{id, title, cell(row), number, wide, hidden}]; `hidden` ones are shown only when chosen.
 */
export const Table = defineComponent({
  props: {
    id: { type: String, required: true },
    caption: { type: String, required: true },
    columns: { type: Array, required: true },
    rows: { type: Array, required: true },
    rowKey: { type: Function, required: true },
    open: { type: Function, default: null },
    chosen: { default: null },
    emptyTitle: { type: String, default: '' },
    emptyHow: { type: String, default: '' },
    more: { type: Function, default: null },
  },
  setup(props) {
    const hidden = ref(new Set(JSON.parse(kept('columns.' + props.id, 'null'))
      ?? props.columns.filter((each) => each.hidden).map((each) => each.id)));
    const at = ref(0);
    const body = ref(null);

    function toggle(id) {
      const next = new Set(hidden.value);
      if (!next.delete(id)) next.add(id);
      hidden.value = next;
      keep('columns.' + props.id, JSON.stringify([...next]));
    }

    function move(to) {
      at.value = Math.max(0, Math.min(props.rows.length - 1, to));
      nextTick(() => body.value?.children[at.value]?.focus());
    }

    function onKeydown(event) {
      if (event.target.tagName !== 'TR') return;
      const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 10, PageUp: -10 };
      if (event.key in steps) move(at.value + steps[event.key]);
      else if (event.key === 'Home') move(0);
      else if (event.key === 'End') move(props.rows.length - 1);
      else if (event.key === 'Enter' && props.open) props.open(props.rows[at.value]);
      else return;
      event.preventDefault();
      event.stopPropagation();
    }

    return () => {
      if (props.rows.length === 0) return empty(props.emptyTitle, props.emptyHow);
      const shown = props.columns.filter((each) => !hidden.value.has(each.id));
      return h('div', { class: 'table-frame' }, [
        h('details', { class: 'columns' }, [
          h('summary', t('table.columns')),
          h('div', { class: 'columns-choice' }, props.columns.map((each) => h('label', { key: each.id }, [
            h('input', { type: 'checkbox', checked: !hidden.value.has(each.id), onChange: () => toggle(each.id) }),
            each.title,
          ]))),
        ]),
        h('div', { class: 'table-scroll', role: 'region', 'aria-label': props.caption, tabindex: 0 }, [
          h('table', [
            h('caption', { class: 'sr' }, props.caption),
            h('thead', h('tr', shown.map((each) =>
              h('th', { key: each.id, scope: 'col', class: { number: each.number } }, each.title)))),
            h('tbody', { ref: body, onKeydown }, props.rows.map((row, index) => h('tr', {
              key: props.rowKey(row),
              tabindex: index === Math.min(at.value, props.rows.length - 1) ? 0 : -1,
              class: { openable: props.open, chosen: props.chosen != null && props.chosen === props.rowKey(row) },
              onFocus: () => { at.value = index; },
              onClick: () => { at.value = index; props.open?.(row); },
            }, shown.map((each) => h('td', { key: each.id, class: { number: each.number, wide: each.wide } }, each.cell(row)))))),
          ]),
        ]),
        props.more ? h('button', { type: 'button', class: 'button more', onClick: props.more }, t('do.more')) : null,
      ]);
    };
  },
});
