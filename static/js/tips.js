/* The tip jar: another amount and the tiles exclude each other, and the button says what is given. */
import { grouped } from './lib/digits.js';
import { once } from './once.js';

const form = document.querySelector('#tip');
const tiles = [...form.querySelectorAll('[name=amount]')];
const other = form.querySelector('#other');
const asked = form.querySelector('#asked');

function show() {
  const text = grouped(other.value || tiles.find((tile) => tile.checked)?.value || '');
  asked.textContent = text && `${text} sat`;
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
once(form);
