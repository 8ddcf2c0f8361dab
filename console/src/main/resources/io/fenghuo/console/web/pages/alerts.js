// The page for three in the morning: what burns, who is on it, how long is left.
import { defineComponent, h, ref } from '../lib/vue.js';
import { can } from '../state.js';
import { get, post, remove, segment } from '../api.js';
import { useAnswer } from '../ask.js';
import { go, route } from '../router.js';
import { agoAndWhen, moment, said } from '../format.js';
import { useKeys } from '../keys.js';
import { t } from '../texts.js';
import { Panel } from '../ui/panel.js';
import { answered, empty } from '../ui/answers.js';
import { chip, severity, sign } from '../ui/marks.js';
import { done, failed } from '../ui/toasts.js';
import { Incident, clockOf, whoIsOnIt } from '../oncall/incident.js';
import { Silence } from '../oncall/silence.js';

const RANK = { critical: 0, warning: 1, notice: 2 };
const STATE = { open: 0, answered: 1, resolved: 2 };

export default defineComponent({
  setup() {
    const state = ref('open');
    const silencing = ref(null);
    const incidents = useAnswer(() => get('/incidents', { state: state.value, limit: 100 }), { every: 5000, again: state });
    const silences = useAnswer(() => get('/silences'), { every: 15000 });
    const duty = useAnswer(() => get('/duty'), { every: 60000 });
    const current = () => (route.path.startsWith('/alerts/') ? decodeURIComponent(route.path.slice(8)) : null);
    const sorted = (items) => [...items].sort((a, b) => STATE[a.state] - STATE[b.state] || RANK[a.severity] - RANK[b.severity] || (a.openedAt < b.openedAt ? 1 : -1));

    function refresh() {
      incidents.refresh();
      silences.refresh();
    }

    async function answerIt(item) {
      try {
        await post('/incidents/' + segment(item.id) + '/answer', { detail: '' });
        done(t('incident.did-answer'));
      } catch (problem) { failed(problem); }
      refresh();
    }

    async function unsilence(each) {
      try { await remove('/silences/' + segment(each.id)); done(t('silence.ended')); } catch (problem) { failed(problem); }
      silences.refresh();
    }

    function move(by) {
      const items = sorted(incidents.data?.items ?? []);
      if (!items.length) return;
      const at = items.findIndex((each) => each.id === current());
      go('/alerts/' + segment(items[Math.max(0, Math.min(items.length - 1, at < 0 ? 0 : at + by))].id));
    }

    const chosen = () => incidents.data?.items.find((each) => each.id === current());
    useKeys([
      { keys: ['j', 'ArrowDown'], text: 'help.down', run: () => move(1) },
      { keys: ['k', 'ArrowUp'], text: 'help.up', run: () => move(-1) },
      { keys: ['a'], text: 'incident.answer', when: () => chosen()?.state === 'open' && can('on-call'), run: () => answerIt(chosen()) },
      { keys: ['s'], text: 'incident.silence', when: () => chosen() != null && can('on-call'), run: () => { silencing.value = chosen(); } },
      { keys: ['Escape'], text: 'help.back', when: () => current() != null, run: () => go('/alerts') },
    ]);

    function card(item) {
      return h('li', { key: item.id, class: ['burn', 'burn-' + item.severity, item.state, item.id === current() ? 'chosen' : ''] }, [
        h('button', { type: 'button', class: 'burn-open', 'aria-current': item.id === current() ? 'true' : undefined, onClick: () => go('/alerts/' + segment(item.id)) }, [
          h('span', { class: 'row' }, [severity(item.severity), chip(t('incident.state-' + item.state), item.state === 'open' ? 'critical' : item.state === 'answered' ? 'notice' : 'ok'), h('span', { class: 'muted small-text' }, agoAndWhen(item.openedAt))]),
          h('span', { class: 'burn-what theirs clamp' }, said(item.summary).slice(0, 400)),
          h('span', { class: 'row' }, [whoIsOnIt(item), clockOf(item), item.alerts > 1 ? h('span', { class: 'muted' }, t('incident.n-alerts', { n: item.alerts })) : null]),
        ]),
        item.state === 'open' && can('on-call') ? h('div', { class: 'burn-actions' }, [
          h('button', { type: 'button', class: 'button main', onClick: () => answerIt(item) }, t('incident.answer')),
          h('button', { type: 'button', class: 'button', onClick: () => { silencing.value = item; } }, t('incident.silence')),
        ]) : null,
      ]);
    }

    function list(data) {
      const items = sorted(data.items);
      if (items.length === 0) return empty(t('alerts.none'), t('alerts.none-how'));
      return h('ul', { class: 'burns', 'data-arrows': '' }, items.map(card));
    }

    function headline() {
      const items = incidents.data?.items ?? [];
      const open = items.filter((each) => each.state === 'open').length;
      const answeredCount = items.filter((each) => each.state === 'answered').length;
      if (!incidents.data) return t('nav.alerts');
      return open ? t('alerts.burning', { open, answered: answeredCount }) : answeredCount ? t('alerts.answered', { answered: answeredCount }) : t('alerts.quiet');
    }

    return () => {
      const id = current();
      return [
        h('div', { class: 'page-head' }, [h('h1', headline()), h('div', { class: 'page-end tabs', role: 'group', 'aria-label': t('nav.alerts') }, ['open', 'all'].map((each) => h('button', {
          key: each, type: 'button', class: 'tab', 'aria-pressed': String(state.value === each), onClick: () => { state.value = each; } }, t('alerts.' + each))))]),
        h('div', { class: ['oncall', id ? 'has-incident' : ''] }, [
          h('div', { class: 'stack oncall-list' }, [
            h(Panel, { title: t('alerts.incidents'), at: incidents.at }, () => answered(incidents, list)),
            h(Panel, { title: t('alerts.duty') }, () => answered(duty, (data) => (data.teams?.length ? h('ul', { class: 'duty' }, data.teams.map((team) => h('li', { key: team.name }, [
              h('b', { class: 'theirs' }, team.name.slice(0, 80)), h('span', team.onDuty?.length ? team.onDuty.map((each) => h('span', { class: 'mark' }, [sign('person'), h('bdi', each.name.slice(0, 60))])) : h('span', { class: 'tone-warning mark' }, [sign('warning'), t('alerts.no-duty')])),
              team.next ? h('span', { class: 'muted' }, t('alerts.next-duty', { name: team.next.name, at: moment(team.next.at) })) : null]))) : h('p', { class: 'muted' }, t('alerts.no-teams'))))),
            h(Panel, { title: t('alerts.silences') }, () => answered(silences, (data) => {
              const shown = data.items.filter((each) => each.state !== 'expired');
              return shown.length ? h('ul', { class: 'silences' }, shown.map((each) => h('li', { key: each.id }, [
                h('p', { class: 'row tight' }, each.matchers.map((one) => h('span', { class: 'chip one-line' }, one.name + (one.isEqual === false ? (one.isRegex ? ' !~ ' : ' ≠ ') : one.isRegex ? ' =~ ' : ' = ') + String(one.value).slice(0, 60)))),
                h('p', { class: 'second theirs clamp' }, (each.comment ?? '').slice(0, 300)),
                h('p', { class: 'row muted small-text' }, [h('bdi', (each.createdBy ?? '').slice(0, 60)), t('silence.until', { at: moment(each.endsAt) }),
                  can('on-call') ? h('button', { type: 'button', class: 'button small', onClick: () => unsilence(each) }, t('silence.end')) : null]),
              ]))) : h('p', { class: 'muted' }, t('alerts.no-silences'));
            })),
          ]),
          h('div', { class: 'oncall-one' }, id ? [h('button', { type: 'button', class: 'button back', onClick: () => go('/alerts') }, '← ' + t('alerts.incidents')),
            h(Incident, { key: id, id, silence: (item) => { silencing.value = item; }, changed: refresh })]
            : h('div', { class: 'panel case-none' }, empty(t('alerts.choose'), t('alerts.choose-how')))),
        ]),
        silencing.value ? h(Silence, { labels: silencing.value.labels ?? {}, close: () => { silencing.value = null; }, made: () => { silencing.value = null; refresh(); } }) : null,
      ];
    };
  },
});
