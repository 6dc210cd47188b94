/* The kiosk's first screen: it forgets what was left on it, and shows a payment for an invoice that was left open. */
import { NoAnswer, ask, get } from './lib/charge.js';
import { forget, left } from './lib/left.js';
import { once } from './once.js';

const QUIET = 60000;
const OLD = 600000;
const ASK = 2000;

const main = document.querySelector('#kiosk');
const other = main.querySelector('#other');
const loaded = performance.now();
let used = 'error' in main.dataset || other.value !== '';
let timer;

function wait() {
  clearTimeout(timer);
  timer = setTimeout(reset, QUIET);
}

/* A fresh page, where this one was used or is old (its form does not stay good for ever), and the server is there. */
async function reset() {
  wait();
  if (!used && performance.now() - loaded < OLD) return;
  try {
    await get(main.dataset.home, (answer) => answer.text());
    location.replace(main.dataset.home);
  } catch (e) {
    if (!(e instanceof NoAnswer)) throw e;
  }
}

async function look() {
  for (const charge of left(sessionStorage)) {
    try {
      const now = await ask(charge.ask);
      if (now.status === 'paid') return location.assign(charge.page);
      if (now.status === 'expired') forget(sessionStorage, charge.page);
    } catch (e) {
      if (!(e instanceof NoAnswer)) throw e;
    }
  }
  setTimeout(look, ASK);
}

for (const touch of ['pointerdown', 'keydown', 'input']) {
  addEventListener(touch, () => {
    used = true;
    wait();
  }, { passive: true });
}
once(...main.querySelectorAll('form'));
wait();
look();
