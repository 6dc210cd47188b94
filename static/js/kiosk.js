/* The kiosk's first screen: left alone, it forgets what was typed and rests. */
import { get, NoAnswer } from './lib/charge.js';
import { watchOrder } from './out_of_order.js';
import { sendForms } from './turn_page.js';
import { watchUnseen } from './unseen_charges.js';
import { live } from './waiting.js';
import { keepAwake } from './wake_lock.js';

const QUIET = 60000;
const THANKED = 8000;

const { rest } = document.querySelector('#kiosk').dataset;
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

/* The next customer is at it, and is not interrupted. */
function thank() {
  const before = document.querySelector('#before');
  before.textContent = before.dataset.say;
  setTimeout(() => {
    before.textContent = '';
  }, THANKED);
}

for (const touch of ['pointerdown', 'keydown', 'input']) addEventListener(touch, wait, { passive: true });
sendForms();
wait();
const stayAwake = () => keepAwake(document.visibilityState === 'visible');
addEventListener('visibilitychange', stayAwake);
stayAwake();
watchUnseen(thank);
watchOrder();
addEventListener('contextmenu', (event) => event.preventDefault());
live();
