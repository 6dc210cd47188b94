/* The page with the code for a new device waits for it, and leads to it when it has come. */
import { get, NoAnswer } from './lib/charge.js';

// Milliseconds.
const EVERY = 2000;
const waits = document.querySelector('#waits');
const ends = performance.now() + Number(waits.dataset.seconds) * 1000;

async function look() {
  try {
    const device = await get(waits.dataset.url, (answer) => answer.redirected && answer.url);
    if (device) {
      location.replace(device);
      return;
    }
  } catch (e) {
    // Offline: it may have come all the same.
    if (!(e instanceof NoAnswer)) throw e;
  }
  if (performance.now() < ends) setTimeout(look, EVERY);
  else waits.textContent = waits.dataset.over;
}
waits.textContent = waits.dataset.waits;
setTimeout(look, EVERY);
