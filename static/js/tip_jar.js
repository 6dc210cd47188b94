/* The tip jar: another amount and the tiles exclude each other, and the button says what is given. */
import { watchOrder } from './out_of_order.js';
import { sendForms } from './turn_page.js';
import { live } from './waiting.js';

const form = document.querySelector('#tip');
const tiles = [...form.querySelectorAll('[name=amount]')];
const other = form.querySelector('#other');
const asked = form.querySelector('#asked');
const number = new Intl.NumberFormat(document.documentElement.lang, { numberingSystem: 'latn' });

/* What is typed, as the shop would write it, if it is digits; anything else the server has to read. */
function typed() {
  const text = other.value.trim();
  return /^\d+$/.test(text) ? form.dataset.sat.replace('{number}', number.format(BigInt(text))) : '';
}

function show() {
  asked.textContent = other.value ? typed() : (tiles.find((tile) => tile.checked)?.dataset.asked ?? '');
}

other.addEventListener('input', () => {
  if (other.value) for (const tile of tiles) tile.checked = false;
  show();
});
for (const tile of tiles) {
  tile.addEventListener('change', () => {
    other.value = '';
    show();
  });
}
addEventListener('pageshow', show);
show();
sendForms();
watchOrder();
live();
