// What the desk asks before it does something with more than one order, or with somebody's data.
import { defineComponent, h, reactive } from '../lib/vue.js';
import { serverNow } from '../state.js';
import { post, segment } from '../api.js';
import { exactMoney, percent, span } from '../format.js';
import { t } from '../texts.js';
import { Dialog } from '../ui/dialog.js';
import { chip, sign } from '../ui/marks.js';
import { done } from '../ui/toasts.js';
import { VERDICTS } from './case.js';

const ENTITIES = { user: 'userId', device: 'deviceId', address: 'addressToken', account: 'accountToken', ip: 'ip' };
const DAYS = [1, 7, 30, 0];

function said(problem) {
  return problem ? h('p', { class: 'field-wrong', role: 'alert' }, [sign('critical'), ' ', problem.said]) : null;
}

function choices(form, name, values, text) {
  return h('div', { class: 'tabs', role: 'group' }, values.map((each) => h('button', { key: each, type: 'button', class: 'tab', 'aria-pressed': String(form[name] === each),
    onClick: () => { form[name] = each; } }, text(each))));
}

/** Shows what many verdicts would do before they are given. */
export const Bulk = defineComponent({
  props: { ids: Array, close: Function, given: Function },
  setup(props) {
    const form = reactive({ verdict: 'REJECT', note: '', preview: null, problem: null, busy: false });

    async function ask(preview) {
      form.busy = true;
      form.problem = null;
      try {
        const answer = await post('/cases/bulk', { ids: props.ids, verdict: form.verdict, note: form.note.trim() || null, preview });
        if (preview) {
          form.preview = answer;
        } else {
          done(t('bulk.done', { n: answer.would }));
          props.given();
        }
      } catch (problem) { form.problem = problem; }
      form.busy = false;
    }

    return () => h(Dialog, { title: t('bulk.title', { n: props.ids.length }), close: props.close }, () => h('form', { class: 'form', onSubmit: (event) => { event.preventDefault(); ask(!form.preview); } }, [
      choices(form, 'verdict', VERDICTS.map((each) => each.verdict), (each) => t('verdict.' + each)),
      h('label', { class: 'field' }, [h('span', t('case.note')), h('textarea', { value: form.note, maxlength: 4000, onInput: (event) => { form.note = event.target.value; } })]),
      form.preview ? h('div', { class: 'strip strip-warning stack', role: 'status' }, [
        h('p', { class: 'strong' }, t('bulk.would', { n: form.preview.would, verdict: t('verdict.' + form.verdict), amount: exactMoney(form.preview.amount) })),
        form.preview.skipped?.length ? h('ul', { class: 'skipped' }, form.preview.skipped.slice(0, 50).map((each) => h('li', { key: each.id, class: 'theirs' },
          [each.id.slice(0, 60), ': ', t('why.' + each.why, null, each.why)]))) : null,
      ]) : h('p', { class: 'second' }, t('bulk.how')),
      said(form.problem),
      h('div', { class: 'form-end' }, [
        form.preview ? h('button', { type: 'button', class: 'button', onClick: () => { form.preview = null; } }, t('do.back')) : null,
        h('button', { type: 'submit', class: 'button main', disabled: form.busy || form.preview?.would === 0 }, t(form.preview ? 'bulk.do' : 'bulk.preview')),
      ]),
    ]));
  },
});

export const ToList = defineComponent({
  props: { item: Object, close: Function },
  setup(props) {
    const order = props.item.order ?? {};
    const entities = Object.keys(ENTITIES).filter((each) => order[ENTITIES[each]] || (each === 'user' && props.item.userId));
    const form = reactive({ list: 'DENY', entity: entities[0] ?? 'user', reason: '', days: 30, problem: null });

    async function add(event) {
      event.preventDefault();
      try {
        await post('/cases/' + segment(props.item.id) + '/list', {
          list: form.list, entity: form.entity, value: order[ENTITIES[form.entity]] ?? props.item.userId, reason: form.reason.trim(),
          until: form.days ? new Date(serverNow() + form.days * 86400000).toISOString() : null,
        });
        done(t('list.added'));
        props.close();
      } catch (problem) { form.problem = problem; }
    }

    return () => h(Dialog, { title: t('list.title'), close: props.close }, () => h('form', { class: 'form', onSubmit: add }, [
      choices(form, 'list', ['DENY', 'ALLOW', 'WATCH'], (each) => t('list.' + each)),
      h('p', { class: 'second' }, t('list.what-' + form.list)),
      choices(form, 'entity', entities, (each) => t('who.' + each)),
      h('p', { class: 'theirs clamp strong' }, String(order[ENTITIES[form.entity]] ?? props.item.userId ?? '').slice(0, 300)),
      choices(form, 'days', DAYS, (each) => (each ? t('span.days', { n: each }) : t('list.for-ever'))),
      h('label', { class: 'field' }, [h('span', t('list.reason')), h('input', { required: true, maxlength: 400, value: form.reason, onInput: (event) => { form.reason = event.target.value; } })]),
      said(form.problem),
      h('div', { class: 'form-end' }, h('button', { type: 'submit', class: 'button main' }, t('list.add'))),
    ]));
  },
});

