// A silence, with what it would mute shown before it does.
import { defineComponent, h, reactive } from '../lib/vue.js';
import { serverNow } from '../state.js';
import { post } from '../api.js';
import { said } from '../format.js';
import { t } from '../texts.js';
import { Dialog } from '../ui/dialog.js';
import { sign } from '../ui/marks.js';
import { done } from '../ui/toasts.js';

const MINUTES = [30, 60, 120, 480, 1440];
/** A silence that names the severity would let the same trouble through once it grows. */
const LEFT_OUT = new Set(['severity']);

export const Silence = defineComponent({
  props: { labels: Object, close: Function, made: Function },
  setup(props) {
    const form = reactive({
      labels: Object.entries(props.labels).map(([name, value]) => ({ name, value: String(value), on: !LEFT_OUT.has(name) })),
      minutes: 60, comment: '', preview: null, problem: null, busy: false,
    });
    const matchers = () => form.labels.filter((each) => each.on).map(({ name, value }) => ({ name, value, isRegex: false, isEqual: true }));

    async function look() {
      form.busy = true;
      form.problem = null;
      try { form.preview = (await post('/silences/preview', { matchers: matchers() })).alerts; } catch (problem) { form.problem = problem; }
      form.busy = false;
    }

    async function submit(event) {
      event.preventDefault();
      if (!form.preview) {
        look();
        return;
      }
      form.busy = true;
      try {
        await post('/silences', { matchers: matchers(), startsAt: new Date(serverNow()).toISOString(),
          endsAt: new Date(serverNow() + form.minutes * 60000).toISOString(), comment: form.comment.trim() });
        done(t('silence.made', { minutes: form.minutes }));
        props.made();
      } catch (problem) { form.problem = problem; }
      form.busy = false;
    }

    return () => h(Dialog, { title: t('silence.title'), close: props.close }, () => h('form', { class: 'form', onSubmit: submit }, [
      h('fieldset', { class: 'roles-choice' }, [h('legend', t('silence.which')), form.labels.map((each) => h('label', { key: each.name, class: 'check' }, [
        h('input', { type: 'checkbox', checked: each.on, onChange: (event) => { each.on = event.target.checked; form.preview = null; } }),
        h('span', { class: 'theirs clamp' }, [h('code', each.name), ' = ', each.value.slice(0, 200)])]))]),
      h('div', { class: 'tabs', role: 'group', 'aria-label': t('silence.how-long') }, MINUTES.map((each) => h('button', { key: each, type: 'button', class: 'tab',
        'aria-pressed': String(form.minutes === each), onClick: () => { form.minutes = each; } }, each < 60 ? t('span.minutes', { n: each }) : t('span.hours', { n: each / 60 })))),
      h('label', { class: 'field' }, [h('span', t('silence.comment')), h('input', { required: true, maxlength: 400, value: form.comment, placeholder: t('silence.comment-how'), onInput: (event) => { form.comment = event.target.value; } })]),
      form.preview ? h('div', { class: 'strip strip-warning stack', role: 'status' }, [
        h('p', { class: 'strong' }, form.preview.length ? t('silence.would', { n: form.preview.length }) : t('silence.would-none')),
        h('ul', { class: 'skipped' }, form.preview.slice(0, 30).map((each) => h('li', { key: each.fingerprint, class: 'row tight' },
          [h('span', { class: 'tone-' + each.severity }, sign(each.severity, t('severity.' + each.severity))), h('span', { class: 'grow theirs clamp' }, said(each.summary).slice(0, 300))]))),
      ]) : null,
      form.problem ? h('p', { class: 'field-wrong', role: 'alert' }, [sign('critical'), ' ', form.problem.said]) : null,
      h('div', { class: 'form-end' }, [
        h('button', { type: 'button', class: 'button', disabled: form.busy || matchers().length === 0, onClick: look }, t('silence.preview')),
        h('button', { type: 'submit', class: 'button main', disabled: form.busy || matchers().length === 0 }, t(form.preview ? 'silence.do' : 'silence.preview-first')),
      ]),
    ]));
  },
});
