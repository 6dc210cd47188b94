/* Going back to the first screen by itself. What the page shows, it reads from the page. */
import { ask, knock, NoAnswer } from './lib/charge.js';

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

/* Never leave a payment unseen, and never leave for a page that is not there: it would end on the browser's own. */
async function go() {
  const mine = timer;
  const mayGo = await isTimeToGo();
  // It was called off, or begun anew for what the page shows by now.
  if (timer !== mine) return;
  if (mayGo) location.replace(to);
  else timer = setTimeout(go, AGAIN);
}

async function isTimeToGo() {
  try {
    await knock(to);
    const { status } = await ask(charge().ask);
    return status === charge().status;
  } catch (e) {
    if (!(e instanceof NoAnswer)) throw e;
    return false;
  }
}
