// What the wall shows, at one moment: the same for now and for any past minute.
import { shallowReactive } from '../lib/vue.js';

const MOST_FIGURES = 4000;
const MOST_MINUTES = 24 * 60 + 60;

function name(figure, window, dimensions) {
  const by = Object.keys(dimensions ?? {}).sort().map((each) => each + '=' + dimensions[each]).join(',');
  return figure + '|' + window + '|' + by;
}

export function newPicture() {
  return shallowReactive({
    at: null, figuresAt: null, day: null, targets: [], lamps: [], alerts: [], decisions: {}, newest: [], perSecond: null,
    /** Counts changes of the figures, which are kept outside of what Vue watches. */
    turn: 0,
    figures: new Map(),
    /** The minute before the last one, by the same names. */
    before: new Map(),
    /** Money paid by minute of the day: [{from, value, revision}], in order. */
    minutes: [],
  });
}

export function takeSnapshot(picture, body) {
  Object.assign(picture, {
    at: body.at, figuresAt: body.figuresAt, day: body.day, targets: body.targets ?? [], lamps: body.lamps ?? [],
    alerts: (body.alerts ?? []).slice(0, 20), decisions: body.decisions ?? {}, perSecond: body.events?.perSecond ?? null,
  });
  const kept = picture.figures;
  picture.figures = new Map();
  picture.before = new Map();
  for (const figure of body.figures ?? []) take(picture, figure);
  // What the minute before was is not in a snapshot; a reconnected wall still knows it.
  for (const [key, old] of kept) {
    const now = picture.figures.get(key);
    if (now && old.window === 'MINUTE' && Date.parse(now.from) - Date.parse(old.from) === 60000) picture.before.set(key, old);
  }
  picture.turn++;
}

export function takeFigures(picture, body) {
  picture.at = body.at ?? picture.at;
  picture.figuresAt = body.figuresAt ?? picture.figuresAt;
  for (const figure of body.figures ?? []) take(picture, figure);
  if (picture.figures.size > MOST_FIGURES) forgetOldest(picture);
  picture.turn++;
}

function take(picture, figure) {
  const key = name(figure.name, figure.window, figure.dimensions);
  const known = picture.figures.get(key);
  if (figure.name === 'gmv_paid' && figure.window === 'MINUTE' && Object.keys(figure.dimensions ?? {}).length === 0) {
    addMinute(picture, figure);
  }
  if (known && known.from > figure.from) return;
  if (known && known.from < figure.from && figure.window === 'MINUTE') picture.before.set(key, known);
  picture.figures.set(key, figure);
}

function forgetOldest({ figures, before }) {
  const oldest = [...figures.entries()].sort((a, b) => (a[1].from < b[1].from ? -1 : 1)).slice(0, MOST_FIGURES / 4);
  for (const [key] of oldest) {
    figures.delete(key);
    before.delete(key);
  }
}

function addMinute(picture, { from, value, revision }) {
  const minutes = picture.minutes;
  const begin = picture.day?.from;
  if (begin && Date.parse(from) < Date.parse(begin)) return;
  let at = minutes.length;
  while (at > 0 && minutes[at - 1].from >= from) at--;
  const next = minutes.slice();
  next.splice(at, minutes[at]?.from === from ? 1 : 0, { from, value, revision });
  // A new day begins with an empty curve.
  while (next.length > MOST_MINUTES || (begin && next.length && Date.parse(next[0].from) < Date.parse(begin))) next.shift();
  picture.minutes = next;
}

/** The day's curve as it is stored, and the minutes of which the stream has told more than that. */
export function takeCurve(picture, points) {
  const known = new Map(points.slice(-MOST_MINUTES).map(({ from, value, revision }) => [from, { from, value, revision }]));
  for (const each of picture.minutes) {
    const today = !picture.day || Date.parse(each.from) >= Date.parse(picture.day.from);
    if (today && !(known.get(each.from)?.revision > each.revision)) known.set(each.from, each);
  }
  picture.minutes = [...known.values()].sort((a, b) => (a.from < b.from ? -1 : 1)).slice(-MOST_MINUTES);
}

export function figure(picture, figureName, window = 'DAY', dimensions = {}) {
  void picture.turn;
  return picture.figures.get(name(figureName, window, dimensions)) ?? null;
}

export function minuteBefore(picture, figureName, dimensions = {}) {
  void picture.turn;
  return picture.before.get(name(figureName, 'MINUTE', dimensions)) ?? null;
}

/** All values of one dimension: [{value, figure}], largest first. */
export function figuresBy(picture, figureName, dimension, window = 'DAY') {
  void picture.turn;
  const found = [];
  const prefix = figureName + '|' + window + '|' + dimension + '=';
  for (const [key, each] of picture.figures) {
    if (key.startsWith(prefix) && Object.keys(each.dimensions).length === 1) {
      found.push({ value: each.dimensions[dimension], figure: each });
    }
  }
  const newest = found.reduce((most, each) => (each.figure.from > most ? each.figure.from : most), '');
  return found.filter((each) => each.figure.from === newest || window !== 'DAY')
    .sort((a, b) => (b.figure.value ?? -1) - (a.figure.value ?? -1));
}
