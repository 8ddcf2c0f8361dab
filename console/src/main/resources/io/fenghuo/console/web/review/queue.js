// The queue: what waits, most pressing first.
import { defineComponent, h } from '../lib/vue.js';
import { agoAndWhen, countdown, exactMoney, money, said, span } from '../format.js';
import { t } from '../texts.js';
import { sign, outcome } from '../ui/marks.js';
import { empty } from '../ui/answers.js';

const OUTCOMES = ['CHALLENGE', 'REVIEW', 'BLOCK'];

export function Filters({ filter, counts, views, saveView, useView }) {
  const select = (name, title, options) => h('label', { class: 'field' }, [h('span', title), h('select', { value: filter[name], onChange: (event) => { filter[name] = event.target.value; } },
    options.map(([value, text]) => h('option', { value, selected: filter[name] === value }, text)))]);
  return h('div', { class: 'filters' }, [
    h('div', { class: 'tabs', role: 'group', 'aria-label': t('review.queue') }, ['open', 'escalated', 'mine', 'done'].map((each) => h('button', {
      type: 'button', class: 'tab', 'aria-pressed': String(filter.state === each), onClick: () => { filter.state = each; },
    }, [t('review.state-' + each), counts?.[each] != null ? h('b', [' ', String(counts[each])]) : null]))),
    h('label', { class: 'field filter-search' }, [h('span', { class: 'sr' }, t('review.search')), h('input', { id: 'review-search', type: 'search', maxlength: 200,
      placeholder: t('review.search-how'), value: filter.q, onChange: (event) => { filter.q = event.target.value.trim(); },
      onKeydown: (event) => { if (event.key === 'Escape') event.target.blur(); } })]),
    h('details', { class: 'filter-more' }, [h('summary', [t('review.filters'), filter.outcome || filter.minScore || filter.rule ? h('span', { class: 'chip chip-accent' }, t('review.filtered')) : null]), h('div', { class: 'filter-fields' }, [
      select('outcome', t('table.outcome'), [['', t('review.any')], ...OUTCOMES.map((each) => [each, t('outcome.' + each)])]),
      h('label', { class: 'field' }, [h('span', t('review.min-score')), h('input', { type: 'number', min: 0, max: 100, value: filter.minScore, onChange: (event) => { filter.minScore = event.target.value; } })]),
      h('label', { class: 'field' }, [h('span', t('review.rule')), h('input', { value: filter.rule, placeholder: 'order/burst', onChange: (event) => { filter.rule = event.target.value.trim(); } })]),
      select('sort', t('review.sort'), ['priority', 'age', 'amount'].map((each) => [each, t('review.sort-' + each)])),
      h('label', { class: 'field' }, [h('span', t('review.views')), h('select', { onChange: (event) => { useView(event.target.value); event.target.value = ''; } },
        [h('option', { value: '' }, t('review.choose-view')), ...views.map((each) => h('option', { value: each.name }, each.name.slice(0, 60)))])]),
      h('button', { type: 'button', class: 'button', onClick: saveView }, t('review.save-view')),
    ])]),
  ]);
}

/** How long the promise of an answer still holds. */
export function due(item) {
  if (!item.dueAt || item.state === 'done') return null;
  const { left, text } = countdown(item.dueAt);
  return left < 0
    ? h('span', { class: 'tone-critical mark' }, [sign('critical'), t('review.overdue', { span: span(-left) })])
    : h('span', { class: left < 300 ? 'tone-warning mark' : 'muted' }, [left < 300 ? sign('warning') : null, t('review.due', { left: text })]);
}

const Line = defineComponent({
  props: { item: Object, current: Boolean, picked: Boolean, open: Function, pick: Function },
  setup(props) {
    return () => {
      const item = props.item;
      return h('li', { class: ['case-line', props.current ? 'chosen' : '', item.state === 'taken' ? 'taken' : ''] }, [
        item.state === 'done' ? h('span') : h('label', { class: 'case-pick' }, [h('span', { class: 'sr' }, t('review.pick', { id: item.id.slice(0, 60) })),
          h('input', { type: 'checkbox', checked: props.picked, onChange: () => props.pick(item) })]),
        h('button', { type: 'button', class: 'case-open', 'aria-current': props.current ? 'true' : undefined, 'data-case': item.id, onClick: () => props.open(item) }, [
          h('span', { class: 'case-top' }, [outcome(item.outcome), h('span', { class: 'case-score', title: t('table.score') }, item.score),
            h('span', { class: 'case-amount', title: exactMoney(item.amount, item.currency) }, money(item.amount, item.currency))]),
          h('span', { class: 'case-why theirs clamp clamp-2' }, said(item.reason).slice(0, 400)),
          h('span', { class: 'case-foot small-text' }, [
            h('bdi', { class: 'one-line muted' }, item.userId ? item.userId.slice(0, 80) : t('review.guest')),
            item.escalated && item.state !== 'done' ? h('span', { class: 'mark tone-warning', title: (item.escalated.note ?? '').slice(0, 400) || null }, [sign('warning'),
              t('review.escalated-by', { who: item.escalated.by.slice(0, 40) })]) : null,
            item.state === 'taken' ? h('span', { class: 'muted mark' }, [sign('lock'), h('bdi', (item.takenBy ?? '').slice(0, 40))]) : null,
            item.state === 'done' ? h('span', { class: 'muted' }, [t('verdict.' + item.verdict?.verdict, null, ''), ' · ', agoAndWhen(item.verdict?.at ?? item.openedAt)]) : due(item),
          ]),
        ]),
      ]);
    };
  },
});

export function Queue({ items, state, current, picked, open, pick, more }) {
  if (items.length === 0) return empty(t('review.none-' + state), t('review.none-how'));
  return h('div', { class: 'queue-scroll' }, [
    h('ul', { class: 'queue', 'data-arrows': '' }, items.map((item) => h(Line, { key: item.id, item, current: item.id === current, picked: picked.has(item.id), open, pick }))),
    more ? h('button', { type: 'button', class: 'button more', onClick: more }, t('do.more')) : null,
  ]);
}
