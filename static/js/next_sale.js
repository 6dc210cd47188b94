/* The keyboard goes on where a sale is over: what is pressed there begins the next one. */
import { padKey, pays, scanner } from './lib/typing.js';

// Milliseconds without a key. More may come, and while the till is on its way to the screen a browser hears none.
const PAUSE = 450;

const find = (what) => document.querySelector(what);
const hear = scanner();
let text = '';
let scan;
let timer;

/** Take a key that was pressed on the page of a sale that is over. */
export function press(event) {
  // A customer's own phone has no way to the till.
  if (!find('#back')) return undefined;
  const { key, target, repeat } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return undefined;
  const scanned = hear(repeat ? 'Repeat' : key, event.timeStamp, text);
  if (scanned) return pays(scanned.text) ? show(scanned.before) : go(scanned.before, scanned.text);
  // A button that has the focus keeps its own Enter.
  if (key.length > 1 && (repeat || target.closest('a, button, summary'))) return undefined;
  if (key === 'Enter') return go(text, scan);
  if (key === 'Escape') return text ? show('') : go('');
  if (key === 'Backspace') return show(text.slice(0, -1));
  // Where a sale was begun already (typed.js), it goes on at the till.
  return (key === '+' || padKey(key)) && !sessionStorage.typed ? show(text + key) : undefined;
}

/* It stands on what leads to the next sale, and goes there once nothing more is typed. */
function show(typed) {
  keep(typed);
  if (text) timer = setTimeout(go, PAUSE, text, scan);
}

function go(typed, read) {
  scan = read;
  keep(typed);
  find('#back').click();
}

/* The till takes it from there (till.js), also what is pressed until it comes. */
function keep(typed) {
  clearTimeout(timer);
  text = typed;
  sessionStorage.begun = JSON.stringify({ text, scan });
  find('.begun')?.remove();
  if (text) (find('.actions a') ?? find('#back')).append(written());
}

function written() {
  const begun = document.createElement('bdi');
  begun.className = 'begun number';
  begun.textContent = ` ${text}`;
  return begun;
}

// One step back from there all of it was taken.
addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  scan = undefined;
  keep('');
});
