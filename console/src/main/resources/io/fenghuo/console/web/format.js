// Numbers, money and times as people read them in the language and the zone in force.
import { clock, state } from './state.js';
import { t } from './texts.js';

export const UNKNOWN = '–';

const formats = new Map();

function cached(key, make) {
  let format = formats.get(key);
  if (!format) formats.set(key, format = make());
  return format;
}

function locale() {
  return state.language === 'zh' ? 'zh-CN' : 'en-GB';
}

export function decimal(value, digits = 0) {
  if (value == null || Number.isNaN(value)) return UNKNOWN;
  return cached('n' + digits, () => new Intl.NumberFormat('en-US',
    { minimumFractionDigits: digits, maximumFractionDigits: digits })).format(value);
}

/** A count: 12.34 万, 1.20 亿; in English 12.34K, 1.20M, 3.00B; up to 9,999 as it is. */
export function compact(value, digitsBelow = 0) {
  if (value == null || Number.isNaN(value)) return UNKNOWN;
  const size = Math.abs(value);
  if (state.language === 'zh') {
    if (size >= 1e8) return decimal(value / 1e8, 2) + ' 亿';
    if (size >= 1e4) return decimal(value / 1e4, 2) + ' 万';
  } else {
    if (size >= 1e9) return decimal(value / 1e9, 2) + 'B';
    if (size >= 1e6) return decimal(value / 1e6, 2) + 'M';
    if (size >= 1e4) return decimal(value / 1e3, 2) + 'K';
  }
  return decimal(value, Number.isInteger(value) ? 0 : digitsBelow);
}

const SIGNS = { CNY: '¥', USD: '$', EUR: '€', GBP: '£', JPY: '¥', HKD: 'HK$' };

function sign(currency) {
  return SIGNS[currency ?? 'CNY'] ?? currency + ' ';
}

/** Money from fen, short: ¥1.20 亿. */
export function money(fen, currency) {
  return fen == null ? UNKNOWN : sign(currency) + compact(fen / 100, 2);
}

/** Money from fen, to the fen: ¥120,345,678.90. */
export function exactMoney(fen, currency) {
  return fen == null ? UNKNOWN : sign(currency) + decimal(fen / 100, 2);
}

export function percent(ratio, digits = 2) {
  return ratio == null || Number.isNaN(ratio) ? UNKNOWN : decimal(ratio * 100, digits) + ' %';
}

/** The counts behind a rate: 12,904 / 12,994. */
export function behind(numerator, denominator) {
  return numerator == null || denominator == null ? '' : t('rate.of', { n: decimal(numerator), of: decimal(denominator) });
}

export function milliseconds(value) {
  if (value == null) return UNKNOWN;
  return value >= 10000 ? decimal(value / 1000, 1) + ' s' : decimal(value) + ' ms';
}

/** A figure's value in its unit. */
export function inUnit(value, unit) {
  switch (unit) {
    case 'fen': return money(value);
    case 'ratio': return percent(value);
    case 'ms': return milliseconds(value);
    default: return compact(value, 2);
  }
}

export function exactInUnit(value, unit) {
  switch (unit) {
    case 'fen': return exactMoney(value);
    case 'ratio': return percent(value, 4);
    case 'ms': return decimal(value, 1) + ' ms';
    default: return decimal(value, Number.isInteger(value) ? 0 : 2);
  }
}

export function bytes(value) {
  if (value == null) return UNKNOWN;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let at = 0;
  while (value >= 1024 && at < units.length - 1) { value /= 1024; at++; }
  return decimal(value, at === 0 ? 0 : 1) + ' ' + units[at];
}

/** "▲ +3.20 %": sign and arrow always, so that colour is never alone. */
export function change(now, before) {
  if (now == null || before == null || before === 0) return null;
  const share = (now - before) / Math.abs(before);
  const up = share > 0;
  return { share, up, flat: Math.abs(share) < 0.00005,
    text: (up ? '▲ +' : share < 0 ? '▼ −' : '＝ ') + decimal(Math.abs(share) * 100, 1) + ' %' };
}

function millis(time) {
  return typeof time === 'number' ? time : Date.parse(time);
}

