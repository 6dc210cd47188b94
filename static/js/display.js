/* The customer display, live: hears what is due, or else asks each second, and turns into what the server shows. */
import { get, listen, NoAnswer, takeLine } from './lib/charge.js';
import { sendForms, turnPage } from './turn_page.js';
import { turnedAway } from './turned_away.js';
import './pictures.js';
import { connection, countdown, keepAwake, live } from './waiting.js';

// Milliseconds.
const PAUSE = 1000;
const LONGEST_PAUSE = 5000;
// Seconds. With so little time left a code that is gone does not come back: it would only flicker.
const LAST = 1;

// A name for this window.
const me = String(Math.random());

const find = (what) => document.querySelector(what);
const shown = () => find('#display').dataset;
const isVisible = () => document.visibilityState === 'visible';
const time = countdown(over);
const server = connection({ onLost: () => say(shown().cut) });

let asking = false;
// What was heard while the page was turning.
let heard;
let next;

/* While the line is up nobody asks; what it says is due, is taken over at once. */
async function look(due) {
  clearTimeout(next);
  if (!isVisible()) return;
  if (asking) {
    heard = due ?? heard;
    return;
  }
  asking = true;
  try {
    await server.reach(() => follow(due));
  } finally {
    asking = false;
    const waiting = heard;
    heard = undefined;
    if (waiting) look(waiting);
    else if (server.failures() || !line.isUp()) next = setTimeout(look, pause());
  }
}

function pause() {
  return Math.min(LONGEST_PAUSE, PAUSE * 1.5 ** server.failures());
}

const line = listen(shown().events, {
  name: 'screen',
  news: look,
  down: () => look(),
  wanted: isVisible,
  take: () => takeLine(localStorage, me, Date.now()),
});

async function follow(told) {
  const due = told ?? (await get(shown().ask, (answer) => answer.json()).catch(turnedAway));
  if (typeof due?.version !== 'string') throw new NoAnswer('not a display');
  if (due.version !== shown().version || ('over' in shown() && due.left > LAST)) await turn();
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

/* Nobody is to pay this invoice from here on, whether or not the server answers. Unless it says that there is time left:
   then it was our clock that was wrong. */
function over() {
  find('figure.qr')?.remove();
  find('.gone').hidden = false;
  shown().over = '';
  look();
}

function back() {
  time.tick();
  if (isVisible()) line.open();
  else line.close();
  look();
  keepAwake(isVisible());
}

document.addEventListener('visibilitychange', back);
addEventListener('online', back);
addEventListener('offline', line.lost);
addEventListener('pageshow', (event) => event.persisted && back());
count();
sendForms();
back();
live();
