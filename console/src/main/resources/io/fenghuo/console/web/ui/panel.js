// A panel knows how old it is: quiet under 3 s, a clock over it, grey over 10 s.
import { computed, defineComponent, h } from '../lib/vue.js';
import { clock } from '../state.js';
import { ago, moment } from '../format.js';
import { t } from '../texts.js';
import { sign } from './marks.js';

export const QUIET = 3000;
export const STALE = 10000;

function millis(time) {
  return time == null ? null : typeof time === 'number' ? time : Date.parse(time);
}

/** What a panel says about its age: nothing while it is fresh. */
export const Age = defineComponent({
  props: { at: { default: null }, still: Boolean },
  setup(props) {
    return () => {
      const at = millis(props.at);
      if (at == null || props.still) return null;
      const age = clock.value - at;
      if (age <= QUIET) return null;
      return age <= STALE
        ? h('span', { class: 'age' }, [sign('clock'), ago(at)])
        : h('span', { class: 'age age-stale' }, [sign('clock'), t('age.stopped', { at: moment(at) })]);
    };
  },
});

export const Panel = defineComponent({
  props: {
    title: { type: String, required: true },
    /** Time of the newest data in it; null while unknown. */
    at: { default: null },
    /** A picture of the past has no age. */
    still: Boolean,
    level: { type: Number, default: 2 },
  },
  setup(props, { slots }) {
    const stale = computed(() => {
      const at = millis(props.at);
      return at != null && !props.still && clock.value - at > STALE;
    });
    return () => h('section', { class: ['panel', stale.value ? 'stale' : null], 'aria-label': props.title }, [
      h('header', { class: 'panel-head' }, [
        h('h' + props.level, { class: 'panel-title' }, props.title),
        slots.beside ? slots.beside() : null,
        h(Age, { at: props.at, still: props.still }),
      ]),
      h('div', { class: 'panel-body' }, slots.default?.()),
    ]);
  },
});
