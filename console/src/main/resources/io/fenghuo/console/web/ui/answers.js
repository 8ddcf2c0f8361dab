// The four states that are not "here it is": nothing yet, nothing at all, wrong, not allowed.
import { h } from '../lib/vue.js';
import { link } from '../router.js';
import { moment } from '../format.js';
import { t } from '../texts.js';
import { sign } from './marks.js';

export function loading() {
  return h('div', { class: 'waiting', role: 'status' }, [
    h('span', { class: 'sr' }, t('state.loading')),
    h('i', { class: 'ghost wide' }), h('i', { class: 'ghost' }), h('i', { class: 'ghost narrow' }),
  ]);
}

/** What would appear here, and how to make it. */
export function empty(title, how) {
  return h('div', { class: 'blank' }, [sign('nothing'), h('p', { class: 'blank-title' }, title), how ? h('p', how) : null]);
}

/** What happened, what was not lost, what to press. */
export function wrong(problem, again) {
  if (problem.status === 403) return forbidden(problem);
  return h('div', { class: 'blank blank-wrong', role: 'alert' }, [
    sign(problem.status === 0 ? 'unlinked' : 'warning'),
    h('p', { class: 'blank-title' }, problem.said),
    h('p', t(problem.status === 0 || problem.status >= 500 ? 'state.nothing-lost' : 'state.not-done')),
    again ? h('button', { type: 'button', class: 'button', onClick: again }, t('do.again')) : null,
  ]);
}

export function forbidden(problem) {
  return h('div', { class: 'blank' }, [
    sign('lock'),
    h('p', { class: 'blank-title' }, t('state.forbidden')),
    h('p', problem?.said && problem.detail ? problem.said : t('state.forbidden-how')),
    link('/account', { class: 'button' }, t('state.own-roles')),
  ]);
}

/** Draws an answer in whichever state it is; older data stays, with a line that says so. */
export function answered(answer, draw) {
  if (answer.data == null) return answer.problem ? wrong(answer.problem, answer.refresh) : loading();
  const drawn = draw(answer.data);
  if (!answer.problem) return drawn;
  return [
    h('p', { class: 'strip strip-warning', role: 'alert' }, [
      sign('warning'),
      h('span', [answer.problem.said, ' ', t('state.older', { at: moment(answer.at) })]),
      h('button', { type: 'button', class: 'button small', onClick: answer.refresh }, t('do.again')),
    ]),
    drawn,
  ];
}
