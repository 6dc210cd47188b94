/* The till, while its customer chooses a tip on the display: asks each second where it goes on, and goes there. */
import { get, NoAnswer } from './lib/charge.js';
import './take_back.js';
import { sendForms } from './turn_page.js';
import { keepAwake, live } from './waiting.js';

const EVERY = 1000;

const { ask } = document.querySelector('#choosing').dataset;
const isVisible = () => document.visibilityState === 'visible';
let next;

async function look() {
  clearTimeout(next);
  if (!isVisible()) return;
  try {
    const { to } = await get(ask, (answer) => answer.json());
    if (to) {
      location.replace(to);
      return;
    }
  } catch (e) {
    // Nothing is lost: it is asked again, and the shop goes on without a tip by the button.
    if (!(e instanceof NoAnswer)) throw e;
  }
  next = setTimeout(look, EVERY);
}

function back() {
  keepAwake(isVisible());
  look();
}

document.addEventListener('visibilitychange', back);
addEventListener('pageshow', (event) => event.persisted && back());
sendForms();
back();
live();
