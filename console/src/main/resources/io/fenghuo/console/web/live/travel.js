// The same screen for any past minute, and a replay at sixty times the pace.
import { h, onBeforeUnmount, reactive, shallowReactive } from '../lib/vue.js';
import { serverNow } from '../state.js';
import { get } from '../api.js';
import { fromLocal, minuteOfDay, moment, toLocal } from '../format.js';
import { t } from '../texts.js';
import { sign } from '../ui/marks.js';
import { newPicture, takeCurve, takeSnapshot } from './picture.js';

const MINUTE = 60000;

function floor(time) {
  return Math.floor(time / MINUTE) * MINUTE;
}

export function useTravel() {
  const picture = newPicture();
  const travel = reactive({ on: false, at: null, playing: false, problem: null });
  const curve = shallowReactive({ day: null, until: 0, points: [] });
  let timer = 0;
  let round = 0;

  async function show(at) {
    travel.on = true;
    travel.at = Math.min(floor(at), floor(serverNow()));
    const mine = ++round;
    clearTimeout(timer);
    try {
      const body = await get('/live', { at: new Date(travel.at).toISOString() });
      if (mine !== round) return;
      takeSnapshot(picture, body);
      picture.newest = [];
      await drawCurve(body.day, travel.at, mine);
      travel.problem = null;
    } catch (problem) {
      if (mine !== round) return;
      travel.problem = problem;
      travel.playing = false;
    }
    if (travel.playing && mine === round) timer = setTimeout(step, 1000);
  }

  async function drawCurve(day, at, mine) {
    if (!day) return;
    if (curve.day !== day.from || curve.until < at) {
      const until = Math.min(Date.parse(day.to), serverNow());
      const body = await get('/live/series', { figure: 'gmv_paid', window: 'MINUTE', from: day.from, to: new Date(until).toISOString() });
      Object.assign(curve, { day: day.from, until, points: body.points ?? [] });
    }
    if (mine !== round) return;
    picture.minutes = [];
    takeCurve(picture, curve.points.filter((each) => Date.parse(each.from) < at));
  }

  function step() {
    if (!travel.playing) return;
    if (travel.at + MINUTE > serverNow()) leave();
    else show(travel.at + MINUTE);
  }

  function play() {
    clearTimeout(timer);
    travel.playing = !travel.playing;
    if (travel.playing) step();
  }

  function leave() {
    clearTimeout(timer);
    round++;
    Object.assign(travel, { on: false, playing: false, problem: null, at: null });
  }

  /** The newest minute that is surely kept: a shop may have opened only just now. */
  function enter(at = serverNow() - 2 * MINUTE) {
    if (!travel.on) show(at);
  }

  onBeforeUnmount(leave);
  return { travel, picture, show, play, leave, enter };
}

/** It must not be possible to take a replay for now: a frame, stripes, and the words. */
export function TravelBar({ travel, picture, show, play, leave }) {
  const day = picture.day;
  const begin = day ? Date.parse(day.from) : travel.at - 12 * 3600000;
  const end = day ? Math.min(Date.parse(day.to), serverNow()) : serverNow();
  return h('section', { class: 'travel', 'aria-label': t('travel.title') }, [
    h('p', { class: 'travel-word', role: 'status' }, [sign('clock'), h('span', [t('travel.not-live'), ' ', h('b', moment(travel.at))])]),
    h('button', { type: 'button', class: 'button small', onClick: () => show(travel.at - MINUTE), 'aria-label': t('travel.back') }, '−1'),
    h('button', { type: 'button', class: ['button', 'small', travel.playing ? 'on' : ''], 'aria-pressed': String(travel.playing), onClick: play },
      travel.playing ? '❚❚ ' + t('travel.pause') : '▶ ' + t('travel.play')),
    h('button', { type: 'button', class: 'button small', onClick: () => show(travel.at + MINUTE), 'aria-label': t('travel.on') }, '+1'),
    h('input', { type: 'range', class: 'grow', 'aria-label': t('travel.minute'), 'aria-valuetext': minuteOfDay(travel.at),
      min: 0, max: Math.max(1, Math.round((end - begin) / MINUTE)), value: Math.round((travel.at - begin) / MINUTE),
      onChange: (event) => show(begin + Number(event.target.value) * MINUTE) }),
    h('input', { type: 'datetime-local', 'aria-label': t('travel.minute'), value: toLocal(travel.at), max: toLocal(serverNow()),
      onChange: (event) => { if (event.target.value) show(fromLocal(event.target.value)); } }),
    h('button', { type: 'button', class: 'button main small', onClick: leave }, t('travel.leave')),
    travel.problem ? h('span', { class: 'tone-warning', role: 'alert' }, [sign('warning'), ' ', travel.problem.said]) : null,
  ]);
}
