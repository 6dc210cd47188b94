/* A jar on a second screen or in a stream: each tip comes up when it comes, one after the other. What it says is only ever a text. */
import { follow, line } from './jar_news.js';
import { ring } from './sound.js';
import { keepAwake, live } from './waiting.js';

// Milliseconds: how long a tip is up, and how long while others wait.
const LONG = 10000;
const SHORT = 3000;
// Characters: what is longer is written smaller (live.html, too).
const LONG_WORDS = 60;

const find = (what) => document.querySelector(what);
const main = find('main');
const stage = find('#stage');
const hint = find('#hint');
// What was paid before the page was opened does not come up.
const known = new Set(main.dataset.known.split(' '));
const waiting = [];
let latest = [];
let isOpen = find('#closed')?.hidden;
let up, since, timer;

function show({ gone, open, goal, raised, percent, tips }) {
  if (gone) return location.reload();
  latest = tips;
  isOpen = open;
  for (const tip of tips.toReversed()) {
    if (!known.has(tip.id)) waiting.push(tip.id);
    known.add(tip.id);
  }
  find('.goal').hidden = !raised;
  find('#goal').textContent = goal;
  find('#raised').textContent = raised;
  find('.goal progress').value = percent;
  if (up) say();
  list();
  rest();
  expect();
  return undefined;
}

/* What stands there while no tip is up. */
function rest() {
  if (!find('#idle')) return;
  find('#idle').hidden = Boolean(up) || !isOpen;
  find('#closed').hidden = Boolean(up) || isOpen;
}

/* Those that are yet to come up stand in the list after that. */
function list() {
  if (!find('.said')) return;
  const over = latest.filter(({ id }) => id !== up && !waiting.includes(id));
  find('.said ul').replaceChildren(...over.map(line));
  find('.said').hidden = !over.length;
}

/* What was hidden meanwhile says nothing any more, be it up or yet to come. */
function say() {
  const tip = latest.find(({ id }) => id === up);
  if (!tip) return;
  stage.querySelector('.amount').dataset.len = tip.amount.length;
  stage.querySelector('.number').textContent = tip.amount;
  stage.querySelector('.from bdi').textContent = tip.name;
  const quote = stage.querySelector('.quote');
  quote.toggleAttribute('data-long', tip.text.length > LONG_WORDS);
  quote.firstElementChild.textContent = tip.text;
}

function expect() {
  clearTimeout(timer);
  if (!up && !waiting.length) return;
  const long = waiting.length ? SHORT : LONG;
  timer = setTimeout(next, up ? Math.max(0, since + long - performance.now()) : 0);
}

function next() {
  up = waiting.shift();
  since = performance.now();
  stage.replaceChildren(...(up ? [find('#drop').content.cloneNode(true)] : []));
  rest();
  if (up) {
    say();
    ring('paid');
  }
  list();
  expect();
}

/* A browser lets nothing be heard of a page that nobody has touched; a program for streams does not mind. */
function hintAtSound() {
  if (hint) hint.hidden = navigator.userActivation?.hasBeenActive ?? true;
}

for (const touch of ['pointerup', 'keydown']) addEventListener(touch, () => setTimeout(hintAtSound));
document.addEventListener('visibilitychange', () => keepAwake(document.visibilityState === 'visible'));
keepAwake(document.visibilityState === 'visible');
// What stands there for who has no scripts.
stage.replaceChildren();
hintAtSound();
follow(main.dataset, show);
live();
