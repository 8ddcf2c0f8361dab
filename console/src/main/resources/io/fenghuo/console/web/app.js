// The frame around every page: who is here, where to go, language, theme and keys.
import { createApp, defineAsyncComponent, defineComponent, h, nextTick, ref, watch } from './lib/vue.js';
import { can, clock, nextTheme, open, otherLanguage, state, user } from './state.js';
import { loadSession, signOut } from './api.js';
import { go, link, route } from './router.js';
import { bindings, useKeys } from './keys.js';
import { timeOfDay, zoneName } from './format.js';
import { t } from './texts.js';
import { Dialog } from './ui/dialog.js';
import { Toasts, failed } from './ui/toasts.js';
import { key, sign } from './ui/marks.js';
import { empty, loading, wrong } from './ui/answers.js';

function page(name, load) {
  return { name, component: defineAsyncComponent({ loader: load, loadingComponent: { render: loading }, delay: 150,
    errorComponent: { render: () => empty(t('state.page-missing'), t('state.page-missing-how')) } }) };
}

const PAGES = {
  '/live': page('live', () => import('./pages/live.js')),
  '/figures': page('figures', () => import('./pages/figures.js')),
  '/sla': page('sla', () => import('./pages/sla.js')),
  '/review': page('review', () => import('./pages/review.js')),
  '/alerts': page('alerts', () => import('./pages/alerts.js')),
  '/rules': page('rules', () => import('./pages/rules.js')),
  '/health': page('health', () => import('./pages/health.js')),
  '/account': page('account', () => import('./pages/account.js')),
  '/accounts': page('accounts', () => import('./pages/accounts.js')),
  '/audit': page('audit', () => import('./pages/audit.js')),
  '/login': page('login', () => import('./pages/login.js')),
};
const MAIN = ['/live', '/review', '/alerts', '/sla', '/figures', '/rules', '/health'];
const THUMB = ['/live', '/alerts', '/review', '/sla'];
const GO = { l: '/live', r: '/review', a: '/alerts', s: '/sla', f: '/figures', u: '/rules', h: '/health' };

/** The page an address belongs to: `/review/o-17` to `/review`. */
function pageOf(path) {
  return PAGES['/' + path.split('/')[1]];
}

function here(path) {
  return route.path === path || route.path.startsWith(path + '/') ? 'page' : undefined;
}

const KeyHelp = defineComponent({
  props: { close: Function },
  setup: (props) => () => h(Dialog, { title: t('help.title'), close: props.close }, () => h('dl', { class: 'keys-list' },
    bindings.filter((each) => each.text && (!each.when || each.when())).flatMap((each) => [
      h('dt', each.keys.slice(0, 2).map((name) => [key(name === ' ' ? 'space' : name.toUpperCase()), ' '])),
      h('dd', t(each.text)),
    ]).concat([h('dt', [key('G'), ' ', key('…')]), h('dd', t('help.go'))]))),
});

const MorePages = defineComponent({
  props: { close: Function },
  setup: (props) => () => h(Dialog, { title: t('nav.more'), close: props.close }, () => [
    h('nav', { class: 'more-pages', onClick: props.close, 'aria-label': t('nav.more') },
      [...MAIN, '/account'].filter((each) => !THUMB.includes(each)).map((path) => link(path, { class: 'button' }, t('nav.' + PAGES[path].name)))),
    h('div', { class: 'more-pages' }, [
      h('button', { type: 'button', class: 'button', onClick: otherLanguage }, t('do.other-language')),
      h('button', { type: 'button', class: 'button', onClick: nextTheme }, t('theme.' + state.theme)),
    ]),
  ]),
});

