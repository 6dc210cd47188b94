/* That the till does not answer is taken back once it does, where no `connection` (waiting.js) sees to it. */
import { knock, NoAnswer } from './lib/charge.js';

// Milliseconds. Who has just been told has the time to read it.
const EVERY = 4000;

const told = () => document.querySelector('.unsent');
let known;

async function ask() {
  const words = told();
  try {
    if (words) await knock(location.href);
    words?.remove();
  } catch (e) {
    if (!(e instanceof NoAnswer)) throw e;
  }
}

async function look() {
  if (known?.isConnected) await ask();
  known = told();
  setTimeout(look, EVERY);
}

addEventListener('online', ask);
setTimeout(look, EVERY);
