/* The list of sales, while one of them may be paid any moment: what became of those in it, and what they come to, is of
   now. What was sold since is not put in under a finger; it is there when the page is opened again. */
import { NoAnswer } from './lib/charge.js';
import { readAnew } from './turned_away.js';

// Milliseconds.
const EVERY = 4000;

/* What somebody has unfolded stays so. */
function become(here, now) {
  if (!here || !now || now.textContent === here.textContent) return;
  const isUnfolded = here.querySelector('details')?.open;
  here.replaceChildren(...now.childNodes);
  if (isUnfolded) here.querySelector('details').open = true;
}

function show(page) {
  for (const part of ['.head', '.sums', '.chart']) become(document.querySelector(part), page.querySelector(part));
  const sales = new Map([...page.querySelectorAll('.sheet a')].map((it) => [it.pathname, it]));
  for (const sale of document.querySelectorAll('.sheet a')) become(sale, sales.get(sale.pathname));
}

async function look() {
  try {
    // Of the days that it shows: what was today when it was opened may be yesterday by now.
    if (document.visibilityState === 'visible') show(await readAnew(document.querySelector('main').dataset.page));
  } catch (e) {
    // Offline: what is shown was true a moment ago.
    if (!(e instanceof NoAnswer)) throw e;
  }
  lookLater();
}

function lookLater() {
  if (document.querySelector('.sheet .open, .sheet .not-known')) setTimeout(look, EVERY);
}

lookLater();
