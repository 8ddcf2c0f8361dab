// Who may come in, and as what. For admins.
import { defineComponent, h, reactive } from '../lib/vue.js';
import { user } from '../state.js';
import { get, post, put, segment } from '../api.js';
import { useAnswer } from '../ask.js';
import { moment } from '../format.js';
import { t } from '../texts.js';
import { Panel } from '../ui/panel.js';
import { Table } from '../ui/table.js';
import { Dialog } from '../ui/dialog.js';
import { answered } from '../ui/answers.js';
import { chip, sign } from '../ui/marks.js';
import { done, failed } from '../ui/toasts.js';

export const ROLES = ['viewer', 'reviewer', 'on-call', 'rule-author', 'approver', 'admin'];

function roleBoxes(form) {
  const elsewhere = form.account?.openId;
  return h('fieldset', { class: 'roles-choice', disabled: elsewhere }, [h('legend', t('accounts.roles')), elsewhere ? h('p', { class: 'second' }, t('accounts.roles-elsewhere')) : null, ROLES.map((role) => h('label', { key: role, class: 'check' }, [
    h('input', { type: 'checkbox', checked: form.roles.includes(role), onChange: (event) => {
      form.roles = event.target.checked ? [...form.roles, role] : form.roles.filter((each) => each !== role);
    } }), t('role.' + role)]))]);
}

export default defineComponent({
  setup() {
    const accounts = useAnswer(() => get('/accounts', { limit: 500 }));
    const dialog = reactive({ kind: null, name: '', roles: [], disabled: false, account: null, secret: null, problem: null });

    function begin(kind, account = null) {
      Object.assign(dialog, { kind, account, name: account?.name ?? '', roles: [...(account?.roles ?? ['viewer'])], disabled: account?.disabled ?? false, secret: null, problem: null });
    }

    async function save(event) {
      event.preventDefault();
      try {
        if (dialog.kind === 'new') {
          dialog.secret = (await post('/accounts', { name: dialog.name.trim(), roles: dialog.roles })).oneTimePassword;
        } else {
          await put('/accounts/' + segment(dialog.name), { roles: dialog.roles, disabled: dialog.disabled }, dialog.account.etag);
          dialog.kind = null;
          done(t('accounts.saved'));
        }
        accounts.refresh();
      } catch (problem) {
        dialog.problem = problem;
      }
    }

    async function reset() {
      try {
        dialog.secret = (await post('/accounts/' + segment(dialog.name) + '/reset')).oneTimePassword;
      } catch (problem) { failed(problem); }
    }

    const columns = () => [
      { id: 'name', title: t('login.name'), cell: (row) => [h('bdi', { class: 'strong' }, row.name), row.openId ? [' ', chip('OpenID')] : null] },
      { id: 'roles', title: t('accounts.roles'), cell: (row) => h('span', { class: 'row tight' }, row.roles.map((role) => chip(t('role.' + role)))) },
      { id: 'state', title: t('table.state'), cell: (row) => (row.disabled ? chip(t('accounts.disabled'), 'warning') : t('accounts.enabled')) },
      { id: 'created', title: t('accounts.created'), cell: (row) => moment(row.createdAt) },
    ];

    return () => [
      h('div', { class: 'page-head' }, [h('h1', t('nav.accounts')), h('div', { class: 'page-end' },
        h('button', { type: 'button', class: 'button main', onClick: () => begin('new') }, t('accounts.new')))]),
      h(Panel, { title: t('accounts.all') }, () => answered(accounts, (data) => h(Table, { id: 'accounts', caption: t('nav.accounts'), columns: columns(), rows: data.items,
        rowKey: (row) => row.name, open: (row) => begin('edit', row), emptyTitle: t('accounts.none'), emptyHow: t('accounts.none-how') }))),
      dialog.kind ? h(Dialog, { title: dialog.kind === 'new' ? t('accounts.new') : dialog.name, close: () => { dialog.kind = null; } }, () => dialog.secret
        ? h('div', { class: 'stack' }, [h('p', t('accounts.secret', { name: dialog.name })), h('pre', { class: 'secret' }, dialog.secret)])
        : h('form', { class: 'form', onSubmit: save }, [
          dialog.kind === 'new' ? h('label', { class: 'field' }, [h('span', t('login.name')), h('input', { required: true, maxlength: 64, value: dialog.name, autocomplete: 'off',
            onInput: (event) => { dialog.name = event.target.value; } })]) : null,
          roleBoxes(dialog),
          dialog.kind === 'edit' && dialog.name !== user()?.name ? h('label', { class: 'check' }, [h('input', { type: 'checkbox', checked: dialog.disabled,
            onChange: (event) => { dialog.disabled = event.target.checked; } }), t('accounts.disable')]) : null,
          dialog.problem ? h('p', { class: 'field-wrong', role: 'alert' }, [sign('critical'), ' ', dialog.problem.said]) : null,
          h('div', { class: 'form-end' }, [
            dialog.kind === 'edit' && !dialog.account.openId ? h('button', { type: 'button', class: 'button', onClick: reset }, t('accounts.reset')) : null,
            h('button', { type: 'submit', class: 'button main' }, t('do.save')),
          ]),
        ])) : null,
    ];
  },
});
