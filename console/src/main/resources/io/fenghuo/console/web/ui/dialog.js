// The browser's own dialog: it keeps the focus, closes on Escape and gives the focus back.
import { defineComponent, h, onMounted, ref } from '../lib/vue.js';
import { t } from '../texts.js';

let count = 0;

export const Dialog = defineComponent({
  props: { title: { type: String, required: true }, close: { type: Function, required: true }, wide: Boolean },
  setup(props, { slots }) {
    const element = ref(null);
    const id = 'dialog-' + ++count;
    onMounted(() => element.value.showModal());
    return () => h('dialog', {
      ref: element,
      class: { wide: props.wide },
      'aria-labelledby': id,
      onClose: props.close,
      onClick: (event) => { if (event.target === element.value) element.value.close(); },
    }, h('div', { class: 'dialog-body' }, [
      h('header', { class: 'dialog-head' }, [
        h('h2', { id }, props.title),
        h('button', { type: 'button', class: 'button quiet', 'aria-label': t('do.close'), onClick: () => element.value.close() }, '✕'),
      ]),
      slots.default?.(),
    ]));
  },
});
