/* A jar's page is told what is new: which goal it has and how far it is, and what others say. What they say is only ever a text. */
import { get, listen, NoAnswer, takeLine } from './lib/charge.js';

// Milliseconds: how often a page without a line asks, after how long a line that says nothing is dead, and over how long
// all come back after a restart: thousands in one moment would keep the shop from selling.
const ASK = 5000;
const SILENCE = 40000;
const SPREAD = 10000;

const me = String(Math.random());
const find = (what) => document.querySelector(what);
const isSeen = () => document.visibilityState === 'visible';

function showPage({ open, goal, goal_text: text, ends, percent, messages }) {
  // Where nothing can be put in any more, there is another page.
  if (open === false) return location.reload();
  find('.goal').hidden = !goal;
  find('#goal').textContent = text;
  find('#raised').textContent = goal;
  find('.goal progress').value = percent;
  find('#ends').textContent = ends;
  if (find('.said')) say(messages);
  return undefined;
}

function say(messages) {
  const list = find('.said ul');
  list.replaceChildren(...messages.map(line));
  list.parentElement.hidden = !messages.length;
}

/** A line of the list of what others say. */
export function line({ name, text, amount }) {
  const item = document.createElement('li');
  const words = document.createElement('p');
  words.append(element('span', text), element('small', name));
  const sum = document.createElement('b');
  sum.textContent = amount;
  sum.className = 'number';
  item.append(words, sum);
  return item;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  made.dir = 'auto';
  return made;
}

/** Keep what the page shows up to date, by a line or by asking; `show` is told what there is. */
export function follow({ events, news }, show = showPage) {
  let timer;
  const heard = listen(events, {
    name: 'jar',
    silence: SILENCE,
    spread: SPREAD,
    news: show,
    down: later,
    wanted: isSeen,
    take: () => takeLine(localStorage, me, Date.now()),
  });

  function later() {
    clearTimeout(timer);
    timer = setTimeout(ask, ASK * (1 + Math.random()));
  }
  async function ask() {
    clearTimeout(timer);
    if (heard.isUp() || !isSeen()) return;
    try {
      show(await get(news, (answer) => answer.json()));
    } catch (e) {
      if (!(e instanceof NoAnswer)) throw e;
    }
    later();
  }
  function back() {
    if (isSeen()) heard.open();
    else heard.close();
    ask();
  }

  document.addEventListener('visibilitychange', back);
  addEventListener('pageshow', (event) => event.persisted && back());
  heard.open();
  later();
}
