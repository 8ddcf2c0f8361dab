// A number that rolls to its next value in at most 300 ms, or jumps for who prefers no motion.
import { defineComponent, h, onBeforeUnmount, ref, watch } from '../lib/vue.js';
import { calm } from './chart.js';

const LASTS = 280;

export const Rolling = defineComponent({
  props: { value: { default: null }, show: { type: Function, required: true }, still: Boolean },
  setup(props) {
    const shown = ref(props.value);
    let frame = 0;

    watch(() => props.value, (to, from) => {
      cancelAnimationFrame(frame);
      if (to == null || from == null || props.still || calm() || document.hidden) {
        shown.value = to;
        return;
      }
      const start = performance.now();
      const begin = shown.value ?? from;
      const step = (time) => {
        const part = Math.min(1, (time - start) / LASTS);
        shown.value = part === 1 ? to : begin + (to - begin) * (1 - (1 - part) ** 3);
        if (part < 1) frame = requestAnimationFrame(step);
      };
      frame = requestAnimationFrame(step);
    });
    onBeforeUnmount(() => cancelAnimationFrame(frame));
    return () => h('span', { class: 'rolling' }, props.show(shown.value));
  },
});
