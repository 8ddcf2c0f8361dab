// The picture of now: fed by the server's event stream, which is opened again whenever it is lost.
import { shallowReactive } from '../lib/vue.js';
import { serverNow, setServerTime } from '../state.js';
import { get } from '../api.js';
import { newPicture, takeCurve, takeFigures, takeSnapshot } from './picture.js';

const SILENT = 6000;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 10000;
const CURVE_WAIT = 5000;

export const now = newPicture();
export const stream = shallowReactive({ connected: false, heard: null, lost: 0 });

let source = null;
let users = 0;
let wait = FIRST_WAIT;
let retry = 0;
let watching = 0;
let curveRound = 0;
let curveAgain = 0;

/** Keeps the stream open until the function it returns is called. */
export function watchNow() {
  if (++users === 1) {
    connect();
    watching = setInterval(lookAfter, 1000);
    addEventListener('online', connect);
  }
  return () => {
    if (--users > 0) return;
    clearInterval(watching);
    clearTimeout(retry);
    clearTimeout(curveAgain);
    removeEventListener('online', connect);
    source?.close();
    source = null;
    stream.connected = false;
  };
}

function connect() {
  clearTimeout(retry);
  source?.close();
  source = new EventSource('/api/v1/live/stream');
  on('snapshot', (body) => {
    takeSnapshot(now, body);
    loadCurve();
  });
  on('figures', (body) => {
    takeFigures(now, body);
    now.perSecond = body.events?.perSecond ?? now.perSecond;
    if (now.day && body.at && Date.parse(body.at) >= Date.parse(now.day.to)) refreshDay();
  });
  on('decisions', (body) => {
    now.decisions = body.counts ?? now.decisions;
    const news = body.newest ?? [];
    const ids = new Set(news.map((each) => each.decisionId));
    now.newest = [...news, ...now.newest.filter((each) => !ids.has(each.decisionId))].slice(0, 5);
  });
  on('alerts', (body) => { now.alerts = merged(body.items ?? [], now.alerts); });
  on('lamps', (body) => { now.lamps = body.lamps; });
  on('targets', (body) => { now.targets = body.items; });
  on('beat', () => {});
  source.onopen = () => { wait = FIRST_WAIT; };
  source.onerror = () => {
    stream.connected = false;
    // The browser comes back by itself with Last-Event-ID unless the answer was an error.
    if (source.readyState === EventSource.CLOSED) again();
  };
}

function on(event, take) {
  source.addEventListener(event, (message) => {
    const body = JSON.parse(message.data);
    if (body.at) setServerTime(body.at);
    stream.connected = true;
    stream.heard = serverNow();
    take(body);
  });
}

function again() {
  clearTimeout(retry);
  stream.lost++;
  retry = setTimeout(connect, wait * (0.75 + Math.random() / 2));
  wait = Math.min(LONGEST_WAIT, wait * 2);
}

/** A connection can be dead without an error: the server says something every second. */
function lookAfter() {
  if (stream.connected && stream.heard != null && serverNow() - stream.heard > SILENT) {
    stream.connected = false;
    source?.close();
    again();
  }
}

/** Newest first, one line for each fingerprint, at most 20. */
function merged(news, known) {
  const lines = new Map([...news, ...known].reverse().map((each) => [each.fingerprint, each]));
  for (const each of news) lines.set(each.fingerprint, each);
  return [...lines.values()].sort((a, b) => (a.startsAt < b.startsAt ? 1 : -1)).slice(0, 20);
}

async function refreshDay() {
  const body = await get('/live').catch(() => null);
  if (!body) return;
  now.minutes = [];
  takeSnapshot(now, body);
  loadCurve();
}

/** With each snapshot: what happened to the minutes meanwhile was told to others. */
async function loadCurve() {
  clearTimeout(curveAgain);
  const day = now.day?.from;
  if (!day) return;
  const mine = ++curveRound;
  try {
    const body = await get('/live/series', { figure: 'gmv_paid', window: 'MINUTE', from: day, to: now.at });
    if (mine === curveRound && now.day?.from === day) takeCurve(now, body.points ?? []);
  } catch {
    // The stream may be well while the database is away.
    if (mine === curveRound && users > 0) curveAgain = setTimeout(loadCurve, CURVE_WAIT);
  }
}
