/* The last sales beside the till stay of now: asked for while somebody can see them, and put in when they changed.
   A payment for one of them is told, whatever is typed meanwhile. */
import { get, NoAnswer } from './lib/charge.js';
import { turnedAway } from './turned_away.js';

// Milliseconds from question to question; the second while one of them may be paid any moment. Within 5 s a till that was
// taken off the shop is none any more.
const EVERY = 4000;
const OPEN = 2000;

const outcomes = (list) => new Map([...list.querySelectorAll('em')].map((it) => [it.closest('a').pathname, it]));
const isPaid = (outcome) => !/open|not-known|expired|cancelled/.test(outcome.className);

/* The network went just then: the next look tells of it. */
function lost(e) {
  throw new NoAnswer('toast.js', { cause: e });
}

/** `isOpen` tells whether the list of all of them lies over the keys. */
export function recent(section, isOpen) {
  const place = section.querySelector('#recents');
  let known = outcomes(place);
  let shown;
  let next;

  async function look() {
    clearTimeout(next);
    try {
      if (document.visibilityState === 'visible') await show(await ask());
    } catch (e) {
      // Offline: what is shown was true a moment ago.
      if (!(e instanceof NoAnswer)) throw e;
    }
    next = setTimeout(look, [...known.values()].some((it) => /open|not-known/.test(it.className)) ? OPEN : EVERY);
  }
  const ask = () => get(section.dataset.url, (answer) => answer.text()).catch(turnedAway);
  async function show(text) {
    const list = document.createElement('div');
    list.innerHTML = text;
    const now = outcomes(list);
    const paid = () => [...now].filter(([page, it]) => isPaid(it) && known.has(page) && !isPaid(known.get(page)));
    const toaster = paid().length && (await import('./toast.js').catch(lost));
    // Another look may have told of them meanwhile.
    for (const [, outcome] of paid()) toaster.toast(outcome.closest('a'), 'rings' in section.dataset);
    known = now;
    // Not under a finger, nor under a reader.
    if (text !== shown && !place.matches(':hover, :focus-within') && !isOpen()) {
      place.replaceChildren(...list.childNodes);
      shown = text;
    }
  }
  look();
  addEventListener('focus', look);
  document.addEventListener('visibilitychange', look);
}
