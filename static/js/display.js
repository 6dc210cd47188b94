/* The customer display, live: asks each second what is due, and turns into what the server shows. */
import { get, NoAnswer } from './lib/charge.js';
import { turnPage } from './turn_page.js';
import { connection, countdown, keepAwake, live } from './waiting.js';

// Milliseconds.
const PAUSE = 1000;
const LONGEST_PAUSE = 5000;

const find = (what) => document.querySelector(what);
const shown = () => find('#display').dataset;
const isVisible = () => document.visibilityState === 'visible';
const time = countdown(over);
const server = connection({ onLost: () => say(shown().cut) });

let asking = false;
let next;

async function look() {
  clearTimeout(next);
  if (asking || !isVisible()) return;
  asking = true;
  try {
    await server.reach(follow);
  } finally {
    asking = false;
    next = setTimeout(look, Math.min(LONGEST_PAUSE, PAUSE * 1.5 ** server.failures()));
  }
}

async function follow() {
  const due = await get(shown().ask, (answer) => answer.json());
  if (typeof due?.version !== 'string') throw new NoAnswer('not a display');
  if (due.version !== shown().version || ('over' in shown() && due.left > 0)) await turn();
  else if (due.left !== null) time.sync(due.left);
}

async function turn() {
  const main = await turnPage(find('#display'));
  if (!main) return;
  say(main.dataset.say);
  count();
}

function say(text) {
  find('#announcer').textContent = text;
}

function count() {
  if (shown().status === 'open') time.start(Number(shown().left));
  else time.stop();
}

/* Whatever the server says, or does not say any more: this invoice must not be paid from here on. */
function over() {
  find('figure.qr')?.remove();
  find('.gone').hidden = false;
  shown().over = '';
}

function back() {
  time.tick();
  look();
  keepAwake(isVisible());
}

document.addEventListener('visibilitychange', back);
addEventListener('online', back);
addEventListener('pageshow', (event) => event.persisted && back());
count();
back();
live();
