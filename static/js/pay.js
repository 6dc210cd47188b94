/* The pay page, live: hears of news, asks the server, counts down, and turns into what the server says. */
import { NoAnswer, ask, clock, get, listen } from './lib/charge.js';

const root = document.documentElement;
const said = document.querySelector('#said');
const find = (what) => document.querySelector(what);
const charge = () => find('#charge').dataset;

// When the time is up, in seconds of this page's own running clock: a tablet's date may be wrong.
let end = clockNow() + Number(charge().left ?? 0);
let asking = false;
let hurry = false;
let failures = 0;
let next, lostIn, zeroIn, lock;

function live() {
  return charge().status === 'open' && document.visibilityState === 'visible';
}

function say(text) {
  said.textContent = text;
}

/* Ask, one question at a time. */

async function look() {
  clearTimeout(next);
  hurry = asking;
  if (asking || charge().status === 'paid') return;
  asking = true;
  lostIn ??= setTimeout(lost, 4000);
  try {
    const now = await ask(charge().ask);
    sync(now.expires_at - now.now);
    if (now.status !== charge().status) await turn();
    found();
  } catch (e) {
    if (!(e instanceof NoAnswer)) throw e;
    failures += 1;
  } finally {
    asking = false;
    tick();
    if (hurry) look();
    else if (charge().status === 'paid') line.close();
    else next = setTimeout(look, pause());
  }
}

function pause() {
  if (line.isUp() && !failures) return 10000;
  return charge().status === 'expired' ? 5000 : Math.min(5000, 1100 * 1.5 ** failures);
}

/* Hear: a push never changes the page, it only makes it ask at once. */

const line = listen(charge().events, {
  news: (status) => status !== charge().status && look(),
  down: look,
  wanted: live,
});

function lost() {
  root.dataset.lost = '';
  say(find('.lost').textContent);
}

function found() {
  failures = 0;
  clearTimeout(lostIn);
  lostIn = undefined;
  if (!('lost' in root.dataset)) return;
  delete root.dataset.lost;
  if (charge().status === 'open') say(said.dataset.found);
}

/* Become the page that the server shows now. Only that page can turn the screen green. */

async function turn() {
  const text = await get(charge().page, (answer) => answer.text());
  const page = new DOMParser().parseFromString(text, 'text/html');
  const main = page.querySelector('#charge');
  if (!main) throw new NoAnswer('not a pay page');
  if (main.dataset.status === charge().status) return;
  const old = find('#charge');
  const focused = old.contains(document.activeElement);
  old.replaceWith(document.adoptNode(main));
  root.dataset.state = page.documentElement.dataset.state;
  document.body.className = page.body.className;
  document.title = page.title;
  for (const colour of document.querySelectorAll('[name=theme-color]')) {
    colour.content = page.querySelector(`[name=theme-color][media="${colour.media}"]`).content;
  }
  scrollTo(0, 0);
  if (focused) {
    const title = main.querySelector('h1');
    title.tabIndex = -1;
    title.focus();
  }
  say(main.dataset.say);
  dress();
  perform(main.dataset);
}

/* What a screen does that saw the charge end; one that is opened later, to look it up, stays quiet and stays. */
async function perform({ ring, channel, leaveAfter }) {
  if (ring && localStorage.sound !== 'off') (await import('./sound.js')).ring(ring);
  if (leaveAfter && channel === 'till') (await import('./leave.js')).leaveUntouched(leaveAfter);
}

/* Count down; at zero the server decides. */

function clockNow() {
  return performance.now() / 1000;
}

/* The server counts whole seconds: between left - 1 and left remain. Inside of that our own count runs on, smoothly. */
function sync(left) {
  end = Math.min(Math.max(end, clockNow() + left - 1), clockNow() + left);
}

function tick() {
  if (charge().status !== 'open') return;
  const seconds = end - clockNow();
  find('[role=timer]').textContent = clock(seconds);
  find('progress').value = Math.max(0, Math.ceil(seconds));
  clearTimeout(zeroIn);
  if (seconds > 0) zeroIn = setTimeout(seconds > 1 ? tick : zero, (seconds % 1 || 1) * 1000);
}

function zero() {
  tick();
  look();
}

/* Copy the invoice. */

async function copy({ currentTarget: button }) {
  const code = find('#invoice');
  const done = navigator.clipboard ? await write(code.textContent) : false;
  if (!done && !select(code)) return say(button.dataset.failed);
  const label = button.querySelector('span');
  const word = (button.dataset.word ??= label.textContent);
  label.textContent = button.dataset.done;
  setTimeout(() => { label.textContent = word; }, 2000);
  say(button.dataset.say);
}

function write(text) {
  return navigator.clipboard.writeText(text).then(() => true, () => false);
}

/* A shop's own network has no https, and so no clipboard: select the text, and copy as a user would. */
function select(code) {
  code.closest('details').open = true;
  getSelection().selectAllChildren(code);
  return document.execCommand('copy');
}

/* The screen stays on while somebody may pay. */

async function awake() {
  if (!live()) {
    lock?.release();
    lock = undefined;
  } else if (navigator.wakeLock && (!lock || lock.released)) {
    try {
      lock = await navigator.wakeLock.request('screen');
    } catch (e) {
      if (e.name !== 'NotAllowedError') throw e;
    }
  }
}

/* The QR over the whole screen. */
async function grow() {
  (await import('./enlarge_qr.js')).grow(find('.qr img'), this.dataset.close);
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

function dress() {
  wake(find('#copy'), copy);
  wake(find('#grow'), grow);
  awake();
  tick();
}

/* A tablet that wakes up may have slept through the payment. One that is put aside needs no line: others may. */
function back() {
  if (document.visibilityState === 'visible') {
    look();
    line.open();
  } else line.close();
  awake();
}

document.addEventListener('visibilitychange', back);
addEventListener('online', back);
addEventListener('offline', line.lost);
addEventListener('pageshow', (event) => event.persisted && back());
dress();
wake(find('#sound'), hush);
showSound();
line.open();
look();
