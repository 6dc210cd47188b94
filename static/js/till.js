/* The till: a keypad, a tape and real keys. What it all comes to, the server says; here is no figure worked out. */
import { drafts } from './draft.js';
import { get } from './lib/charge.js';
import { debounced, grouped, padKey, pays, press, scanner } from './lib/typing.js';
import { sendForms, tell, tellUnsent } from './turn_page.js';
import { connection, keepAwake, live } from './waiting.js';

const form = document.querySelector('#sale');
const find = (selector) => form.querySelector(selector);
const [display, amount, tape, memo, add, charge, announcer, worth, rate, total, sign, unitText, count, sum] = [
  '.ticket',
  '#amount',
  '.tape ol',
  '#memo',
  '.add',
  '.charge',
  '#announcer',
  '#worth',
  '.rate',
  '.charge b',
  '[data-key=sign]',
  '.unit',
  '.count',
  '.sum',
].map(find);
const units = [...form.querySelectorAll('[name=unit]')];
const written = find('.figures > [aria-hidden]');
const template = find('#line');
const sales = document.querySelector('.recent');
const REFRESH = 5000;
// More characters than this the field may have to move to and fro.
const FITS = 12;
// Milliseconds for which a line of the tape is held until it stands there twice, and for which one that was taken off can be
// brought back.
const HOLD = 700;
const BACK = 5000;

const unit = () => units.find((it) => it.checked);
const decimals = () => Number(unit()?.dataset.decimals ?? 0);
/* The list of all sales lies over the keys. Older browsers know of no popover, and show it below. */
const isOpen = () => CSS.supports('selector(:popover-open)') && document.querySelector(':popover-open');
const toEnd = () => tape.scrollTo(0, tape.scrollHeight);
const figure = (line) => line.querySelector('b');
/* What counts of the tape: no line that was taken off. */
const onTape = () => [...tape.querySelectorAll('li:not(.gone)')];
const sent = (fields) => `${new URLSearchParams([...form.querySelectorAll(fields)].map((it) => [it.name, it.value]))}`;
const question = () => `${form.dataset.quote}?${sent('.ticket :checked, #amount, .tape input:enabled')}`;
const taped = () => sent('[name=unit]:checked, .tape input:enabled');
// Which of the next answer's sentences is said aloud: "added", "summed" or none.
let say;
// What is said before it.
let before = '';
// The question whose answer was a sentence about what is wrong.
let refused;
// The question that the figures on the page are the answer to.
let answered;
// The tape that its count and its sum are of.
let counted;
// What stood there in the other unit, as long as nothing was typed since it was converted: there and back it is that again.
let unconverted;
// What brings back a line that was taken off.
const undoing = new WeakMap();
// Of a line under a finger: when it will have been held for long, and whether it was.
let holding;
let held = false;

const typed = drafts(form, document.querySelector('.shared'));
const server = connection({ onLost: tellUnsent });

const ask = debounced((figures, asked) => {
  answered = asked;
  refused = figures.error ? asked : undefined;
  worth.textContent = figures.error || figures.worth;
  worth.classList.toggle('sentence', Boolean(figures.error) || (units.length > 0 && !figures.priced));
  rate.textContent = figures.rate;
  total.textContent = figures.total;
  total.dataset.len = figures.total.length;
  total.style.minInlineSize = '';
  for (const it of units) it.disabled = !figures.priced && !it.checked && it.value !== 'SAT';
  counted = taped();
  count.parentElement.style.visibility = '';
  count.textContent = figures.count;
  sum.textContent = figures.sum;
  sum.dataset.len = figures.sum.length;
  for (const [i, line] of onTape().entries()) {
    figure(line).textContent = figures.lines[i].text;
    figure(line).parentElement.ariaLabel = figures.lines[i].remove;
  }
  if (say) announcer.textContent = `${before} ${figures[say]}`.trim();
  if (say === 'added') toEnd();
  say = undefined;
  before = '';
}, server.reach);

/* What is typed now comes to something else: no figure stands there until the server has said which. */
function blank() {
  if (total.textContent) total.style.minInlineSize = `${total.offsetWidth}px`;
  total.textContent = worth.textContent = '';
  // Its place is kept, so that the amounts beside it stay on their line.
  if (taped() !== counted) count.parentElement.style.visibility = 'hidden';
}

/* Something else is asked for than what the page came with. */
function changed(aloud) {
  say = aloud ?? say;
  unconverted = undefined;
  delete display.dataset.state;
  form.dataset.of &&= '';
  amount.removeAttribute('aria-invalid');
  if (!('lost' in document.documentElement.dataset)) find('[role=alert]')?.remove();
  worth.hidden = rate.hidden = false;
  group();
  if (aloud === 'added') toEnd();
  if (question() !== answered) blank();
  ask(question());
  typed();
}

