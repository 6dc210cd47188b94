/* Asking while somebody types: not at every key, and of several answers only the latest counts. No document in here. */
import { get, NoAnswer } from './charge.js';

// Milliseconds.
const PAUSE = 80;

/** Returns `ask(url)`, which waits for a pause and then gives `heard` the JSON. No answer is no news: nothing happens. */
export function debounced(heard) {
  let turn = 0;
  let timer;
  return function ask(url, pause = PAUSE) {
    turn += 1;
    const mine = turn;
    clearTimeout(timer);
    timer = setTimeout(async () => {
      try {
        const answer = await get(url, (it) => it.json());
        if (mine === turn) heard(answer);
      } catch (e) {
        // Offline, or the server restarts: what is typed can still be charged, and Charge tells what is wrong.
        if (!(e instanceof NoAnswer)) throw e;
      }
    }, pause);
  };
}
