/* A page of the kiosk leads nowhere but to the kiosk's pages, and left alone to the resting screen. */
import { get, NoAnswer } from './lib/charge.js';
import './offered.js';

// Milliseconds.
const QUIET = 60000;

const TOUCHES = ['pointerdown', 'keydown', 'input'];

const { kiosk: rest } = document.documentElement.dataset;
let timer;
let touches = 0;

function wait() {
  clearTimeout(timer);
  timer = setTimeout(leave, QUIET);
}

function leave() {
  wait();
  goUntouched(rest);
}

/**
 * Put another page of the till in the place of this one: there is nothing to step back to. Only if the server is there,
 * else it would end on the browser's own page; `lost` runs then. Whether it still `may` is asked once the server has answered.
 */
export async function go(url, lost = () => {}, may = () => true) {
  try {
    await get(url, (answer) => answer.text());
    if (may()) location.replace(url);
  } catch (e) {
    if (!(e instanceof NoAnswer)) throw e;
    lost();
  }
}

/** Go there by itself. Whoever touches the screen while the server is asked stays, with what they press. */
export function goUntouched(url, lost) {
  const seen = touches;
  return go(url, lost, () => seen === touches);
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
  for (const touch of TOUCHES) addEventListener(touch, wait, { passive: true });
  noLongPress();
  wait();
}

/** A long press does nothing here. */
export function noLongPress() {
  addEventListener('contextmenu', (event) => event.preventDefault());
}

for (const touch of TOUCHES) {
  addEventListener(
    touch,
    () => {
      touches += 1;
    },
    { passive: true, capture: true },
  );
}
