/* The last sales beside the till stay of now: asked for while somebody can see them, and put in when they changed.
   A payment for one of them is told, whatever is typed meanwhile. With them comes that the page itself is out of date: it
   is loaded anew as soon as nothing is typed and nobody is at it. */
import { get, NoAnswer } from './lib/charge.js';
import { turnedAway } from './turned_away.js';

// Milliseconds from question to question; the second while one of them may be paid any moment. Within 5 s a till that was
// taken off the shop is none any more.
const EVERY = 4000;
const OPEN = 2000;
// Milliseconds without a touch, after which nobody is at the till.
const LEFT = 10000;
// What the till answers at which somebody has to say who they are (pos/web/access.py).
const LOCKED = 423;

const outcomes = (list) => new Map([...list.querySelectorAll('em')].map((it) => [it.closest('a').pathname, it]));
const idOf = (page) => page.split('/').pop();
const isPaid = (outcome) => !/open|not-known|expired|cancelled/.test(outcome.className);

/* The network went just then: the next look tells of it. */
function lost(e) {
  throw new NoAnswer('toast.js', { cause: e });
}

/** `isOpen` tells whether the list of all of them lies over the keys. */
export function recent(section, isOpen) {
  const place = section.querySelector('#recents');
  const form = document.querySelector('#sale');
  let known = outcomes(place);
  let shown;
  let next;
  let touched = performance.now();

  async function look() {
    clearTimeout(next);
    try {
      if (document.visibilityState === 'visible') await show(await ask());
    } catch (e) {
      // Offline: what is shown was true a moment ago.
      if (!(e instanceof NoAnswer)) throw e;
      // Where somebody is signed in, lock.js sees to it.
      if (e.cause === LOCKED && !document.querySelector('.lock')) anew(isSettled);
    }
    next = setTimeout(look, [...known.values()].some((it) => /open|not-known/.test(it.className)) ? OPEN : EVERY);
  }
  const ask = () => get(section.dataset.url, (answer) => answer.text()).catch(turnedAway);
  async function show(text) {
    const list = document.createElement('div');
    list.innerHTML = text;
    const now = outcomes(list);
    const paid = () => [...now].filter(([page, it]) => isPaid(it) && known.has(page) && !isPaid(known.get(page)));
    const taken = paid().find(([page]) => idOf(page) === form.dataset.of);
    if (taken && isSettled()) return go(taken[0]);
    const toaster = paid().length && (await import('./toast.js').catch(lost));
    // Another look may have told of them meanwhile.
    for (const [, outcome] of paid()) toaster.toast(outcome.closest('a'), 'rings' in section.dataset);
    known = now;
    const isOld = list.querySelector('[data-old]');
    // Not under a finger, nor under a reader.
    if (text !== shown && !place.matches(':hover, :focus-within') && !isOpen()) {
      place.replaceChildren(...list.childNodes);
      shown = text;
    }
    if (isOld) anew(isLeft);
    return undefined;
  }
  /* What somebody took up again, and has not changed, was paid: it is sold, and waits here to be charged no more. */
  function go(page) {
    history.replaceState(null, '', `?sale=${idOf(page)}`);
    location.assign(page);
  }
  /* What was sent is answered by another page. */
  const isSettled = () => !form.querySelector('[aria-busy]');
  /* Whether nothing is typed or chosen, nor taken away under somebody's eyes. */
  function isLeft() {
    if (performance.now() - touched < LEFT || isOpen() || document.querySelector('.toast')) return false;
    const isTyped = [...form.querySelectorAll('#amount, #memo, .tape input')].some((it) => it.value);
    return !isTyped && !form.querySelector(':checked:not([checked])') && isSettled();
  }
  /* What is typed while the next page is on its way is brought to that (typed.js). */
  function anew(may) {
    if (!may()) return;
    // Whoever charges meanwhile is answered here.
    form.addEventListener('submit', () => window.stop(), { capture: true, once: true });
    location.reload();
  }
  look();
  addEventListener('focus', look);
  document.addEventListener('visibilitychange', look);
  for (const touch of ['pointerdown', 'keydown']) {
    addEventListener(
      touch,
      () => {
        touched = performance.now();
      },
      { capture: true },
    );
  }
}
