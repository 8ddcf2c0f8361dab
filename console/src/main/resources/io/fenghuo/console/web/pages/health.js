// Is Fenghuo itself well: jobs, lag, dead letters, state.
import { defineComponent, h, reactive, ref } from '../lib/vue.js';
import { can } from '../state.js';
import { get, post, segment } from '../api.js';
import { useAnswer } from '../ask.js';
import { bytes, compact, decimal, moment, span } from '../format.js';
import { t } from '../texts.js';
import { Panel } from '../ui/panel.js';
import { Table } from '../ui/table.js';
import { Dialog } from '../ui/dialog.js';
import { answered, empty } from '../ui/answers.js';
import { bar, severity, sign } from '../ui/marks.js';
import { done, failed } from '../ui/toasts.js';

const CHECKPOINT_LATE = 120;
const LAG_MUCH = 10000;

function jobState(job) {
  if (job.state === 'RUNNING') return job.checkpointAgeSeconds != null && job.checkpointAgeSeconds > CHECKPOINT_LATE ? 'warning' : 'ok';
  return job.state === 'RESTARTING' ? 'warning' : job.state === 'UNKNOWN' || job.state == null ? 'unknown' : 'critical';
}

const Letter = defineComponent({
  props: { letter: Object, close: Function, replayed: Function },
  setup(props) {
    const form = reactive({ json: pretty(props.letter.json), problem: null, busy: false });

    async function replay(event) {
      event.preventDefault();
      form.busy = true;
      form.problem = null;
      try {
        const changed = form.json.trim() && form.json !== pretty(props.letter.json);
        if (changed) JSON.parse(form.json);
        await post('/dead-letters/' + segment(props.letter.id) + '/replay', changed ? { json: form.json } : {});
        done(t('letter.replayed'));
        props.replayed();
      } catch (problem) {
        form.problem = problem instanceof SyntaxError ? { said: t('letter.no-json') } : problem;
      }
      form.busy = false;
    }

    return () => h(Dialog, { title: t('letter.title'), close: props.close, wide: true }, () => h('form', { class: 'form', onSubmit: replay }, [
      h('dl', { class: 'facts' }, [['table.topic', props.letter.topic], ['letter.place', props.letter.partition + ' / ' + props.letter.offset], ['table.time', moment(props.letter.at)], ['letter.reason', props.letter.reason], ['letter.size', bytes(props.letter.bytes)]]
        .map(([name, value]) => h('div', { key: name }, [h('dt', t(name)), h('dd', { class: 'theirs clamp' }, String(value).slice(0, 300))]))),
      h('p', { class: 'strip theirs' }, [sign('warning'), h('span', { class: 'clamp' }, String(props.letter.detail ?? '').slice(0, 2000))]),
      props.letter.json != null ? h('label', { class: 'field' }, [h('span', t('letter.event')), h('textarea', { class: 'code', rows: 14, spellcheck: false, value: form.json, onInput: (event) => { form.json = event.target.value; } })])
        : h('p', { class: 'second' }, t('letter.not-decoded')),
      form.problem ? h('p', { class: 'field-wrong', role: 'alert' }, [sign('critical'), ' ', form.problem.said]) : null,
      can('on-call', 'rule-author') ? h('div', { class: 'form-end' }, h('button', { type: 'submit', class: 'button main', disabled: form.busy }, t('letter.replay'))) : null,
    ]));
  },
});

function pretty(json) {
  if (json == null) return '';
  try { return JSON.stringify(JSON.parse(json), null, 2); } catch { return String(json); }
}

