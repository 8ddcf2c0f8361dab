// One incident: who is on it, how long is left, what happened, and the proof that people were told.
import { defineComponent, h, reactive } from '../lib/vue.js';
import { can, user } from '../state.js';
import { get, post, segment } from '../api.js';
import { useAnswer } from '../ask.js';
import { agoAndWhen, countdown, moment, said } from '../format.js';
import { t } from '../texts.js';
import { Panel } from '../ui/panel.js';
import { answered } from '../ui/answers.js';
import { chip, severity, sign } from '../ui/marks.js';
import { done, failed } from '../ui/toasts.js';

/** What is due next, and how long that is off. */
export function clockOf(item) {
  const until = item.state === 'open' ? item.answerBy : item.state === 'answered' ? item.resolveBy : null;
  if (!until) return null;
  const { left, text } = countdown(until);
  const tone = left < 0 ? 'critical' : left < 120 ? 'warning' : 'notice';
  return h('span', { class: ['burn-clock', 'tone-' + tone] }, [sign(left < 0 ? 'critical' : 'clock'),
    h('b', text), ' ', t(left < 0 ? (item.state === 'open' ? 'incident.late-answer' : 'incident.late-resolve') : (item.state === 'open' ? 'incident.to-answer' : 'incident.to-resolve'))]);
}

export function whoIsOnIt(item) {
  if (item.state === 'resolved') return h('span', { class: 'second' }, t('incident.resolved-at', { at: moment(item.resolvedAt) }));
  const who = item.assignee ?? item.answeredBy;
  return who ? h('span', { class: 'mark second' }, [sign('person'), h('bdi', who.slice(0, 60))])
    : h('span', { class: 'mark tone-warning' }, [sign('warning'), t('incident.nobody')]);
}

