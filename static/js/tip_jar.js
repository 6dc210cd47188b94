/* The tip jar: another amount and the tiles exclude each other, and the button says what is given. */
import { goUntouched } from './kiosk_home.js';
import { watchOrder } from './out_of_order.js';
import './take_back.js';
import { sendForms } from './turn_page.js';
import { live } from './waiting.js';

// Milliseconds: who has not touched a page that is before their eyes for so long has gone.
const QUIET = 120000;

const form = document.querySelector('#tip');
const tiles = [...form.querySelectorAll('[name=amount]')];
const other = form.querySelector('#other');
const main = document.querySelector('main');
const asked = form.querySelector('#asked');
const number = new Intl.NumberFormat(document.documentElement.lang, { numberingSystem: 'latn' });

/* What is typed, as the shop would write it, if it is digits; anything else the server has to read. */
function typed() {
  const text = other.value.trim();
  return /^\d+$/.test(text) ? form.dataset.typed.replace('{number}', number.format(BigInt(text))) : '';
}

function show() {
  // What has a price has no other.
  if (!other) return;
  asked.textContent = other.value ? typed() : (tiles.find((tile) => tile.checked)?.dataset.asked ?? '');
}

other?.addEventListener('input', () => {
  if (other.value) for (const tile of tiles) tile.checked = false;
  show();
});
for (const tile of tiles) {
  tile.addEventListener('change', () => {
    other.value = '';
    show();
  });
}
/* On a tablet on the counter the next visitor is somebody else, who does not read what was typed there, nor what an amount
   was worth hours ago. */
let timer;

function stays() {
  clearTimeout(timer);
  timer = setTimeout(() => (isLeft() ? goUntouched(form.action, stays) : stays()), QUIET);
}

function isLeft() {
  const typed = [...form.elements].some((it) => it.value !== it.defaultValue || it.checked !== it.defaultChecked);
  const isOld = typed || 'worth' in form.dataset || form.querySelector('[role=alert]') !== null;
  return document.visibilityState === 'visible' && isOld;
}

for (const touch of ['pointerdown', 'keydown', 'input', 'visibilitychange']) addEventListener(touch, stays);
stays();
addEventListener('pageshow', show);
show();
sendForms();
watchOrder();
if (main.dataset.events) import('./jar_news.js').then((it) => it.follow(main.dataset));
live();
