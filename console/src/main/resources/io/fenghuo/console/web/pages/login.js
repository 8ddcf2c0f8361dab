// The door.
import { defineComponent, h, reactive } from '../lib/vue.js';
import { otherLanguage, state } from '../state.js';
import { signIn } from '../api.js';
import { route } from '../router.js';
import { t } from '../texts.js';
import { sign } from '../ui/marks.js';

const REFUSED = ['provider-away', 'state-mismatch', 'expired', 'declined', 'not-trusted', 'no-role', 'disabled', 'database-away'];

/** What came back from the provider was no sign-in: why, and what to do. */
function refused(reason, title) {
  const known = REFUSED.includes(reason) ? reason : 'declined';
  return h('div', { class: 'strip strip-critical', role: 'alert' }, [sign(known === 'no-role' || known === 'disabled' ? 'lock' : 'critical'),
    h('div', [h('p', { class: 'strong' }, t('refused.' + known, { title })), h('p', t('refused.' + known + '-how', { title }))])]);
}

export default defineComponent({
  setup() {
    const form = reactive({ name: '', password: '', problem: null, busy: false });

    async function enter(event) {
      event.preventDefault();
      form.busy = true;
      form.problem = null;
      try {
        await signIn(form.name.trim(), form.password);
      } catch (problem) {
        form.problem = problem;
        form.password = '';
        document.getElementById('login-password')?.focus();
      }
      form.busy = false;
    }

    return () => {
      const login = state.session?.login ?? { password: true };
      return h('div', { class: 'sign-in' }, h('section', { class: 'panel', 'aria-labelledby': 'login-title' }, h('div', { class: 'panel-body' }, [
        h('h1', { id: 'login-title' }, [h('img', { src: '/web/beacon.svg', alt: '' }), t('brand.both')]),
        h('p', { class: 'second' }, t('login.what')),
        route.params.refused ? refused(route.params.refused, login.oidc?.title ?? 'OpenID')
          : route.params.next ? h('p', { class: 'strip' }, [sign('lock'), t('login.needed')]) : null,
        login.password === false ? null : h('form', { class: 'form', onSubmit: enter }, [
          h('label', { class: 'field' }, [h('span', t('login.name')), h('input', { id: 'login-name', name: 'username', autocomplete: 'username', autocapitalize: 'none', required: true,
            autofocus: true, value: form.name, onInput: (event) => { form.name = event.target.value; } })]),
          h('label', { class: 'field' }, [h('span', t('login.password')), h('input', { id: 'login-password', name: 'password', type: 'password', autocomplete: 'current-password', required: true,
            value: form.password, onInput: (event) => { form.password = event.target.value; } })]),
          form.problem ? h('p', { class: 'strip strip-critical', role: 'alert' }, [sign('critical'), form.problem.status === 429
            ? t('login.throttled', { seconds: form.problem.retryAfter ?? 60 }) : form.problem.said]) : null,
          h('button', { type: 'submit', class: 'button main', disabled: form.busy }, t(form.busy ? 'state.busy' : 'do.sign-in')),
        ]),
        login.oidc ? h('a', { class: 'button', href: login.oidc.url + (route.params.next ? '?next=' + encodeURIComponent(route.params.next) : '') }, t('login.oidc', { title: login.oidc.title })) : null,
        h('p', { class: 'muted small-text' }, t('login.first')),
        h('button', { type: 'button', class: 'button quiet', lang: state.language === 'zh' ? 'en' : 'zh-CN', onClick: otherLanguage }, t('do.other-language')),
      ])));
    };
  },
});
