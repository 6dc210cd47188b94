/* The page of a sale, live: while there is something still to come it becomes what the server says. */
import { NoAnswer } from './lib/charge.js';
import { turnPage } from './turn_page.js';
import { live } from './waiting.js';

// Milliseconds.
const EVERY = 2000;

const sale = () => document.querySelector('#sale');

async function look() {
  try {
    // What somebody has unfolded stays so while nothing is new.
    if (document.visibilityState === 'visible') {
      await turnPage(sale(), ({ textContent }) => textContent !== sale().textContent);
    }
  } catch (e) {
    // Offline: what is shown was true a moment ago.
    if (!(e instanceof NoAnswer)) throw e;
  }
  lookLater();
}

function lookLater() {
  if ('due' in sale().dataset) setTimeout(look, EVERY);
}

lookLater();
live();
