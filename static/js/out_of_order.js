/* A page that nobody attends says by itself that the shop cannot sell, and comes back by itself. */
import { get, NoAnswer } from './lib/charge.js';
import { turnedAway } from './turned_away.js';
import { connection } from './waiting.js';

// Milliseconds. Within 5 s a kiosk that was taken off the shop is none any more.
const ASK = 4000;

const root = document.documentElement;
// `usual` is the state that the page has while the shop can sell.
const { ready: url, usual } = document.querySelector('main').dataset;
const server = connection({ onLost: () => show(true) });

/** Ask from now on, while somebody can see the page. `heard` gets what the server says each time. */
export async function watchOrder(heard = () => {}) {
  if (document.visibilityState === 'visible') await server.reach(() => look(heard));
  setTimeout(watchOrder, ASK, heard);
}

async function look(heard) {
  const said = await get(url, (answer) => answer.json()).catch(turnedAway);
  if (typeof said?.ready !== 'boolean') throw new NoAnswer(`${url}: another answer`);
  show(!said.ready);
  heard(said);
}

function show(out) {
  root.toggleAttribute('data-out', out);
  if (out) root.dataset.state = 'trouble';
  else if (usual) root.dataset.state = usual;
  else delete root.dataset.state;
}
