// One's own account: roles, password, language and theme.
import { defineComponent, h, reactive } from '../lib/vue.js';
import { can, nextTheme, open, otherLanguage, state, user } from '../state.js';
import { loadSession, post, signOut } from '../api.js';
import { link } from '../router.js';
import { t } from '../texts.js';
import { Panel } from '../ui/panel.js';
import { chip, sign } from '../ui/marks.js';
import { done, failed } from '../ui/toasts.js';

const LEAST = 12;

export default defineComponent({
  setup() {
    const form = reactive({ old: '', next: '', problem: null, busy: false });

    async function change(event) {
      event.preventDefault();
      form.busy = true;
      form.problem = null;
      try {
        await post('/session/password', { old: form.old, new: form.next });
        Object.assign(form, { old: '', next: '' });
        await loadSession();
        done(t('account.changed'));
      } catch (problem) {
        form.problem = problem;
      }
      form.busy = false;
    }

    return () => [
      h('div', { class: 'page-head' }, [h('h1', t('nav.account')), can('admin') ? h('div', { class: 'page-end' }, [
        link('/accounts', { class: 'button' }, t('nav.accounts')), link('/audit', { class: 'button' }, t('nav.audit'))]) : null]),
      h('div', { class: 'two' }, [
        h(Panel, { title: t('account.who') }, () => h('div', { class: 'stack' }, [
          h('p', { class: 'strong theirs' }, user()?.name ?? t('account.nobody')),
          h('p', { class: 'row tight' }, (user()?.roles ?? []).map((role) => chip(t('role.' + role)))),
          h('p', { class: 'second' }, t('account.roles-how')),
          h('div', { class: 'row' }, [
            h('button', { type: 'button', class: 'button', onClick: otherLanguage }, t('do.other-language')),
            h('button', { type: 'button', class: 'button', onClick: nextTheme }, t('theme.title') + ' · ' + t('theme.' + state.theme)),
            open() ? null : h('button', { type: 'button', class: 'button', onClick: () => signOut().catch(failed) }, t('do.sign-out')),
          ]),
          h('p', { class: 'muted small-text' }, t('account.version', { version: state.session?.version ?? '' })),
        ])),
        open() || user()?.password === false ? h(Panel, { title: t('account.password') }, () => h('p', { class: 'second' }, t(open() ? 'account.no-password' : 'account.elsewhere',
          { title: state.session?.login?.oidc?.title ?? 'OpenID' })))
          : h(Panel, { title: t('account.password') }, () => h('form', { class: 'form', onSubmit: change }, [
            user()?.mustChangePassword ? h('p', { class: 'strip strip-warning' }, [sign('warning'), t('account.must-change')]) : null,
            h('label', { class: 'field' }, [h('span', t('account.old')), h('input', { type: 'password', autocomplete: 'current-password', required: true, value: form.old,
              onInput: (event) => { form.old = event.target.value; } })]),
            h('label', { class: 'field' }, [h('span', t('account.new', { n: LEAST })), h('input', { type: 'password', autocomplete: 'new-password', required: true, minlength: LEAST, value: form.next,
              onInput: (event) => { form.next = event.target.value; } })]),
            form.problem ? h('p', { class: 'field-wrong', role: 'alert' }, [form.problem.said, ...form.problem.errors.map((each) => ' ' + each.message)]) : null,
            h('div', { class: 'form-end' }, h('button', { type: 'submit', class: 'button main', disabled: form.busy }, t('account.change'))),
          ])),
      ]),
    ];
  },
});
