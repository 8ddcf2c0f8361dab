// Any figure, dimension and window, beside yesterday and last week.
import { computed, defineComponent, h, reactive } from '../lib/vue.js';
import { serverNow, state } from '../state.js';
import { get, query, segment } from '../api.js';
import { useAnswer } from '../ask.js';
import { route, setParams } from '../router.js';
import { day, dayAndTime, exactInUnit, inUnit, minuteOfDay, said, word, behind } from '../format.js';
import { t } from '../texts.js';
import { Panel } from '../ui/panel.js';
import { Table } from '../ui/table.js';
import { Chart, basis } from '../ui/chart.js';
import { answered, empty, wrong } from '../ui/answers.js';

/** How far back a window is looked at, milliseconds. */
const BACK = { MINUTE: 3 * 3600e3, HOUR: 48 * 3600e3, DAY: 31 * 86400e3, WEEK: 180 * 86400e3, MONTH: 400 * 86400e3 };
const LENGTH = { MINUTE: 60e3, HOUR: 3600e3, DAY: 86400e3, WEEK: 7 * 86400e3, MONTH: 28 * 86400e3 };
// Seconds are not kept: they pass on the wall.
const ORDER = ['MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH'];

export default defineComponent({
  setup() {
    const catalogue = useAnswer(() => get('/figures'));
    const local = reactive({ search: '' });
    const name = computed(() => route.params.figure || 'gmv_paid');
    const known = computed(() => catalogue.data?.items.find((each) => each.name === name.value));
    const window = computed(() => {
      const windows = ORDER.filter((each) => (known.value?.windows ?? ['MINUTE']).includes(each));
      return windows.includes(route.params.window) ? route.params.window : windows.includes('MINUTE') ? 'MINUTE' : windows[0];
    });
    /** Cuts by one dimension; those by two would need two choices. */
    const dimensions = computed(() => (known.value?.dimensions ?? []).filter((each) => !each.includes('+')));
    const dimension = computed(() => (dimensions.value.includes(route.params.dimension) ? route.params.dimension : ''));
    const value = computed(() => (dimension.value ? route.params.value ?? '' : ''));
    const compare = computed(() => (['day', 'week', 'day,week'].includes(route.params.compare) ? route.params.compare : ''));
    const question = () => {
      const now = serverNow();
      return {
        window: window.value, from: new Date(now - BACK[window.value]).toISOString(), to: new Date(now).toISOString(), compare: compare.value,
        ...(dimension.value && value.value ? { ['dim.' + dimension.value]: value.value } : {}),
      };
    };
    const series = useAnswer(() => get('/figures/' + segment(name.value), question()), { every: 5000, again: () => [name.value, window.value, dimension.value, value.value, compare.value] });
    const values = useAnswer(() => (dimension.value ? get('/figures/' + segment(name.value) + '/values', { dimension: dimension.value, window: window.value }) : Promise.resolve(null)),
      { every: 8000, again: () => [name.value, window.value, dimension.value] });

    const label = (time) => (window.value === 'MINUTE' ? minuteOfDay(time) : window.value === 'HOUR' ? dayAndTime(time).slice(0, -3) : day(time));
    const title = computed(() => said(series.data?.title ?? known.value?.title) + (value.value ? ' · ' + word(dimension.value, value.value) : ''));
    const sentence = computed(() => {
      const points = (series.data?.series.find((each) => each.label === 'now')?.points ?? []).filter((each) => each.value != null).reverse();
      const last = points.find((each) => !runs(each));
      const told = (text, point) => t(text, { title: title.value, value: inUnit(point.value, series.data.unit), at: label(point.from) });
      const soFar = points.length > 0 && runs(points[0]) ? told('figures.so-far', points[0]) : '';
      return last ? told('figures.sentence', last) + soFar : title.value + soFar;
    });
    /** A window that still fills is lower than the others for no reason of the shop's: it is drawn apart. */
    const runs = (point) => Date.parse(point.to) > serverNow();
    const parts = (each) => {
      const at = each.label === 'now' ? each.points.findIndex(runs) : -1;
      return at < 0 ? [each] : [{ ...each, points: each.points.slice(0, at) }, { label: 'running', points: each.points.slice(Math.max(0, at - 1)) }];
    };
    const shift = { now: 0, day: 86400e3, week: 7 * 86400e3 };
    const option = computed(() => {
      const data = series.data;
      void state.language;
      return (colour) => ({
        ...basis(colour),
        grid: { left: 8, right: 16, top: 36, bottom: 4, containLabel: true },
        legend: { top: 0, left: 0, textStyle: { color: colour.text2 }, icon: 'roundRect', itemHeight: 3 },
        xAxis: { type: 'time', minInterval: LENGTH[window.value], axisLabel: { color: colour.text3, formatter: (at) => label(at), hideOverlap: true }, axisLine: { lineStyle: { color: colour.strong } }, axisTick: { show: false } },
        yAxis: { type: 'value', scale: data.unit === 'ratio', splitNumber: 4, axisLabel: { color: colour.text3, formatter: (each) => inUnit(each, data.unit) }, splitLine: { lineStyle: { color: colour.line } } },
        tooltip: { ...basis(colour).tooltip, formatter: (points) => [label(points[0].value[0]), ...points.map((each) => each.seriesName + '  ' + exactInUnit(each.value[1], data.unit))].join('\n') },
        series: data.series.flatMap((whole, at) => parts(whole).map((each) => ({
          id: each.label, name: t('compare.' + each.label, null, each.label), type: 'line', showSymbol: each.points.length < 3, connectNulls: false,
          lineStyle: { width: each.label === 'now' ? 2.5 : 1.5, type: each.label === 'now' ? 'solid' : each.label === 'day' ? 'dashed' : 'dotted', color: colour.series[at] }, itemStyle: { color: colour.series[at] },
          data: each.points.map((point) => [Date.parse(point.from) + (shift[each.label] ?? 0), point.value]),
        }))),
      });
    });
    const tableOf = () => {
      const data = series.data;
      const others = data.series.filter((each) => each.label !== 'now').map((each) => ({ label: each.label, at: new Map(each.points.map((point) => [Date.parse(point.from) + (shift[each.label] ?? 0), point.value])) }));
      const points = data.series.find((each) => each.label === 'now')?.points ?? [];
      return { points, others, unit: data.unit };
    };
    const behindChart = () => {
      const { points, others, unit } = tableOf();
      return { head: [t('table.time'), t('compare.now'), ...others.map((each) => t('compare.' + each.label))],
        rows: [...points].reverse().slice(0, 500).map((each) => [label(each.from), exactInUnit(each.value, unit), ...others.map((one) => exactInUnit(one.at.get(Date.parse(each.from)), unit))]) };
    };

    function choose(changes) {
      setParams({ figure: name.value, ...changes });
    }

    function list(data) {
      const wanted = local.search.toLowerCase();
      const found = data.items.filter((each) => !wanted || (each.name + ' ' + said(each.title) + ' ' + said(each.group)).toLowerCase().includes(wanted));
      if (data.items.length === 0) return empty(t('figures.none'), t('figures.none-how'));
      const groups = [...new Set(found.map((each) => said(each.group) || ''))];
      return h('div', { class: 'figure-list' }, groups.map((group) => h('div', { key: group }, [
        group ? h('h3', { class: 'muted small-text' }, t('group.' + group, null, group)) : null,
        h('ul', found.filter((each) => (said(each.group) || '') === group).map((each) => h('li', { key: each.name }, h('button', {
          type: 'button', class: 'figure-choice', 'aria-current': each.name === name.value ? 'true' : undefined, title: each.name,
          onClick: () => choose({ figure: each.name, window: null, dimension: null, value: null }) }, said(each.title))))),
      ])));
    }

    function controls() {
      const figure = known.value;
      if (!figure) return null;
      const press = (on, text, act) => h('button', { key: text, type: 'button', class: 'tab', 'aria-pressed': String(on), onClick: act }, text);
      return h('div', { class: 'row figure-controls' }, [
        h('div', { class: 'tabs', role: 'group', 'aria-label': t('figures.window') }, ORDER.filter((each) => figure.windows.includes(each)).map((each) => press(window.value === each, t('window.' + each), () => choose({ window: each })))),
        h('div', { class: 'tabs', role: 'group', 'aria-label': t('figures.compare') }, [['day', 'day'], ['week', 'week']].map(([each, text]) => {
          const on = compare.value.split(',').includes(each);
          return press(on, t('compare.with-' + text), () => choose({ compare: ['day', 'week'].filter((one) => (one === each ? !on : compare.value.split(',').includes(one))).join(',') }));
        })),
        dimensions.value.length ? h('label', { class: 'row tight' }, [h('span', { class: 'second' }, t('figures.by')), h('select', { onChange: (event) => choose({ dimension: event.target.value, value: null }) },
          ['', ...dimensions.value].map((each) => h('option', { value: each, selected: dimension.value === each }, each ? t('dimension.' + each, null, each) : t('figures.whole'))))]) : null,
        value.value ? h('button', { type: 'button', class: 'button small', onClick: () => choose({ value: null }) }, [h('bdi', word(dimension.value, value.value).slice(0, 40)), ' ✕']) : null,
        h('a', { class: 'button small', href: '/api/v1/figures/' + segment(name.value) + query({ ...question(), format: 'csv' }), download: name.value + '.csv' }, t('figures.csv')),
      ]);
    }

    const columns = (unit) => [
      { id: 'value', title: t('dimension.' + dimension.value, null, dimension.value), cell: (row) => h('bdi', { class: 'theirs clamp clamp-2' }, word(dimension.value, row.dimensions[dimension.value]).slice(0, 300)) },
      { id: 'figure', title: said(known.value?.title), number: true, cell: (row) => h('span', { title: exactInUnit(row.value, unit) }, inUnit(row.value, unit)) },
      { id: 'behind', title: t('figures.behind'), number: true, hidden: unit !== 'ratio', cell: (row) => h('span', { class: 'muted' }, behind(row.numerator, row.denominator)) },
    ];

    return () => [
      h('div', { class: 'page-head' }, [h('h1', t('nav.figures'))]),
      h('div', { class: 'figures' }, [
        h('section', { class: 'panel figures-side', 'aria-label': t('figures.all') }, h('div', { class: 'panel-body' }, [
          h('input', { type: 'search', 'aria-label': t('figures.search'), placeholder: t('figures.search'), value: local.search, onInput: (event) => { local.search = event.target.value; } }),
          h('select', { class: 'figure-select', 'aria-label': t('figures.all'), onChange: (event) => choose({ figure: event.target.value, window: null, dimension: null, value: null }) },
            (catalogue.data?.items ?? []).map((each) => h('option', { value: each.name, selected: each.name === name.value }, said(each.title)))),
          h('div', { class: 'figure-frame' }, answered(catalogue, list)),
        ])),
        h('div', { class: 'stack' }, [
          h(Panel, { title: sentence.value, at: series.at }, () => h('div', { class: 'stack figure-chart' }, [
            controls(),
            known.value ? h('p', { class: 'muted small-text' }, [h('code', name.value), ' · ', t('figures.exactness', { how: t('exactness.' + said(known.value.exactness), null, said(known.value.exactness)) })]) : null,
            series.data == null && series.problem ? wrong(series.problem, series.refresh) : answered(series, (data) => (data.series.some((each) => each.points.some((point) => point.value != null))
              ? h(Chart, { option: option.value, sentence: sentence.value, table: behindChart }) : empty(t('figures.no-points'), t('figures.no-points-how')))),
          ])),
          dimension.value ? h(Panel, { title: t('figures.values', { dimension: t('dimension.' + dimension.value, null, dimension.value) }), at: values.at }, () => answered(values, (data) => h(Table, {
            id: 'figure-values', caption: title.value, columns: columns(data.unit ?? known.value?.unit), rows: [...data.items].sort((a, b) => (b.value ?? -1) - (a.value ?? -1)), rowKey: (row) => String(row.dimensions[dimension.value]), chosen: value.value,
            open: (row) => choose({ value: String(row.dimensions[dimension.value]) }), emptyTitle: t('figures.no-values'), emptyHow: t('figures.no-points-how') }))) : null,
        ]),
      ]),
    ];
  },
});
