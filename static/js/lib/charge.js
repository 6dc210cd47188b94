/* What screens know about a charge: how to ask for it, and how to write the time it has left. No document in here. */

/** The server was not reached, or its answer was not about a charge. It never means "not paid". */
export class NoAnswer extends Error {}

/** Fetch, and give up after 5 s, the body included. `read` turns the response into a value. */
export async function get(url, read) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 5000);
  try {
    const answer = await fetch(url, { cache: 'no-store', signal: stop.signal });
    if (!answer.ok) throw new NoAnswer(`${url}: ${answer.status}`);
    return await read(answer);
  } catch (e) {
    // Offline, timed out, or something else answered in the server's place: all the same to a screen.
    if (e instanceof NoAnswer) throw e;
    throw new NoAnswer(url, { cause: e });
  } finally {
    clearTimeout(timer);
  }
}

/** The charge as the server sees it now. */
export async function ask(url) {
  const charge = await get(url, (answer) => answer.json());
  if (!['open', 'paid', 'expired'].includes(charge?.status)) throw new NoAnswer(`${url}: no charge`);
  return charge;
}

/** Seconds as m:ss or h:mm:ss, as templates/_parts.html does. */
export function clock(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  const two = (n) => String(n).padStart(2, '0');
  const minutes = Math.floor(left / 60);
  return (minutes < 60 ? minutes : `${Math.floor(minutes / 60)}:${two(minutes % 60)}`) + ':' + two(left % 60);
}