export const Incident = defineComponent({
  props: { id: String, silence: Function, changed: Function },
  setup(props) {
    const answer = useAnswer(() => get('/incidents/' + segment(props.id)), { every: 5000, again: () => props.id });
    const form = reactive({ text: '', assignee: '', busy: false });

    async function act(action, detail = '') {
      if (form.busy) return;
      form.busy = true;
      try {
        await post('/incidents/' + segment(props.id) + '/' + action, { detail });
        done(t('incident.did-' + action));
        form.text = '';
        await answer.refresh();
        props.changed();
      } catch (problem) { failed(problem); }
      form.busy = false;
    }

    function buttons(item) {
      if (!can('on-call')) return h('p', { class: 'muted' }, t('incident.look-only'));
      return h('div', { class: 'incident-actions' }, [
        item.state === 'open' ? h('button', { type: 'button', class: 'button main big', disabled: form.busy, onClick: () => act('answer') }, t('incident.answer')) : null,
        item.state !== 'resolved' ? h('button', { type: 'button', class: 'button big', onClick: () => props.silence(item) }, t('incident.silence')) : null,
        item.state === 'answered' ? h('button', { type: 'button', class: 'button big', disabled: form.busy, onClick: () => act('resolve', form.text.trim()) }, t('incident.resolve')) : null,
        item.state === 'answered' ? h('button', { type: 'button', class: 'button', disabled: form.busy, onClick: () => act('unanswer') }, t('incident.unanswer')) : null,
        item.state !== 'resolved' && user() && item.assignee !== user().name ? h('button', { type: 'button', class: 'button', disabled: form.busy, onClick: () => act('assign', user().name) }, t('incident.assign-me')) : null,
      ]);
    }

    function draw(item) {
      return h('div', { class: 'stack' }, [
        h('section', { class: ['panel', 'incident-head', 'burn-' + item.severity, item.state] }, h('div', { class: 'panel-body' }, [
          h('p', { class: 'row' }, [severity(item.severity), chip(t('incident.state-' + item.state), item.state === 'open' ? 'critical' : item.state === 'answered' ? 'notice' : 'ok'), clockOf(item)]),
          h('h2', { class: 'case-sentence theirs clamp' }, said(item.summary).slice(0, 1000)),
          h('p', { class: 'row second' }, [whoIsOnIt(item), h('span', agoAndWhen(item.openedAt)), item.nextStep ? h('span', t('incident.next', { at: moment(item.nextStep.at), what: said(item.nextStep.text) })) : null]),
          buttons(item),
        ])),
        h(Panel, { title: t('incident.proof', { n: item.notifications?.length ?? 0 }), at: answer.at }, () => (item.notifications?.length ? h('ul', { class: 'proofs' }, item.notifications.map((each) => h('li', { key: each.id, class: 'proof' }, [
          h('span', { class: 'tone-' + tone(each.state) }, sign(tone(each.state), t('notification.' + each.state, null, each.state))),
          h('div', { class: 'grow' }, [
            h('p', [h('b', channelName(each.channel)), ' → ', h('bdi', { class: 'theirs' }, String(each.receiver ?? '').slice(0, 120)), ' · ', t('notification.' + each.state, null, each.state),
              each.attempts > 1 ? ' · ' + t('notification.attempts', { n: each.attempts }) : '']),
            each.answer ? h('p', { class: 'second theirs clamp' }, h('code', String(each.answer).slice(0, 400))) : null,
            h('p', { class: 'muted small-text' }, [moment(each.at), each.providerId ? [' · ', t('notification.receipt'), ' ', h('code', String(each.providerId).slice(0, 80))] : null]),
          ]),
        ]))) : h('p', { class: 'muted' }, t('incident.no-proof')))),
        h(Panel, { title: t('incident.alerts', { n: item.alerts?.length ?? 0 }) }, () => h('ul', { class: 'alert-lines' }, (Array.isArray(item.alerts) ? item.alerts : []).slice(0, 50).map((each) => h('li', { key: each.fingerprint, class: ['alert-line', each.state === 'firing' ? '' : 'over'] }, [
          h('span', { class: each.state === 'firing' ? 'tone-' + each.severity : 'tone-ok' }, sign(each.state === 'firing' ? each.severity : 'ok', t(each.state === 'firing' ? 'severity.' + each.severity : 'alert.resolved'))),
          h('div', { class: 'grow' }, [h('p', { class: 'theirs clamp' }, said(each.summary).slice(0, 600)), h('p', { class: 'muted small-text' }, agoAndWhen(each.startsAt)),
            h('p', { class: 'row tight' }, Object.entries(each.labels ?? {}).slice(0, 12).map(([name, value]) => h('span', { class: 'chip one-line' }, name + ' = ' + String(value).slice(0, 60))))]),
        ])))),
        h(Panel, { title: t('incident.story') }, () => h('div', { class: 'stack' }, [
          h('ol', { class: 'story' }, (item.story ?? []).map((each, at) => h('li', { key: at }, [h('time', { datetime: each.at }, moment(each.at)),
            h('div', [h('p', [h('b', { class: 'theirs' }, (each.who ?? t('incident.fenghuo')).slice(0, 60)), ' ', t('story.' + each.what, null, String(each.what))]), each.detail ? h('p', { class: 'second theirs clamp' }, said(each.detail).slice(0, 600)) : null])]))),
          can('on-call') ? h('form', { class: 'row', onSubmit: (event) => { event.preventDefault(); if (form.text.trim()) act('comment', form.text.trim()); } }, [
            h('input', { class: 'grow', 'aria-label': t('incident.comment'), placeholder: t('incident.comment'), maxlength: 2000, value: form.text, onInput: (event) => { form.text = event.target.value; } }),
            h('button', { type: 'submit', class: 'button' }, t('incident.add-comment'))]) : null,
        ])),
      ]);
    }

    return () => answered(answer, draw);
  },
});

/** `night/dingtalk[0]` is the first DingTalk robot of the receiver `night`. */
function channelName(channel) {
  const kind = /(?:^|\/)([a-z]+)(?:\[\d+\])?$/.exec(channel ?? '')?.[1];
  return t('channel.' + kind, null, String(channel ?? '').slice(0, 80));
}

function tone(state) {
  return { sent: 'ok', folded: 'ok', queued: 'notice', sending: 'notice', failed: 'critical' }[state] ?? 'unknown';
}