/* While the caret is within the figures, they stand where they were typed. */
function group() {
  const within = document.activeElement === amount && amount.selectionStart < amount.value.length;
  const marked = grouped(amount.value, sign.textContent, amount.dataset.group);
  const text = within || marked.length > FITS ? amount.value : marked;
  written.textContent = text === amount.value ? '' : text;
  amount.closest('.amount').dataset.len = text.length;
}

function type(text) {
  amount.value = text;
  changed();
}

/* At once and not when the server has answered: the next digit may come before that. */
function toTape() {
  if (refused === question() || !/[^0\P{Nd}]/u.test(amount.value)) return;
  const rate = find('[name=tax]:checked');
  put(amount.value, rate);
  // The next one is at the usual rate.
  if (rate) find('[name=tax]').checked = true;
  amount.value = '';
  changed('added');
}

/* Put a line on the tape; `rate` is the choice of its tax, where there is one. */
function put(text, rate) {
  const line = template.content.firstElementChild.cloneNode(true);
  const [typed, , tax] = line.children;
  typed.value = figure(line).textContent = text;
  if (rate) {
    tax.value = rate.value;
    figure(line).dataset.tax = rate.nextElementSibling.textContent;
  }
  tape.append(line);
}

/* The same once more, at the same rate of tax. */
function again(line) {
  clearTimeout(holding);
  // Meanwhile it may have been taken off by a key.
  if (held || line.matches('.gone')) return;
  held = true;
  tape.append(line.cloneNode(true));
  changed('added');
}

/* What is taken off counts no more. It stands there struck for a while, and may come back to where it was, with all that
   went with it. */
function off(...gone) {
  if (!gone.length) return;
  const { undo: word } = template.content.querySelector('button').dataset;
  const names = gone.map((line) => strike(line, true, `${word} ${figure(line).textContent}`));
  const timer = setTimeout(forget, BACK, gone);
  const undo = () => {
    clearTimeout(timer);
    for (const [i, line] of gone.entries()) strike(line, false, names[i]);
    changed('summed');
  };
  for (const line of gone) undoing.set(line, undo);
  gone[0].scrollIntoView({ block: 'nearest', inline: 'nearest' });
  before = tape.parentElement.dataset.removed;
  changed('summed');
}

/* Returns how its button was called. */
function strike(line, isGone, name) {
  const button = line.querySelector('button');
  const { ariaLabel } = button;
  button.ariaLabel = name;
  line.classList.toggle('gone', isGone);
  for (const field of line.querySelectorAll('input')) field.disabled = isGone;
  return ariaLabel;
}

function forget(gone) {
  const isFocused = gone.some((line) => line.contains(document.activeElement));
  for (const line of gone) line.remove();
  if (isFocused) amount.focus();
}

/* First what is being typed; the tape is never lost with one key. */
function clear() {
  if (amount.value) type('');
  else off(...onTape());
}

/* The figures change together with their unit, as the server converts them; until it has, nothing does. */
async function convert(wanted) {
  // Where there is nothing to convert there is nobody to wait for: the next digit is in the new unit.
  if (!amount.value && !onTape().length) return showUnit(wanted);
  if (unconverted) {
    become(wanted, unconverted);
    // The next one is at the rate of then.
    unconverted = undefined;
    return;
  }
  units.find((it) => it !== wanted).checked = true;
  const asked = question();
  // Without an answer it stays in the unit it is in.
  await server.reach(async () => {
    const { other } = await get(asked, (answer) => answer.json());
    // Who taps twice waits for the same.
    if (wanted.checked) return;
    if (asked !== question()) convert(wanted);
    else if (other) become(wanted, other);
    else changed();
  });
}

function become(wanted, other) {
  const was = { amount: amount.value, lines: onTape().map((it) => it.firstElementChild.value) };
  amount.value = other.amount;
  // Without a rate nothing is converted: it is typed anew.
  forget([...tape.querySelectorAll('.gone'), ...onTape().slice(other.lines.length)]);
  for (const [i, line] of onTape().entries()) {
    line.firstElementChild.value = figure(line).textContent = other.lines[i];
  }
  showUnit(wanted);
  unconverted = was;
}

function showUnit(wanted) {
  if (wanted) {
    wanted.checked = true;
    unitText.textContent = wanted.nextElementSibling.textContent;
  }
  sign.disabled = decimals() === 0;
  toEnd();
  changed('summed');
}

/* Nobody needs the script of the last sales in order to sell: it comes when there may be something new for it. */
function recent() {
  setTimeout(() => import('./recent_sales.js').then((it) => it.recent(sales, isOpen), recent), REFRESH);
}

/* A real key, wherever the focus is: a button that has it keeps its own Enter and space. */
const hear = scanner();

