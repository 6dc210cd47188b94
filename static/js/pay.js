/* The pay page, live: hears of news, asks the server, counts down, and turns into what the server says. */
import { ask, listen, takeLine } from './lib/charge.js';
import { sendForms, tellUnsent, turnPage } from './turn_page.js';
import { connection, countdown, keepAwake, live } from './waiting.js';

// Milliseconds from key to key: in which they belong together, and after which it is no reader of cards that goes on.
const BURST = 400;
const GAP = 1000;
export const CARD = /^(lightning:|lnurl|https:)/i;
// A name for this window.
const me = String(Math.random());
const announcer = document.querySelector('#announcer');
const find = (what) => document.querySelector(what);
const charge = () => find('#charge').dataset;
// At zero the server decides.
const time = countdown(look);
const server = connection({
  onLost: () => say(find('.connection-lost').textContent),
  onFound: () => charge().status === 'open' && say(announcer.dataset.found),
});

let asking = false;
let hurry = false;
let stale = false;
let next;
// When a key was pressed that began nothing.
let ignored;
let nextSale;
let typed = '';
let typedAt = 0;

const isLive = () => charge().status === 'open' && document.visibilityState === 'visible';

function say(text) {
  announcer.textContent = text;
}

/* Ask, one question at a time. */

export async function look() {
  clearTimeout(next);
  hurry = asking;
  if (asking || charge().status === 'paid') return;
  asking = true;
  try {
    await server.reach(follow);
  } finally {
    asking = false;
    if (hurry) look();
    else if (charge().status === 'paid') line.close();
    else next = setTimeout(look, pause());
  }
}

async function follow() {
  const now = await ask(charge().ask);
  time.sync(now.expires_at - now.now);
  // The line tells of money at once; that the wallet falls silent, it does not.
  stale = now.now - (now.asked_at ?? now.created_at) > 6;
  if (picture(now) !== picture(charge())) await turn();
}

/* What the page shows of a charge: another picture is another page. */
const picture = ({ status, known, silent }) => `${status} ${known} ${silent}`;

function pause() {
  if (charge().known === 'false') return 2000;
  if (line.isUp() && !server.failures()) return stale ? 2000 : 10000;
  return charge().status === 'expired' ? 5000 : Math.min(5000, 1100 * 1.5 ** server.failures());
}

/* Hear: a push never changes the page, it only makes it ask at once. */

const line = listen(charge().events, {
  news: ({ status }) => status !== charge().status && look(),
  down: look,
  wanted: isLive,
  take: () => takeLine(localStorage, me, Date.now()),
});

async function turn() {
  const main = await turnPage(find('#charge'), ({ dataset }) => picture(dataset) !== picture(charge()));
  if (!main) return;
  say(main.dataset.say);
  dress();
  perform(main.dataset);
}

/* What a screen does that saw the charge end; one that is opened later, to look it up, stays quiet and stays. */
async function perform({ ring, channel, leaveAfter }) {
  // Without its sound it is paid all the same.
  const silence = () => {};
  if (ring && localStorage.sound !== 'off') import('./sound.js').then((it) => it.ring(ring), silence);
  if (leaveAfter && channel === 'till') (await import('./leave.js')).leaveUntouched(leaveAfter);
}

/* Copy the invoice. */

async function copy({ currentTarget: button }) {
  const code = find('#invoice');
  const done = await navigator.clipboard?.writeText(code.textContent).then(
    () => true,
    () => false,
  );
  if (!done && !select(code)) return say(button.dataset.failed);
  const label = button.querySelector('span');
  button.dataset.word ??= label.textContent;
  label.textContent = button.dataset.done;
  setTimeout(() => {
    label.textContent = button.dataset.word;
  }, 2000);
  say(button.dataset.say);
}

/* A shop's own network has no https, and so no clipboard: select the text, and copy as a user would. */
function select(code) {
  code.closest('details').open = true;
  getSelection().selectAllChildren(code);
  return document.execCommand('copy');
}

/* The QR over the whole screen. */
async function grow() {
  const { close } = this.dataset;
  await import('./enlarge_qr.js').then((it) => it.grow(find('.qr img'), close), tellUnsent);
}

/* A device keeps its own silence. */
function hush() {
  localStorage.sound = localStorage.sound === 'off' ? 'on' : 'off';
  showSound();
}

function showSound() {
  find('#sound')?.setAttribute('aria-pressed', localStorage.sound !== 'off');
}

function wake(button, press) {
  if (!button) return;
  button.hidden = false;
  button.addEventListener('click', press);
}

/* Once it is over the keyboard goes on with the next sale, but not in the middle of what was begun before that. */
function press(event) {
  const isOver = charge().channel === 'till' && charge().status !== 'open';
  if (!isOver || event.timeStamp - ignored < BURST) {
    ignored = event.timeStamp;
    return;
  }
  // Asked for by each key it would not come in their order.
  nextSale ??= import('./next_sale.js');
  nextSale.then((it) => it.press(event), tellNone);
}

/* A reader of cards is a keyboard, which types wherever it may and faster than card.js comes. Its Enter must not press the
   button that was touched last. */
function read(event) {
  const { key, target, timeStamp } = event;
  const taker = cards();
  if (target.closest('input, textarea')) return;
  if (timeStamp - typedAt > GAP) typed = '';
  typedAt = timeStamp;
  if (key.length === 1) typed += key;
  if (key !== 'Enter') return;
  const card = typed;
  typed = '';
  if (!CARD.test(card)) return;
  event.preventDefault();
  taker.then((it) => it.tap(card), tellUnsent);
}

const cards = () => import('./card.js');

function tellNone() {
  nextSale = undefined;
  tellUnsent();
}

export function dress() {
  wake(find('#copy'), copy);
  wake(find('#grow'), grow);
  keepAwake(isLive());
  if (charge().status === 'open') time.start(Number(charge().left));
  else time.stop();
}

/* A tablet that wakes up may have slept through the payment. One that is put aside needs no line: others may. */
function back() {
  if (document.visibilityState === 'visible') {
    look();
    line.open();
  } else line.close();
  keepAwake(isLive());
}

document.addEventListener('visibilitychange', back);
addEventListener('online', back);
addEventListener('offline', line.lost);
addEventListener('pageshow', (event) => event.persisted && back());
addEventListener('keydown', press);
sendForms();
dress();
wake(find('#sound'), hush);
showSound();
line.open();
look();
live();
// What takes cards comes when one may: where NFC was in use before, where there is a field, and when a reader types.
if (charge().card) {
  addEventListener('keydown', read, true);
  if (localStorage.nfc || find('#card')) cards();
}