export const Unmask = defineComponent({
  props: { id: String, close: Function, seen: Function },
  setup(props) {
    const form = reactive({ reason: '', problem: null });

    async function ask(event) {
      event.preventDefault();
      try {
        const answer = await post('/cases/' + segment(props.id) + '/unmask', { reason: form.reason.trim() });
        props.seen(answer.order);
        props.close();
      } catch (problem) { form.problem = problem; }
    }

    return () => h(Dialog, { title: t('case.unmask'), close: props.close }, () => h('form', { class: 'form', onSubmit: ask }, [
      h('p', { class: 'second' }, t('unmask.how')),
      h('label', { class: 'field' }, [h('span', t('unmask.reason')), h('input', { required: true, minlength: 4, maxlength: 400, value: form.reason, onInput: (event) => { form.reason = event.target.value; } })]),
      said(form.problem),
      h('div', { class: 'form-end' }, h('button', { type: 'submit', class: 'button main' }, t('unmask.do'))),
    ]));
  },
});

export const SaveView = defineComponent({
  props: { close: Function, save: Function },
  setup(props) {
    const form = reactive({ name: '', problem: null });
    return () => h(Dialog, { title: t('review.save-view'), close: props.close }, () => h('form', { class: 'form', onSubmit: async (event) => {
      event.preventDefault();
      try { await props.save(form.name.trim()); props.close(); } catch (problem) { form.problem = problem; }
    } }, [
      h('label', { class: 'field' }, [h('span', t('review.view-name')), h('input', { required: true, maxlength: 60, value: form.name, onInput: (event) => { form.name = event.target.value; } })]),
      said(form.problem),
      h('div', { class: 'form-end' }, h('button', { type: 'submit', class: 'button main' }, t('do.save'))),
    ]));
  },
});

/** How the team keeps its promise. */
export const Team = defineComponent({
  props: { team: Object, close: Function },
  setup: (props) => () => h(Dialog, { title: t('team.title'), close: props.close, wide: true }, () => h('div', { class: 'stack' }, [
    h('p', { class: 'row' }, [chip(t('team.open', { n: props.team.open })), props.team.escalated ? chip(t('team.escalated-now', { n: props.team.escalated, span: span((props.team.escalatedOldestMinutes ?? 0) * 60) }), 'warning') : null, props.team.oldestMinutes == null ? null : chip(t('team.oldest', { span: span(props.team.oldestMinutes * 60) })),
      chip(t('team.promise', { n: props.team.promise?.minutes ?? 30, share: percent(props.team.promise?.kept, 1) }))]),
    props.team.perReviewer?.length ? h('div', { class: 'table-scroll' }, h('table', [
      h('thead', h('tr', [h('th', t('login.name')), h('th', { class: 'number' }, t('team.done')), h('th', { class: 'number' }, t('team.escalated')), h('th', { class: 'number' }, t('team.per-case')), h('th', { class: 'number' }, t('team.agreement'))])),
      h('tbody', props.team.perReviewer.map((each) => h('tr', { key: each.name }, [h('td', h('bdi', each.name.slice(0, 80))), h('td', { class: 'number' }, each.done), h('td', { class: 'number' }, each.escalated ?? 0),
        h('td', { class: 'number' }, span(each.secondsPerCase == null ? null : Math.round(each.secondsPerCase))), h('td', { class: 'number' }, percent(each.agreement, 1))]))),
    ])) : h('p', { class: 'muted' }, t('team.none')),
  ])),
});