function real(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isOpen()) return;
  const { key, target } = event;
  if (target === memo) return key === 'Enter' && stop(event, () => amount.focus());
  // A key that is held down is a finger's.
  const scan = hear(event.repeat ? 'Repeat' : key, event.timeStamp, amount.value);
  if (scan) return stop(event, () => scanned(scan));
  if (key === 'Enter') return target.closest('a, button') || stop(event, () => form.requestSubmit(charge));
  if (key === '+') return stop(event, toTape);
  if (key === 'Escape') return stop(event, clear);
  if (target !== amount && padKey(key)) stop(event, () => pad(key, amount.value + key));
  return undefined;
}

function stop(event, act) {
  event.preventDefault();
  act();
}

function scanned({ text, before }) {
  if (pays(text)) return type(before);
  memo.value = `${memo.value} ${text}`.trim().slice(0, memo.maxLength);
  type(before);
  const told = document.createElement('p');
  told.className = 'error';
  told.setAttribute('role', 'alert');
  told.textContent = form.dataset.scanned.replace('{text}', text);
  tell(told);
}

function pad(key, typed) {
  if (key === 'clear') clear();
  else type(press(amount.value, padKey(key) ?? key, sign.textContent, decimals(), typed));
}

function letGo() {
  clearTimeout(holding);
  setTimeout(() => {
    held = false;
  }, HOLD);
}

function taps(line) {
  if (line.matches('.gone')) undoing.get(line)();
  else if (!held) off(line);
}

// Whoever has real keys need not step through these.
for (const key of form.querySelectorAll('.keys button:not(.add)')) key.tabIndex = -1;
// A tap leaves the focus where it is; else the tablet's own keyboard would come and go.
form.addEventListener(
  'mousedown',
  (event) => event.target.closest('.keys button, .tape button, .recent-memos button') && event.preventDefault(),
);
form.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (button === add) stop(event, toTape);
  else if (button?.matches('.keys button')) pad(button.dataset.key ?? button.textContent);
  else if (button?.name === 'do') stop(event, () => taps(button.parentElement));
  else if (button?.parentElement.matches('.recent-memos')) memo.value = button.textContent;
});
const lineAt = ({ target }) => target.closest('li:not(.gone)');
tape.addEventListener('pointerdown', (event) => {
  held = false;
  const line = lineAt(event);
  if (line && event.button === 0) holding = setTimeout(again, HOLD, line);
});
for (const end of ['pointerup', 'pointercancel', 'pointerleave']) {
  // A browser may yet tell of a tap, or ask for its menu.
  tape.addEventListener(end, letGo);
}
// Of a finger that held it, of another button of the mouse, or of the key for it.
tape.addEventListener('contextmenu', (event) => {
  const line = lineAt(event);
  if (line) stop(event, () => again(line));
});
for (const it of form.querySelectorAll('#amount, [name=tax]')) it.addEventListener('input', () => changed());
document.addEventListener('selectionchange', group);
for (const it of units) {
  it.disabled = false;
  it.addEventListener('change', () => convert(it));
}
add.parentElement.classList.add('ready');
addEventListener('keydown', real);
if (matchMedia('(pointer: coarse)').matches) amount.inputMode = 'none';
// One step back from where it leads is this sale again, and not an empty till (pos/web/till/taken_up.py).
sendForms((to) => {
  delete sessionStorage.typed;
  history.replaceState(null, '', `?sale=${to.split(/\/|%3D/).pop()}`);
});
history.replaceState(null, '', location.pathname);
// A browser may bring back what was typed before the page was loaded again.
if (amount.value !== amount.defaultValue || find(':checked:not([checked])')) changed();
else [answered, counted] = [question(), taped()];
group();
toEnd();
ask(question(), 0);
form.addEventListener('refused', () => {
  display.dataset.state = 'trouble';
  amount.setAttribute('aria-invalid', 'true');
  // It may come to something else than when it was typed.
  blank();
  ask(question(), 0);
});
addEventListener('online', () => ask(question(), 0));
recent();
/* What was pressed where the sale before was over comes first, as if it had been pressed here. */
function begin({ text, scan }) {
  delete sessionStorage.begun;
  const since = amount.value;
  amount.value = '';
  for (const key of text + since) {
    if (key === '+') toTape();
    else pad(key, amount.value + key);
  }
  if (scan) scanned({ text: scan, before: amount.value });
}

if (sessionStorage.begun) begin(JSON.parse(sessionStorage.begun));
// What was typed before somebody looked at another sale.
if (sessionStorage.typed) import('./typed.js').then(({ bring }) => (bring(put) ? showUnit(unit()) : typed()));
const stayAwake = () => keepAwake(document.visibilityState === 'visible');
addEventListener('visibilitychange', stayAwake);
stayAwake();
setInterval(() => document.visibilityState === 'visible' && ask(question()), REFRESH);
live();
