/* Another amount at a kiosk: a keypad and real keys. What it comes to, the server says; here is no figure worked out. */
import { thank } from './kiosk_before.js';
import { followLinks, goHomeWhenLeft } from './kiosk_home.js';
import { get, NoAnswer } from './lib/charge.js';
import { debounced, padKey, press } from './lib/typing.js';
import { watchOrder } from './out_of_order.js';
import { sendForms, tellUnsent } from './turn_page.js';
import { watchUnseen } from './unseen_charges.js';
import { connection, keepAwake, live } from './waiting.js';

const form = document.querySelector('#sale');
const [amount, total, worth, sign, display, unitText] = [
  '#other',
  '#total',
  '#worth',
  '[data-key=sign]',
  '.typed-amount',
  '.unit',
].map((what) => form.querySelector(what));
const units = [...form.querySelectorAll('[name=unit]')];

// What stood there in the other unit, as long as nothing was typed since it was converted: there and back it is that again.
let unconverted;

const unit = () => units.find((it) => it.checked) ?? units[0];
const server = connection({ onLost: tellUnsent });
const question = () => `${form.dataset.quote}?${new URLSearchParams({ other: amount.value, unit: unit().value })}`;

const ask = debounced((figures, asked) => {
  if (asked !== question()) return;
  total.textContent = figures.total;
  worth.textContent = figures.error || figures.worth;
}, server.reach);

/* What is typed now comes to something else: no figure stands there until the server has said which. */
function changed() {
  unconverted = undefined;
  total.textContent = worth.textContent = '';
  display.removeAttribute('data-state');
  amount.removeAttribute('aria-invalid');
  if (!('lost' in document.documentElement.dataset)) form.querySelector('[role=alert]')?.remove();
  amount.closest('.amount').dataset.len = amount.value.length;
  ask(question());
}

function pad(key, typed) {
  amount.value = press(amount.value, key, sign.textContent, Number(unit().dataset.decimals), typed);
  changed();
}

/* A real key, wherever the focus is: a button that has it keeps its own Enter and space. */
function real(event) {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || target === amount) return;
  if (!padKey(key)) return;
  event.preventDefault();
  pad(padKey(key), amount.value + key);
}

/* The figures change together with their unit, as the server converts them; until it has, nothing does. */
async function convert(wanted) {
  // Where there is nothing to convert there is nobody to wait for: the next digit is in the new unit.
  if (!amount.value) return show(wanted);
  if (unconverted) {
    become(wanted, unconverted);
    // The next one is at the rate of then.
    unconverted = undefined;
    return undefined;
  }
  units.find((it) => it !== wanted).checked = true;
  const asked = question();
  try {
    const { other } = await get(asked, (answer) => answer.json());
    // Who taps twice waits for the same.
    if (wanted.checked) return undefined;
    if (asked !== question()) return convert(wanted);
    return other === null ? changed() : become(wanted, other);
  } catch (e) {
    // It stays in the unit it is in.
    if (!(e instanceof NoAnswer)) throw e;
    return tellUnsent();
  }
}

function become(wanted, other) {
  const was = amount.value;
  amount.value = other;
  show(wanted);
  unconverted = was;
}

function show(wanted) {
  wanted.checked = true;
  unitText.textContent = wanted.nextElementSibling.textContent;
  sign.disabled = wanted.dataset.decimals === '0';
  changed();
}

for (const key of form.querySelectorAll('.keys button')) key.tabIndex = -1;
form.addEventListener('mousedown', (event) => event.target.closest('.keys button') && event.preventDefault());
form.addEventListener('click', ({ target }) => {
  const key = target.closest('.keys button');
  if (key) pad(key.dataset.key ?? key.textContent);
});
form.addEventListener('refused', () => {
  display.dataset.state = 'trouble';
  amount.setAttribute('aria-invalid', 'true');
});
amount.addEventListener('input', changed);
for (const it of units) {
  it.addEventListener('change', () => convert(it));
}
addEventListener('keydown', real);
addEventListener('online', () => ask(question(), 0));
if (matchMedia('(pointer: coarse)').matches) amount.inputMode = 'none';
form.classList.add('ready');
if (amount.value !== amount.defaultValue) changed();
sendForms();
followLinks(tellUnsent);
goHomeWhenLeft();
const stayAwake = () => keepAwake(document.visibilityState === 'visible');
addEventListener('visibilitychange', stayAwake);
stayAwake();
watchUnseen(thank);
watchOrder();
live();
