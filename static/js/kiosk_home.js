/* A page of the kiosk leads nowhere but to the kiosk's pages, and left alone to the resting screen. */
import { get, NoAnswer } from './lib/charge.js';

// Milliseconds.
const QUIET = 60000;

const { kiosk: rest } = document.documentElement.dataset;
let timer;

function wait() {
  clearTimeout(timer);
  timer = setTimeout(leave, QUIET);
}

function leave() {
  wait();
  go(rest);
}

/**
 * Put another page of the till in the place of this one: there is nothing to step back to. Only if the server is there,
 * else it would end on the browser's own page; `lost` runs then.
 */
export async function go(url, lost = () => {}) {
  try {
    await get(url, (answer) => answer.text());
    location.replace(url);
  } catch (e) {
    if (!(e instanceof NoAnswer)) throw e;
    lost();
  }
}

/** Follow every link of this page so. */
export function followLinks(lost) {
  addEventListener('click', (event) => {
    const link = event.target.closest('a');
    if (!link) return;
    event.preventDefault();
    go(link.href, lost);
  });
}

/** Go to the resting screen when nobody has touched this one for a minute. */
export function goHomeWhenLeft() {
  for (const touch of ['pointerdown', 'keydown', 'input']) addEventListener(touch, wait, { passive: true });
  noLongPress();
  wait();
}

/** A long press does nothing here. */
export function noLongPress() {
  addEventListener('contextmenu', (event) => event.preventDefault());
}
