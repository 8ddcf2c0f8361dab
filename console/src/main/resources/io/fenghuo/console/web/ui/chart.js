// A chart: its title is a sentence, behind it a table for screen readers and for copying.
// ECharts is loaded when the first chart is, drawn once, and from then on only told what changed.
import { defineComponent, h, onBeforeUnmount, onMounted, ref, watch } from '../lib/vue.js';
import { state } from '../state.js';
import { t } from '../texts.js';

let library;

function echarts() {
  library ??= import('../lib/echarts.js');
  return library;
}

/** The tokens of the theme in force, for what is drawn on a canvas. */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue('--' + name).trim();
  return {
    text: token('text'), text2: token('text-2'), text3: token('text-3'),
    line: token('line'), strong: token('line-strong'), panel: token('panel'), raised: token('raised'),
    accent: token('accent'), notice: token('notice'), warning: token('warning'), critical: token('critical'), ok: token('ok'),
    series: [1, 2, 3, 4, 5, 6].map((each) => token('series-' + each)),
    font: token('font'),
  };
}

export function calm() {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** What all charts share; tooltips are drawn on the canvas, so no text ever becomes HTML. */
export function basis(colour) {
  return {
    animation: false,
    color: colour.series,
    textStyle: { fontFamily: colour.font, color: colour.text2, fontSize: 12 },
    tooltip: {
      renderMode: 'richText', trigger: 'axis', confine: true,
      backgroundColor: colour.raised, borderColor: colour.strong, borderWidth: 1,
      textStyle: { color: colour.text, fontSize: 12, fontFamily: colour.font },
      axisPointer: { lineStyle: { color: colour.strong } },
    },
  };
}

export const Chart = defineComponent({
  props: {
    /** (colours) → ECharts option */
    option: { type: Function, required: true },
    sentence: { type: String, required: true },
    /** () → {head: [..], rows: [[..]]}, asked for only when somebody looks at the table */
    table: { type: Function, required: true },
    onPick: { type: Function, default: null },
  },
  setup(props) {
    const canvas = ref(null);
    const tabled = ref(false);
    let chart = null;
    let observer = null;
    let gone = false;

    function draw() {
      if (chart) chart.setOption(props.option(colours()), { lazyUpdate: true, replaceMerge: ['series'] });
    }

    onMounted(async () => {
      const { init } = await echarts();
      if (gone || !canvas.value) return;
      chart = init(canvas.value, null, { renderer: 'canvas' });
      // Whoever takes a picture waits for this.
      chart.on('rendered', () => { if (canvas.value) canvas.value.dataset.drawn = 'yes'; });
      if (props.onPick) chart.on('click', (event) => props.onPick(event.data));
      draw();
      observer = new ResizeObserver(() => chart.resize());
      observer.observe(canvas.value);
    });
    onBeforeUnmount(() => {
      gone = true;
      observer?.disconnect();
      chart?.dispose();
    });
    watch(() => [props.option, state.paint], draw, { flush: 'post' });

    return () => h('figure', { class: 'chart' }, [
      h('div', { class: 'chart-canvas', ref: canvas, role: 'img', 'aria-label': props.sentence }),
      h('button', { type: 'button', class: 'chart-table-switch', 'aria-expanded': String(tabled.value), onClick: () => { tabled.value = !tabled.value; } },
        t(tabled.value ? 'chart.as-chart' : 'chart.as-table')),
      tabled.value ? behindIt(props.table(), props.sentence) : null,
    ]);
  },
});

function behindIt({ head, rows }, sentence) {
  return h('div', { class: 'chart-table', tabindex: 0, role: 'region', 'aria-label': sentence }, h('table', [
    h('caption', sentence),
    h('thead', h('tr', head.map((each) => h('th', { scope: 'col' }, each)))),
    h('tbody', rows.map((row, at) => h('tr', { key: at }, row.map((each) => h('td', each))))),
  ]));
}
