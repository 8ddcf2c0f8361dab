// The wall: read from five metres, left alone for a night.
import { defineComponent, h, onBeforeUnmount, onMounted, ref } from '../lib/vue.js';
import { clock } from '../state.js';
import { fromLocal, timeOfDay, zoneName } from '../format.js';
import { route } from '../router.js';
import { useKeys } from '../keys.js';
import { t } from '../texts.js';
import { key, sign } from '../ui/marks.js';
import { now, stream, watchNow } from '../live/stream.js';
import { Lamps, Money, Tiles } from '../live/hero.js';
import { Alerts, Decisions, Funnel, Payments, Products, Provinces } from '../live/panels.js';
import { Curve } from '../live/curve.js';
import { TravelBar, useTravel } from '../live/travel.js';

const FULL = 'wall-full';

export default defineComponent({
  setup() {
    const stop = watchNow();
    const { travel, picture, show, play, leave, enter } = useTravel();
    const full = ref(false);
    if (route.params.at) {
      const at = route.params.at.endsWith('Z') ? Date.parse(route.params.at) : fromLocal(route.params.at);
      if (!Number.isNaN(at)) enter(at);
    }

    async function fullScreen() {
      full.value = !full.value;
      document.documentElement.classList.toggle(FULL, full.value);
      try {
        if (full.value) await document.documentElement.requestFullscreen();
        else if (document.fullscreenElement) await document.exitFullscreen();
      } catch { /* Not allowed here: the page still hides its frame. */ }
    }

    function left() {
      if (!document.fullscreenElement && full.value) fullScreen();
    }

    onMounted(() => document.addEventListener('fullscreenchange', left));
    onBeforeUnmount(() => {
      stop();
      document.removeEventListener('fullscreenchange', left);
      document.documentElement.classList.remove(FULL);
    });
    useKeys([
      { keys: ['f'], text: 'help.full', run: fullScreen },
      { keys: ['t'], text: 'help.travel', run: () => (travel.on ? leave() : enter()) },
      { keys: [' '], text: 'help.play', when: () => travel.on, run: play },
      { keys: ['ArrowLeft'], text: 'help.minute-back', when: () => travel.on, run: () => show(travel.at - 60000) },
      { keys: ['ArrowRight'], text: 'help.minute-on', when: () => travel.on, run: () => show(travel.at + 60000) },
      { keys: ['Escape'], text: 'help.now', when: () => travel.on, run: leave },
    ]);

    return () => {
      const still = travel.on;
      const shown = still ? picture : now;
      const at = still ? null : stream.heard;
      const common = { picture: shown, still };
      return h('div', { class: ['wall', still ? 'past' : ''] }, [
        still ? h(TravelBar, { travel, picture, show, play, leave }) : h('div', { class: 'wall-line' }, [
          h('p', { class: ['wall-live', stream.connected ? '' : 'tone-warning'], role: 'status' }, stream.connected
            ? [h('i', { class: 'pulse', 'aria-hidden': 'true' }), t('live.live')]
            : [sign('unlinked'), stream.heard == null ? t(stream.lost ? 'live.unreachable' : 'live.connecting') : t('live.lost', { at: timeOfDay(stream.heard) })]),
          h('p', { class: 'muted' }, now.perSecond == null ? '' : t('live.per-second', { n: Math.round(now.perSecond).toLocaleString('en-US') })),
          h('p', { class: 'wall-clock' }, [h('b', timeOfDay(clock.value)), ' ', zoneName()]),
          h('span', { class: 'wall-doors' }, [
            h('button', { type: 'button', class: 'button small quiet', onClick: () => enter() }, [t('travel.enter'), ' ', key('T')]),
            h('button', { type: 'button', class: 'button small quiet', onClick: fullScreen }, [t(full.value ? 'live.leave-full' : 'live.full'), ' ', key('F')]),
          ]),
        ]),
        h('div', { class: 'wall-grid' }, [
          h('div', { class: 'cell-hero' }, h(Money, common)),
          h('div', { class: 'cell-lamps' }, h(Lamps, { ...common, at })),
          h('div', { class: 'cell-tiles' }, h(Tiles, common)),
          h('div', { class: 'cell-curve' }, h(Curve, common)),
          h('div', { class: 'cell-funnel' }, h(Funnel, common)),
          h('div', { class: 'cell-payments' }, h(Payments, common)),
          h('div', { class: 'cell-provinces' }, h(Provinces, common)),
          h('div', { class: 'cell-products' }, h(Products, common)),
          h('div', { class: 'cell-decisions' }, h(Decisions, { ...common, at })),
          h('div', { class: 'cell-alerts' }, h(Alerts, { ...common, at })),
        ]),
      ]);
    };
  },
});
