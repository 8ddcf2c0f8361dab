// Who shares what with whom, as a small graph.
import { computed, defineComponent, h } from '../lib/vue.js';
import { t } from '../texts.js';
import { Panel } from '../ui/panel.js';
import { Chart, basis } from '../ui/chart.js';

const KINDS = ['order', 'user', 'device', 'address', 'account', 'ip'];
const SHAPES = { order: 'rect', user: 'circle', device: 'roundRect', address: 'diamond', account: 'triangle', ip: 'pin' };

export const Links = defineComponent({
  props: { links: Object },
  setup(props) {
    const sentence = computed(() => {
      const users = props.links.nodes.filter((each) => each.kind === 'user').length;
      const bad = props.links.nodes.filter((each) => each.outcome === 'BLOCK' || each.outcome === 'REVIEW').length;
      return users > 1 ? t('links.shared', { users, bad }) : t('links.alone');
    });
    const option = computed(() => {
      const { nodes, edges } = props.links;
      const kinds = KINDS.filter((kind) => nodes.some((each) => each.kind === kind));
      const names = kinds.map((kind) => t('who.' + kind, null, kind));
      return (colour) => ({
        ...basis(colour),
        tooltip: { ...basis(colour).tooltip, trigger: 'item', formatter: ({ data }) => (data.label0 ? data.label0.slice(0, 120) : '') },
        legend: { data: names, bottom: 0, itemWidth: 12, itemHeight: 12, textStyle: { color: colour.text2 }, inactiveColor: colour.text3 },
        series: [{
          id: 'links', type: 'graph', layout: 'force', layoutAnimation: false, roam: false, top: 16, bottom: 48, left: 40, right: 40,
          // Few nodes have room for their names.
          force: nodes.length < 8 ? { repulsion: 900, edgeLength: [80, 120], gravity: 0.15 } : { repulsion: 220, edgeLength: [40, 80], gravity: 0.25 },
          categories: names.map((name, at) => ({ name, symbol: SHAPES[kinds[at]], itemStyle: { color: colour.series[KINDS.indexOf(kinds[at]) % 6] } })),
          data: nodes.map((each) => ({
            id: each.id, name: each.id, label0: t('who.' + each.kind, null, each.kind) + ' ' + (each.label ?? ''), category: kinds.indexOf(each.kind),
            symbol: SHAPES[each.kind], symbolSize: each.kind === 'user' ? 24 : 18,
            itemStyle: each.outcome === 'BLOCK' || each.outcome === 'REVIEW' ? { borderColor: each.outcome === 'BLOCK' ? colour.critical : colour.warning, borderWidth: 4 } : {},
            label: { show: true, position: 'right', color: colour.text2, fontSize: 11, formatter: () => (each.outcome && each.outcome !== 'PASS' ? '⚠ ' : '') + short(each.label) },
          })),
          edges: edges.map((each) => ({ source: each.from, target: each.to })),
          lineStyle: { color: colour.strong, width: 1.5 },
        }],
      });
    });
    const table = () => ({
      head: [t('links.kind'), t('links.name'), t('table.outcome')],
      rows: props.links.nodes.map((each) => [t('who.' + each.kind, null, each.kind), (each.label ?? '').slice(0, 200), each.outcome ? t('outcome.' + each.outcome) : '']),
    });
    return () => h(Panel, { title: sentence.value, class: 'links' }, () => (props.links.nodes.length
      ? h(Chart, { option: option.value, sentence: sentence.value, table }) : h('p', { class: 'muted' }, t('links.none'))));
  },
});

function short(label) {
  const text = label ?? '';
  return text.length > 16 ? text.slice(0, 15) + '…' : text;
}
