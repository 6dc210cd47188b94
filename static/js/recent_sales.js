/* The last sales beside the till stay of now: asked for while somebody can see them, and put in when they changed. */
import { get, NoAnswer } from './lib/charge.js';

const EVERY = 5000;

/** The list of all of them lies over the keys. Older browsers know of no popover, and show it below. */
export function isOpen() {
  return CSS.supports('selector(:popover-open)') && document.querySelector(':popover-open') !== null;
}

export function recent(section) {
  const place = section.querySelector('#recents');
  let shown;

  async function look() {
    // Not under a finger, nor under a reader.
    if (document.visibilityState !== 'visible' || place.matches(':hover, :focus-within') || isOpen()) return;
    try {
      const text = await get(section.dataset.url, (answer) => answer.text());
      if (text !== shown) place.innerHTML = shown = text;
    } catch (e) {
      // Offline: what is shown was true a moment ago.
      if (!(e instanceof NoAnswer)) throw e;
    }
  }
  setInterval(look, EVERY);
  addEventListener('focus', look);
  document.addEventListener('visibilitychange', look);
}
