/* The till's first screen: the button says what will be charged, and a double tap sells once. */
import { grouped } from './lib/digits.js';
import { once } from './once.js';

const form = document.querySelector('#sale');
const amount = form.querySelector('#amount');
const asked = form.querySelector('#asked');

function show() {
  const text = grouped(amount.value);
  asked.textContent = text && `${text} sat`;
  amount.parentElement.dataset.len = amount.value.length;
}

amount.addEventListener('input', show);
// A form that comes back (reload, back button) has its value restored without an input event.
addEventListener('pageshow', show);
show();
once(form);
