// What every page shares: language, theme, the session, and the shop's clock.
import { reactive, ref, watch } from './lib/vue.js';

const root = document.documentElement;

export const state = reactive({
  language: root.lang === 'en' ? 'en' : 'zh',
  theme: root.dataset.choice || 'dark',
  /** Counts changes of colours, for charts that must be told. */
  paint: 0,
  session: null,
  zone: 'Asia/Shanghai',
});

/** Server time minus this browser's, milliseconds: a wall screen's own clock may be wrong by minutes. */
let ahead = 0;

/** Now by the server's clock, milliseconds; moves once a second. */
export const clock = ref(Date.now());

export function serverNow() {
  return Date.now() + ahead;
}

export function setServerTime(time) {
  const at = Date.parse(time);
  if (!Number.isNaN(at)) ahead = at - Date.now();
}

setInterval(() => { clock.value = serverNow(); }, 1000);

export function setSession(session) {
  state.session = session;
  if (session?.zone) state.zone = session.zone;
  if (session?.now) setServerTime(session.now);
}

export function user() {
  return state.session?.user ?? null;
}

export function open() {
  return state.session?.authentication === 'off';
}

/** Whether the signed-in person has one of the roles; an admin has all. */
export function can(...roles) {
  if (open()) return true;
  const own = user()?.roles ?? [];
  return own.includes('admin') || roles.some((role) => own.includes(role));
}

export function keep(name, value) {
  try { localStorage.setItem('fenghuo.' + name, value); } catch { /* Storage may be switched off. */ }
}

export function kept(name, otherwise = null) {
  try { return localStorage.getItem('fenghuo.' + name) ?? otherwise; } catch { return otherwise; }
}

export function otherLanguage() {
  state.language = state.language === 'zh' ? 'en' : 'zh';
}

export function nextTheme() {
  const order = ['dark', 'light', 'system'];
  state.theme = order[(order.indexOf(state.theme) + 1) % order.length];
}

const systemLight = matchMedia('(prefers-color-scheme: light)');

function paint() {
  const light = state.theme === 'light' || (state.theme === 'system' && systemLight.matches);
  root.dataset.theme = light ? 'light' : 'dark';
  state.paint++;
}

systemLight.addEventListener('change', paint);
watch(() => state.theme, (theme) => { keep('theme', theme); paint(); });
watch(() => state.language, (language) => {
  keep('lang', language);
  root.lang = language === 'zh' ? 'zh-CN' : 'en';
  state.paint++;
});
