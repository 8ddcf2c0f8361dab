// A question to the server that a component keeps asking: what came, when, and what went wrong.
import { onBeforeUnmount, onMounted, shallowReactive, watch } from './lib/vue.js';
import { serverNow } from './state.js';

/**
 * @param load what to ask
 * @param every milliseconds between answers, 0 for once
 * @param again what, when it changes, makes the question another
 */
export function useAnswer(load, { every = 0, again = null } = {}) {
  const answer = shallowReactive({ data: null, problem: null, at: null, loading: true, refresh });
  let round = 0;
  let timer = 0;
  let gone = false;

  async function refresh() {
    clearTimeout(timer);
    const mine = ++round;
    answer.loading = true;
    try {
      const data = await load();
      if (mine !== round || gone) return;
      answer.data = data;
      answer.problem = null;
      answer.at = serverNow();
    } catch (problem) {
      if (mine !== round || gone) return;
      answer.problem = problem;
    }
    answer.loading = false;
    if (every) timer = setTimeout(refresh, document.hidden ? every * 4 : every);
  }

  function seen() {
    if (!document.hidden && every) refresh();
  }

  onMounted(() => {
    refresh();
    document.addEventListener('visibilitychange', seen);
  });
  onBeforeUnmount(() => {
    gone = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', seen);
  });
  if (again) {
    watch(again, () => {
      answer.data = null;
      refresh();
    });
  }
  return answer;
}
