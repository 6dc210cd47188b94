/* The customer's screen, live: asks each second what is due, and turns into what the server shows. */
import { NoAnswer, clock, get } from './lib/charge.js';

const LOST = 4000;
const PAUSE = 1000;
const LONGEST_PAUSE = 5000;

const root = document.documentElement;
const find = (what) => document.querySelector(what);
const shown = () => find('#screen').dataset;

let left = Number(shown().left ?? 0);
let counted = [performance.now(), Date.now()];
let asking = false;
let failures = 0;
let next, lostIn, lock;

async function look() {
  clearTimeout(next);
  if (asking || document.visibilityState !== 'visible') return;
  asking = true;
  lostIn ??= setTimeout(lost, LOST);
  try {
    const due = await get(shown().ask, (answer) => answer.json());
    if (typeof due?.version !== 'string') throw new NoAnswer('not a screen');
    if (due.version !== shown().version || ('over' in shown() && due.left > 0)) await turn();
    else if (due.left !== null) sync(due.left);
    found();
  } catch (e) {
    if (!(e instanceof NoAnswer)) throw e;
    failures += 1;
  } finally {
    asking = false;
    next = setTimeout(look, Math.min(LONGEST_PAUSE, PAUSE * 1.5 ** failures));
  }
}

function say(text) {
  find('#said').textContent = text;
}

function lost() {
  root.dataset.lost = '';
  say(shown().cut);
}

function found() {
  failures = 0;
  clearTimeout(lostIn);
  lostIn = undefined;
  delete root.dataset.lost;
}

/* Become the page that the server shows now. Only that page can turn the screen green. */
async function turn() {
  const text = await get(shown().page, (answer) => answer.text());
  const page = new DOMParser().parseFromString(text, 'text/html');
  const main = page.querySelector('#screen');
  if (!main) throw new NoAnswer('not a screen');
  find('#screen').replaceWith(document.adoptNode(main));
  if (page.documentElement.dataset.state) root.dataset.state = page.documentElement.dataset.state;
  else delete root.dataset.state;
  document.body.className = page.body.className;
  document.title = page.title;
  for (const colour of document.querySelectorAll('[name=theme-color]')) {
    colour.content = page.querySelector(`[name=theme-color][media="${colour.media}"]`).content;
  }
  scrollTo(0, 0);
  say(main.dataset.say);
  count(Number(main.dataset.left ?? 0));
}

/* Count down. A device that sleeps may stop one of its clocks, so the one that is further on counts. */

function count(seconds) {
  left = seconds;
  counted = [performance.now(), Date.now()];
  tick();
}

/* The server counts whole seconds. Inside of that our own count runs on, smoothly. */
function sync(seconds) {
  if (remaining() > seconds || remaining() < seconds - 1) count(seconds);
}

function remaining() {
  return left - Math.max(performance.now() - counted[0], Date.now() - counted[1]) / 1000;
}

function tick() {
  if (shown().status !== 'open') return;
  const seconds = remaining();
  find('[role=timer]').textContent = clock(seconds);
  find('progress').value = Math.max(0, Math.ceil(seconds));
  if (seconds <= 0) over();
}

/* Whatever the server says, or does not say any more: this invoice must not be paid from here on. */
function over() {
  find('figure.qr')?.remove();
  find('.gone').hidden = false;
  shown().over = '';
}

async function awake() {
  if (document.visibilityState !== 'visible' || !navigator.wakeLock || (lock && !lock.released)) return;
  try {
    lock = await navigator.wakeLock.request('screen');
  } catch (e) {
    if (e.name !== 'NotAllowedError') throw e;
  }
}

function back() {
  tick();
  look();
  awake();
}

document.addEventListener('visibilitychange', back);
addEventListener('online', back);
addEventListener('pageshow', (event) => event.persisted && back());
setInterval(tick, 250);
back();
