/* What screens know about a charge: how to ask for it and hear of it, and to write the time left. No document in here. */

/** The till was not reached: nothing answered, or something else in its place. It never means "not paid". */
export class NoAnswer extends Error {}

// What answers of the till bear (pos/web/headers.py); a proxy's page for signing in does not, and may say 200.
const MARK = 'lightning-till';

/** Fetch, and give up after 5 s, the body included. `read` turns the response into a value. */
export function get(url, read) {
  return reached(url, { cache: 'no-store' }, 5000, (answer) => {
    if (!answer.ok) throw new NoAnswer(url, { cause: answer.status });
    return read(answer);
  });
}

/** Ask whether the till would answer there, whatever it would say. Throws NoAnswer. */
export function knock(url) {
  return reached(url, { method: 'HEAD', cache: 'no-store' }, 5000, () => {});
}

/**
 * Send a form. Returns where it leads (pos/web/redirects.py), or the page that says why it leads nowhere. The server may
 * have to wait for its wallet; `patience` is in milliseconds.
 */
export function post(url, body, patience = 30000) {
  const options = { method: 'POST', body, headers: { 'X-Requested-With': 'fetch' } };
  return reached(url, options, patience, async (answer) => ({
    to: answer.headers.get('location'),
    text: await answer.text(),
  }));
}

async function reached(url, options, patience, read) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    const answer = await fetch(url, { ...options, signal: stop.signal });
    if (!answer.headers.has(MARK)) throw new NoAnswer(`${url}: not of the till`);
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

// Milliseconds until a window that got no line tries again.
const AGAIN = 5000;

/**
 * Keep a line open on which the server tells what becomes of a charge, where each word is a hint to ask, or of a jar.
 * `news` gets what an event of this `name` says, `down` runs when the line is lost; it is tried again for as long as it
 * is `wanted`. `take` tells whether this window may have a line now, and is asked again while it has one. A line that
 * says nothing for so many milliseconds of `silence` is dead; all that break at once are tried again over a `spread`.
 */
export function listen(url, { name = 'charge', silence = 12000, spread = 0, news, down, wanted, take }) {
  let source, up, dead, again;
  let tries = 0;

  function heard() {
    up = true;
    take();
    expect();
  }
  /* The server says something every few seconds; a line that a dead network left behind says nothing at all. */
  function expect() {
    clearTimeout(dead);
    dead = setTimeout(lost, silence);
  }
  function open() {
    clearTimeout(again);
    if (source || !wanted()) return;
    if (!take()) {
      again = setTimeout(open, AGAIN);
      return;
    }
    source = new EventSource(url);
    source.addEventListener(name, (push) => {
      heard();
      news(JSON.parse(push.data));
    });
    source.addEventListener('heartbeat', () => {
      heard();
      tries = 0;
    });
    source.addEventListener('error', lost);
    expect();
  }
  function close() {
    clearTimeout(dead);
    clearTimeout(again);
    source?.close();
    source = up = undefined;
  }
  function lost() {
    close();
    // Not all screens of a shop in the same moment.
    const wait = Math.min(15000, 1000 * 2 ** tries) * (0.5 + Math.random() / 2);
    again = setTimeout(open, wait + Math.random() * spread);
    tries += 1;
    down();
  }
  return { open, close, lost, isUp: () => up };
}

// How many windows of a browser keep a line, and where they say so: it has six connections to a server for all of them.
const KEY = 'lines';
const MOST = 2;
// Milliseconds. Who has a line says so again within this time; the line of a window that was closed is free after it.
const STALE = 15000;

/** Take a line for a window, or keep it: `me` names the window. Tell whether there is one left; else it has to ask. */
export function takeLine(store, me, now) {
  const taken = Object.entries(JSON.parse(store.getItem(KEY) ?? '{}'));
  const others = taken.filter(([name, at]) => name !== me && now - at < STALE);
  const isFree = others.length < MOST;
  store.setItem(KEY, JSON.stringify(Object.fromEntries(isFree ? [...others, [me, now]] : others)));
  return isFree;
}

/** Seconds as m:ss or h:mm:ss, as templates/_parts.html does. */
export function clock(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  const two = (n) => String(n).padStart(2, '0');
  const minutes = Math.floor(left / 60);
  const before = minutes < 60 ? minutes : `${Math.floor(minutes / 60)}:${two(minutes % 60)}`;
  return `${before}:${two(left % 60)}`;
}
