// Money paid by minute of the day.
import { computed, defineComponent, h } from '../lib/vue.js';
import { compact, minuteOfDay, money } from '../format.js';
import { state } from '../state.js';
import { t } from '../texts.js';
import { Panel } from '../ui/panel.js';
import { Chart, basis } from '../ui/chart.js';
import { nothing } from './panels.js';

export const Curve = defineComponent({
  props: { picture: Object, still: Boolean },
  setup(props) {
    /** Minutes without a payment are nothing paid, not a gap; the running minute is not drawn until it is over. */
    const minutes = computed(() => {
      const until = props.picture.figuresAt ? Date.parse(props.picture.figuresAt) : Infinity;
      return props.picture.minutes.filter((each) => Date.parse(each.from) + 60000 <= until);
    });
    const points = computed(() => minutes.value.map((each) => [Date.parse(each.from), (each.value ?? 0) / 100]));
    const peak = computed(() => minutes.value.reduce((most, each) => ((each.value ?? 0) > (most?.value ?? -1) ? each : most), null));
    const sentence = computed(() => (peak.value
      ? t('live.curve-peak', { at: minuteOfDay(peak.value.from), value: money(peak.value.value) }) : t('live.curve')));
    const option = computed(() => {
      const data = points.value;
      const day = props.picture.day;
      void state.language;
      return (colour) => ({
        ...basis(colour),
        grid: { left: 8, right: 24, top: 12, bottom: 4, containLabel: true },
        xAxis: {
          type: 'time', min: day ? Date.parse(day.from) : undefined, max: day ? Date.parse(day.to) : undefined,
          axisLabel: { color: colour.text3, formatter: (value) => minuteOfDay(value), hideOverlap: true },
          axisLine: { lineStyle: { color: colour.strong } }, axisTick: { show: false }, splitLine: { show: false },
          minInterval: 3600000,
        },
        yAxis: {
          type: 'value', splitNumber: 3,
          axisLabel: { color: colour.text3, formatter: (value) => '¥' + compact(value) },
          splitLine: { lineStyle: { color: colour.line } },
        },
        tooltip: { ...basis(colour).tooltip,
          formatter: ([point]) => minuteOfDay(point.value[0]) + '  ' + money(point.value[1] * 100) },
        series: [{ id: 'paid', type: 'line', data, showSymbol: data.length < 3, sampling: 'lttb',
          lineStyle: { width: 2, color: colour.series[0] }, itemStyle: { color: colour.series[0] }, areaStyle: { color: colour.series[0], opacity: 0.14 } }],
      });
    });
    const table = () => ({
      head: [t('chart.minute'), t('live.gmv')],
      rows: minutes.value.slice().reverse().map((each) => [minuteOfDay(each.from), money(each.value)]),
    });
    return () => h(Panel, { title: sentence.value, at: props.picture.figuresAt, still: props.still, class: 'curve' }, {
      default: () => points.value.length === 0 ? nothing(props.picture, t('live.no-curve'))
        : h(Chart, { option: option.value, sentence: sentence.value, table }),
    });
  },
});
