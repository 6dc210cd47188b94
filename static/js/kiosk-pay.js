/* The pay page on a kiosk: nobody attends it, so it goes back by itself. What pay.js shows, it reads from the page. */
import { NoAnswer, ask } from './lib/charge.js';
import { forget, remember } from './lib/left.js';

const PAID = 8000;
const EXPIRED = 20000;
const QUIET = 60000;
const WARNED = 30000;
const AGAIN = 5000;

const root = document.documentElement;
const charge = () => document.querySelector('#charge').dataset;
let timer;

/* Wait for the next thing to do in this state; a touch starts over. */
function wait() {
  clearTimeout(timer);
  delete root.dataset.idle;
  const { status, page } = charge();
  if (status === 'open') timer = setTimeout(warn, QUIET);
  else timer = setTimeout(leave, status === 'paid' ? PAID : EXPIRED);
  if (status === 'open') remember(sessionStorage, { page, ask: charge().ask });
  else forget(sessionStorage, page);
}

function warn() {
  root.dataset.idle = '';
  document.querySelector('#said').textContent = 'Still there? Touch the screen or press a key to stay.';
  timer = setTimeout(leave, WARNED);
}

/* Never leave a payment unseen, and never leave for a server that is not there: it would end on the browser's own page. */
async function leave() {
  try {
    const now = await ask(charge().ask);
    if (now.status !== charge().status) timer = setTimeout(leave, AGAIN);
    else location.replace(charge().back);
  } catch (e) {
    if (!(e instanceof NoAnswer)) throw e;
    timer = setTimeout(leave, AGAIN);
  }
}

new MutationObserver(wait).observe(root, { attributeFilter: ['data-state'] });
for (const touch of ['pointerdown', 'keydown', 'wheel']) {
  addEventListener(touch, () => charge().status === 'open' && wait(), { passive: true });
}
addEventListener('pageshow', wait);
wait();