const Top = defineComponent({
  emits: ['help'],
  setup(_, { emit }) {
    return () => h('header', { class: 'top' }, [
      link('/live', { class: 'brand' }, [h('img', { src: '/web/beacon.svg', alt: '' }), t('brand'), h('small', t('brand.other'))]),
      h('nav', { class: 'nav', 'aria-label': t('nav.pages') }, MAIN.map((path) =>
        link(path, { key: path, 'aria-current': here(path) }, t('nav.' + PAGES[path].name)))),
      h('div', { class: 'top-end' }, [
        h(Clock),
        h('button', { type: 'button', class: 'button quiet', lang: state.language === 'zh' ? 'en' : 'zh-CN', onClick: otherLanguage }, t('do.other-language')),
        h('button', { type: 'button', class: 'button quiet wide-only', title: t('theme.title'), onClick: nextTheme }, t('theme.' + state.theme)),
        h('button', { type: 'button', class: 'button quiet wide-only', 'aria-label': t('help.title'), onClick: () => emit('help') }, '?'),
        user() ? link('/account', { class: 'button quiet wide-only', title: t('nav.account') }, [sign('person'), h('bdi', user().name)]) : null,
        user() && !open() ? h('button', { type: 'button', class: 'button quiet wide-only', onClick: () => signOut().catch(failed) }, t('do.sign-out')) : null,
      ]),
    ]);
  },
});

const Clock = defineComponent({
  setup: () => () => h('span', { class: 'top-clock' }, [h('b', timeOfDay(clock.value)), ' ', h('span', { class: 'zone' }, zoneName())]),
});

const App = defineComponent({
  setup() {
    const problem = ref(null);
    const dialog = ref(null);

    async function begin() {
      problem.value = null;
      try { await loadSession(); } catch (failure) { problem.value = failure; }
    }
    begin();

    useKeys([
      { keys: ['?'], text: 'help.title', run: () => { dialog.value = 'help'; } },
      { keys: ['l'], text: 'help.language', run: otherLanguage },
      { keys: ['d'], text: 'help.theme', run: nextTheme },
      ...Object.entries(GO).map(([name, path]) => ({ keys: ['g ' + name], run: () => go(path) })),
    ]);

    watch(() => [state.session, route.path], () => {
      if (!state.session) return;
      const outside = !open() && !user();
      if (outside && route.path !== '/login') {
        go('/login?next=' + encodeURIComponent(route.path), { replace: true });
      } else if (!outside && (route.path === '/' || route.path === '/login')) {
        const next = route.params.next;
        go(next && /^\/(?!\/)/.test(next) ? next : can('viewer') || !can('on-call') ? '/live' : '/alerts', { replace: true });
      } else if (user()?.mustChangePassword && route.path !== '/account') {
        go('/account', { replace: true });
      }
    }, { immediate: true });
    watch(() => [route.path.split('/')[1], state.language], () => {
      const found = pageOf(route.path);
      document.title = (found ? t('nav.' + found.name) + ' · ' : '') + t('brand.both');
    }, { immediate: true });
    watch(() => route.path.split('/')[1], () => nextTick(() => {
      scrollTo(0, 0);
      document.getElementById('main')?.focus({ preventScroll: true });
    }));

    return () => {
      if (!state.session) {
        return h('main', { id: 'main', tabindex: -1 }, problem.value ? wrong(problem.value, begin) : loading());
      }
      const found = pageOf(route.path);
      const bare = route.path === '/login';
      return [
        h('a', { class: 'skip', href: '#main', onClick: (event) => { event.preventDefault(); document.getElementById('main').focus(); } }, t('do.skip')),
        bare ? null : h(Top, { onHelp: () => { dialog.value = 'help'; } }),
        open() ? h('p', { class: 'demo', role: 'note' }, [sign('warning'), t('demo')]) : null,
        h('main', { id: 'main', tabindex: -1, class: found ? 'page-' + found.name : null },
          found ? h(found.component, { key: found.name }) : empty(t('state.no-page'), t('state.no-page-how'))),
        bare ? null : h('nav', { class: 'bottom', 'aria-label': t('nav.pages') }, [
          ...THUMB.map((path) => link(path, { key: path, 'aria-current': here(path) }, t('nav.' + PAGES[path].name))),
          h('button', { type: 'button', onClick: () => { dialog.value = 'more'; } }, t('nav.more')),
        ]),
        h(Toasts),
        dialog.value === 'help' ? h(KeyHelp, { close: () => { dialog.value = null; } }) : null,
        dialog.value === 'more' ? h(MorePages, { close: () => { dialog.value = null; } }) : null,
      ];
    };
  },
});

createApp(App).mount('#app');
