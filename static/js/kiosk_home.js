/* A page of the kiosk that is left alone goes to the resting screen, and nobody gets anything by a long press. */
import { get, NoAnswer } from './lib/charge.js';

// Milliseconds.
const QUIET = 60000;

const { kiosk: rest } = document.documentElement.dataset;
let timer;

function wait() {
  clearTimeout(timer);
  timer = setTimeout(leave, QUIET);
}

/* Only for a server that is there: else it would end on the browser's own page. */
async function leave() {
  wait();
  try {
    await get(rest, (answer) => answer.text());
    location.replace(rest);
  } catch (e) {
    if (!(e instanceof NoAnswer)) throw e;
  }
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
