/* The page without a connection, in the place of any other: it looks whether the till is back, and gives way to that. */
import { knock, NoAnswer } from './lib/charge.js';
import { keepAwake, live } from './waiting.js';

// Milliseconds.
const AGAIN = 2000;

const find = (what) => document.querySelector(what);
const { alive, charge } = find('main').dataset;
let timer;

/* It is asked whether the till lives, and not for the page: that one may take its time. */
async function look() {
  clearTimeout(timer);
  try {
    await knock(alive);
    location.reload();
  } catch (e) {
    if (!(e instanceof NoAnswer)) throw e;
  }
  timer = setTimeout(look, AGAIN);
}

function awake() {
  keepAwake(document.visibilityState === 'visible');
}

// What was typed at the till which was to be shown (typed.js).
const { at } = JSON.parse(sessionStorage.typed ?? '{}');
find('#kept').hidden = at !== location.pathname;
find('#charge').hidden = !location.pathname.startsWith(charge);
addEventListener('online', look);
addEventListener('visibilitychange', awake);
awake();
timer = setTimeout(look, AGAIN);
live();
