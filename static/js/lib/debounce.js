/* Asking while somebody types: not at every key, and of several answers only the latest counts. No document in here. */

const PAUSE = 80;
const PATIENCE = 5000;

export async function fetched(url) {
  const answer = await fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) throw new TypeError(`${url}: ${answer.status}`);
  return answer;
}

/** Returns `ask(url)`, which waits for a pause and then gives `heard` the JSON. No answer is no news: nothing happens. */
export function latest(heard) {
  let turn = 0;
  let timer;
  return function ask(url, pause = PAUSE) {
    const mine = (turn += 1);
    clearTimeout(timer);
    timer = setTimeout(async () => {
      try {
        const answer = await (await fetched(url)).json();
        if (mine === turn) heard(answer);
      } catch {
        // Offline, or the server restarts: what is typed can still be charged, and Charge tells what is wrong.
      }
    }, pause);
  };
}
