/* Going back to the first screen by itself. What the page shows, it reads from the page. */
import { ask, NoAnswer } from './lib/charge.js';

const AGAIN = 5000;

let timer;
let to;

export const charge = () => document.querySelector('#charge').dataset;

/** Go back in so many seconds, or to another page; `stay` calls it off. */
export function leave(seconds, url = charge().back) {
  stay();
  to = url;
  timer = setTimeout(go, seconds * 1000);
}

export function stay() {
  clearTimeout(timer);
  timer = undefined;
}

/** Go back in so many seconds, unless somebody touches the screen. */
export function leaveUntouched(seconds) {
  leave(seconds);
  for (const touch of ['pointerdown', 'keydown', 'wheel']) addEventListener(touch, stay, { passive: true });
}

/* Never leave a payment unseen, and never leave for a server that is not there: it would end on the browser's own page. */
async function go() {
  const nothingNew = await isStill();
  if (!timer) return;
  if (nothingNew) location.replace(to);
  else timer = setTimeout(go, AGAIN);
}

async function isStill() {
  try {
    const { status } = await ask(charge().ask);
    return status === charge().status;
  } catch (e) {
    if (!(e instanceof NoAnswer)) throw e;
    return false;
  }
}
