// Who did what: written by the server, changed by nobody.
import { defineComponent, h, reactive } from '../lib/vue.js';
import { get } from '../api.js';
import { useAnswer } from '../ask.js';
import { dayAndTime } from '../format.js';
import { t } from '../texts.js';
import { Panel } from '../ui/panel.js';
import { Table } from '../ui/table.js';
import { answered } from '../ui/answers.js';
import { failed } from '../ui/toasts.js';

export default defineComponent({
  setup() {
    const filter = reactive({ who: '', what: '' });
    const log = useAnswer(() => get('/audit', { ...filter, limit: 100 }), { again: () => [filter.who, filter.what] });

    async function more() {
      try {
        const next = await get('/audit', { ...filter, limit: 100, cursor: log.data.next });
        log.data = { items: [...log.data.items, ...next.items], next: next.next };
      } catch (problem) { failed(problem); }
    }

    const columns = () => [
      { id: 'at', title: t('table.time'), cell: (row) => dayAndTime(row.at) },
      { id: 'who', title: t('audit.who'), cell: (row) => h('bdi', { class: 'strong' }, row.who) },
      { id: 'what', title: t('audit.what'), cell: (row) => h('code', row.what) },
      { id: 'target', title: t('audit.target'), cell: (row) => h('span', { class: 'theirs clamp' }, row.subject ?? '') },
      { id: 'detail', title: t('audit.detail'), wide: true, cell: (row) => h('span', { class: 'theirs clamp' },
        row.detail == null ? '' : typeof row.detail === 'string' ? row.detail : JSON.stringify(row.detail)) },
    ];

    return () => [
      h('div', { class: 'page-head' }, [h('h1', t('nav.audit')), h('p', t('audit.how'))]),
      h(Panel, { title: t('audit.all') }, () => h('div', { class: 'stack' }, [
        h('div', { class: 'row' }, [
          h('label', { class: 'field' }, [h('span', t('audit.who')), h('input', { type: 'search', value: filter.who, onChange: (event) => { filter.who = event.target.value.trim(); } })]),
          h('label', { class: 'field' }, [h('span', t('audit.what')), h('input', { type: 'search', value: filter.what, onChange: (event) => { filter.what = event.target.value.trim(); } })]),
        ]),
        answered(log, (data) => h(Table, { id: 'audit', caption: t('nav.audit'), columns: columns(), rows: data.items, rowKey: (row) => row.id,
          emptyTitle: t('audit.none'), emptyHow: t('audit.none-how'), more: data.next ? more : null })),
      ])),
    ];
  },
});
