/* The last sales beside the till stay of now: asked for while somebody can see them, and put in when they changed. */
import { fetched } from './lib/debounce.js';

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
      const text = await (await fetched(section.dataset.url)).text();
      if (text !== shown) place.innerHTML = shown = text;
    } catch {
      // Offline: what is shown was true a moment ago.
    }
  }
  setInterval(look, EVERY);
  addEventListener('focus', look);
  document.addEventListener('visibilitychange', look);
}
