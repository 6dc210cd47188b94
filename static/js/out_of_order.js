/* A page that nobody attends says by itself that the shop cannot sell, and comes back by itself. */
import { get, NoAnswer } from './lib/charge.js';
import { connection } from './waiting.js';

const ASK = 5000;

const root = document.documentElement;
// `usual` is the state that the page has while the shop can sell.
const { ready: url, usual } = document.querySelector('main').dataset;
const server = connection({ onLost: () => show(true) });

/** Ask from now on, while somebody can see the page. */
export async function watchOrder() {
  if (document.visibilityState === 'visible') await server.reach(look);
  setTimeout(watchOrder, ASK);
}

async function look() {
  const { ready } = await get(url, (answer) => answer.json());
  if (typeof ready !== 'boolean') throw new NoAnswer(`${url}: another answer`);
  show(!ready);
}

function show(out) {
  root.toggleAttribute('data-out', out);
  if (out) root.dataset.state = 'trouble';
  else if (usual) root.dataset.state = usual;
  else delete root.dataset.state;
}
