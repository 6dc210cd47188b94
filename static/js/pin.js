/* Typing a PIN: keys that type into the field, a pip for each figure, and the wait after a wrong one. */
import { clock, knock } from './lib/charge.js';
import { followDevice } from './status_of_device.js';
import './take_back.js';
import { tellUnsent } from './turn_page.js';
import { live } from './waiting.js';

const form = document.querySelector('.pad');
const find = (what) => form.querySelector(what);
const [field, pips, keys, told, enter] = ['#pin', '.pips', '.keys', '#typed', '.enter'].map(find);
const wait = document.querySelector('.wait');
const LEAST = 4;

function show() {
  const { length } = field.value;
  pips.replaceChildren(
    ...Array.from({ length: Math.max(LEAST, length) }, (_, at) => {
      const pip = document.createElement('i');
      pip.classList.toggle('on', at < length);
      return pip;
    }),
  );
  told.textContent = length ? told.dataset.some.replace('{number}', length) : told.dataset.none;
  enter.disabled = length < LEAST || waits();
}

function press({ target }) {
  const key = target.closest('.keys button');
  if (!key || key === enter) return;
  if (key.dataset.key) field.value = field.value.slice(0, -1);
  else if (field.value.length < field.maxLength) field.value += key.textContent;
  show();
}

/* A key that is typed counts wherever the focus is; the field has its own. */
function type(event) {
  const { key, target } = event;
  if (target === field || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^\p{Nd}$/u.test(key) || key === 'Backspace') {
    field.focus();
  }
}

let sent = false;

/* Once, for a wrong PIN counts; and never to the browser's own page, from which nothing leads back. */
function send(event) {
  event.preventDefault();
  if (waits() || sent) return;
  sent = true;
  knock(form.action).then(() => form.submit(), stay);
}

function stay() {
  sent = false;
  tellUnsent();
}

let ends = performance.now() + Number(form.dataset.wait) * 1000;
const left = () => Math.ceil((ends - performance.now()) / 1000);
const waits = () => left() > 0;

function count() {
  const waiting = waits();
  for (const key of keys.querySelectorAll('button')) key.disabled = waiting;
  field.readOnly = waiting;
  if (wait) {
    const figure = wait.querySelector('b');
    if (waiting && figure) figure.textContent = left() < 60 ? left() : clock(left());
    else if (!waiting) wait.textContent = wait.dataset.again;
  }
  show();
  if (waiting) setTimeout(count, 250);
}

form.classList.add('ready');
if (matchMedia('(pointer: coarse)').matches) field.inputMode = 'none';
// A tap leaves the focus where it is.
form.addEventListener('mousedown', (event) => event.target.closest('.keys button') && event.preventDefault());
form.addEventListener('click', press);
form.addEventListener('submit', send);
field.addEventListener('input', () => {
  field.value = field.value.replace(/\P{Nd}/gu, '');
  show();
});
addEventListener('keydown', type);
// A page that comes back from the browser's memory has somebody's PIN in it no more.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});
// Where nobody has to type one any more, the page leads back; and an owner may end the wait from the office. What was paid
// is said to wait no longer, as soon as nothing is typed that would be lost.
followDevice(
  () => form.dataset.status,
  ({ locked, wait: seconds, waiting }) => {
    if (!locked) location.reload();
    else if (seconds === 0) {
      ends = performance.now();
      if (String(waiting) !== form.dataset.waiting && !field.value) location.replace(form.action);
    }
  },
);
// What was typed before this script ran counts.
field.focus();
count();
live();