function inZone(time, name, options) {
  const at = millis(time);
  if (time == null || Number.isNaN(at)) return UNKNOWN;
  return cached(name + locale() + state.zone,
    () => new Intl.DateTimeFormat(locale(), { timeZone: state.zone, hourCycle: 'h23', ...options })).format(at);
}

const TIME = { hour: '2-digit', minute: '2-digit', second: '2-digit' };
const MINUTE = { hour: '2-digit', minute: '2-digit' };
const DAY = { month: '2-digit', day: '2-digit' };

export function timeOfDay(time) { return inZone(time, 'time', TIME); }
export function minuteOfDay(time) { return inZone(time, 'minute', MINUTE); }
export function day(time) { return inZone(time, 'day', DAY); }
export function fullDay(time) { return inZone(time, 'fullDay', { year: 'numeric', ...DAY }); }
export function dayAndTime(time) { return inZone(time, 'both', { ...DAY, ...TIME }); }

/** Time of day today, day and time otherwise. */
export function moment(time) {
  if (time == null) return UNKNOWN;
  return fullDay(time) === fullDay(clock.value) ? timeOfDay(time) : dayAndTime(time);
}

/** "3 分钟前". */
export function ago(time) {
  const at = millis(time);
  if (time == null || Number.isNaN(at)) return UNKNOWN;
  const seconds = Math.round((clock.value - at) / 1000);
  if (seconds < 0) return t('time.in', { span: span(-seconds) });
  return seconds < 3 ? t('time.now') : t('time.ago', { span: span(seconds) });
}

/** "3 分钟前, 20:14:07": how long ago and when. */
export function agoAndWhen(time) {
  return t('time.both', { ago: ago(time), at: moment(time) });
}

/** A length of time in its largest unit. */
export function span(seconds) {
  if (seconds == null) return UNKNOWN;
  if (seconds < 60) return t('span.seconds', { n: decimal(seconds) });
  if (seconds < 3600) return t('span.minutes', { n: decimal(Math.floor(seconds / 60)) });
  if (seconds < 86400 * 2) return t('span.hours', { n: decimal(seconds / 3600, seconds % 3600 < 360 ? 0 : 1) });
  return t('span.days', { n: decimal(seconds / 86400, 1) });
}

/** A count-down: 4:09, 1:02:03; with a minus once it is over. */
export function countdown(until) {
  const left = Math.round((millis(until) - clock.value) / 1000);
  const size = Math.abs(left);
  const two = (n) => String(n).padStart(2, '0');
  const hours = Math.floor(size / 3600);
  const text = hours > 0
    ? hours + ':' + two(Math.floor(size / 60) % 60) + ':' + two(size % 60)
    : Math.floor(size / 60) + ':' + two(size % 60);
  return { left, text: (left < 0 ? '−' : '') + text };
}

/** "Asia/Shanghai (GMT+8)". */
export function zoneName() {
  const part = cached('zone' + state.zone,
    () => new Intl.DateTimeFormat('en-GB', { timeZone: state.zone, timeZoneName: 'shortOffset' }))
    .formatToParts(clock.value).find((each) => each.type === 'timeZoneName');
  return state.zone + (part ? ' (' + part.value + ')' : '');
}

/** What a day and minute of the shop's zone is in UTC: the value of a datetime-local field, read in the zone. */
export function fromLocal(text) {
  const wanted = Date.parse(text + (text.length === 16 ? ':00Z' : 'Z'));
  let at = wanted;
  for (let pass = 0; pass < 2; pass++) at += wanted - Date.parse(toLocal(at) + ':00Z');
  return at;
}

/** The value of a datetime-local field that shows this time in the shop's zone, to the minute. */
export function toLocal(time) {
  const parts = cached('local' + state.zone, () => new Intl.DateTimeFormat('en-GB',
    { timeZone: state.zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }))
    .formatToParts(millis(time));
  const part = (type) => parts.find((each) => each.type === type).value;
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

/** A text in two languages, or a plain one, in the language in force. */
export function said(text) {
  if (text == null) return '';
  if (typeof text === 'string') return text;
  return text[state.language] || text.zh || text.en || '';
}

/** A dimension's value: the shop's own word where it has none in the table. */
export function word(kind, value) {
  if (value == null || value === '') return UNKNOWN;
  return t(kind + '.' + value, null, String(value));
}