export default defineComponent({
  setup() {
    const health = useAnswer(() => get('/health'), { every: 5000 });
    const filter = reactive({ reason: '', topic: '' });
    const letters = useAnswer(() => get('/dead-letters', { ...filter, limit: 50 }), { every: 8000, again: () => [filter.reason, filter.topic] });
    const letter = ref(null);

    async function more() {
      try {
        const next = await get('/dead-letters', { ...filter, limit: 50, cursor: letters.data.next });
        letters.data = { items: [...letters.data.items, ...next.items], next: next.next };
      } catch (problem) { failed(problem); }
    }

    function headline(data) {
      const bad = data.jobs.filter((each) => jobState(each) !== 'ok');
      if (data.database?.state === 'away') return t('health.database-away');
      if (data.database?.state === 'behind') return t('health.database-behind');
      const late = data.lag.find((each) => each.records >= LAG_MUCH);
      if (!bad.length && late) return t('health.lagging', { topic: late.topic, n: compact(late.records) });
      return bad.length ? t('health.jobs-bad', { n: bad.length, name: bad[0].name }) : t('health.well');
    }

    function jobs(data) {
      if (data.jobs.length === 0) return empty(t('health.no-jobs'), t('health.no-jobs-how'));
      return h('ul', { class: 'jobs' }, data.jobs.map((job) => h('li', { key: job.name, class: 'job' }, [
        h('p', { class: 'row' }, [severity(jobState(job), t('job.' + (job.state ?? 'UNKNOWN'), null, String(job.state))), h('b', { class: 'theirs' }, job.name)]),
        h('dl', { class: 'facts' }, [
          h('div', [h('dt', t('health.checkpoint')), h('dd', job.checkpointAgeSeconds == null ? t('state.unknown') : t('time.ago', { span: span(job.checkpointAgeSeconds) }))]),
          h('div', [h('dt', t('health.restarts')), h('dd', decimal(job.restarts))]),
        ]),
        job.lastFailure ? h('p', { class: 'second theirs clamp' }, [t('health.last-failure'), ' ', h('code', String(job.lastFailure).slice(0, 600))]) : null,
      ])));
    }

    function lag(data) {
      const most = Math.max(LAG_MUCH, ...data.lag.map((each) => each.records ?? 0));
      if (data.lag.length === 0) return empty(t('health.no-lag'));
      return h('ul', { class: 'ranks' }, data.lag.map((each) => h('li', { key: each.topic, class: 'rank' }, [
        h('code', each.topic), h('span', { class: ['rank-value', each.records >= LAG_MUCH ? 'tone-warning' : ''] }, [each.records >= LAG_MUCH ? sign('warning') : null, each.records == null ? t('state.unknown') : t('health.records', { n: compact(each.records) })]),
        bar((each.records ?? 0) / most, each.records >= LAG_MUCH ? 'warning' : null)])));
    }

    const columns = () => [
      { id: 'at', title: t('table.time'), cell: (row) => moment(row.at) },
      { id: 'topic', title: t('table.topic'), cell: (row) => h('code', row.topic) },
      { id: 'reason', title: t('letter.reason'), cell: (row) => h('span', { class: 'theirs one-line' }, t('reason.' + row.reason, null, String(row.reason))) },
      { id: 'detail', title: t('letter.detail'), wide: true, cell: (row) => h('span', { class: 'theirs clamp clamp-2' }, String(row.detail ?? '').slice(0, 400)) },
      { id: 'place', title: t('letter.place'), number: true, hidden: true, cell: (row) => row.partition + ' / ' + row.offset },
      { id: 'replayed', title: t('letter.replayed'), hidden: true, cell: (row) => (row.replayedAt ? moment(row.replayedAt) : '') },
      { id: 'bytes', title: t('letter.size'), number: true, cell: (row) => bytes(row.bytes) },
    ];

    function facts(data) {
      const rows = [[t('health.dead-today'), decimal(data.deadLetters?.today)], [t('health.state-size'), bytes(data.stateBytes)], [t('health.database'), t('database.' + data.database?.state, null, t('state.unknown')) + ' · ' + bytes(data.database?.bytes)],
        ...Object.entries(data.versions ?? {}).map(([name, value]) => [t('version.' + name, null, name), String(value)])];
      return h('dl', { class: 'facts' }, rows.map(([name, value]) => h('div', { key: name }, [h('dt', name), h('dd', { class: 'theirs clamp clamp-2' }, value)])));
    }

    return () => [
      h('div', { class: 'page-head' }, h('h1', health.data ? headline(health.data) : t('nav.health'))),
      health.data == null ? h('div', { class: 'panel panel-body' }, answered(health, () => null)) : [
        health.problem ? answered(health, () => null) : null,
        h('div', { class: 'three' }, [
          h(Panel, { title: t('health.jobs'), at: health.at }, () => jobs(health.data)),
          h(Panel, { title: t('health.lag'), at: health.at }, () => lag(health.data)),
          h(Panel, { title: t('health.facts'), at: health.at }, () => facts(health.data)),
        ]),
      ],
      h(Panel, { title: t('health.letters', { n: health.data?.deadLetters?.today ?? '–' }), at: letters.at }, () => h('div', { class: 'stack' }, [
        Object.keys(health.data?.deadLetters?.byReason ?? {}).length ? h('div', { class: 'tabs', role: 'group', 'aria-label': t('letter.reason') }, ['', ...Object.keys(health.data.deadLetters.byReason)].map((each) => h('button', { key: each, type: 'button', class: 'tab',
          'aria-pressed': String(filter.reason === each), onClick: () => { filter.reason = each; } }, each ? [t('reason.' + each, null, each), h('b', ' ' + decimal(health.data.deadLetters.byReason[each]))] : t('review.any')))) : null,
        answered(letters, (data) => h(Table, { id: 'letters', caption: t('nav.health'), columns: columns(), rows: data.items, rowKey: (row) => row.id, open: (row) => { letter.value = row; },
          emptyTitle: t('health.no-letters'), emptyHow: t('health.no-letters-how'), more: data.next ? more : null })),
      ])),
      letter.value ? h(Letter, { letter: letter.value, close: () => { letter.value = null; }, replayed: () => { letter.value = null; letters.refresh(); } }) : null,
    ];
  },
});
