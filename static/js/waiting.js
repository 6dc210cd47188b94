/* A page that somebody waits before: it lives, it knows whether the server is there, and it counts the time that is left. */
import { clock, NoAnswer } from './lib/charge.js';

// Milliseconds without an answer: one question that gets lost is nothing to tell, silence is.
const LOST = 4000;

/** Whether the server is there, told on the page. Returns `reach`, which asks the server, and `failures`, how often in a row it was not reached. */
export function connection({ onLost, onFound = () => {} }) {
  const { dataset } = document.documentElement;
  let timer;
  let waiting = 0;
  let failures = 0;

  /** Ask a question, which throws NoAnswer if the server was not reached. Returns whether it was. */
  async function reach(question) {
    timer ??= setTimeout(lost, LOST);
    waiting += 1;
    try {
      await question();
    } catch (e) {
      if (!(e instanceof NoAnswer)) throw e;
      failures += 1;
      return false;
    } finally {
      waiting -= 1;
    }
    found();
    return true;
  }
  function lost() {
    dataset.lost = '';
    onLost();
  }
  function found() {
    if (failures || 'lost' in dataset) document.querySelector('.unsent')?.remove();
    failures = 0;
    clearTimeout(timer);
    // Another question may still be out, which was asked later.
    timer = waiting ? setTimeout(lost, LOST) : undefined;
    if (!('lost' in dataset)) return;
    delete dataset.lost;
    onFound();
  }
  return { reach, failures: () => failures };
}

/** The time that is left to pay, in figures and as a bar, while nobody asks the server. It calls `over` when no time is left. */
export function countdown(over) {
  let left, since, timer;
  let running = false;
  let ended = false;

  // A device that sleeps may stop one of its clocks, so the one that is further on counts. Its date may be wrong.
  const remaining = () => left - Math.max(performance.now() - since.running, Date.now() - since.date) / 1000;

  function set(seconds) {
    left = seconds;
    since = { running: performance.now(), date: Date.now() };
    tick();
  }
  function tick() {
    clearTimeout(timer);
    if (!running) return;
    const seconds = remaining();
    document.querySelector('[role=timer]').textContent = clock(seconds);
    document.querySelector('progress').value = Math.max(0, Math.ceil(seconds));
    if (seconds > 0) timer = setTimeout(tick, (seconds % 1 || 1) * 1000);
    else if (!ended) over();
    ended = seconds <= 0;
  }
  function start(seconds) {
    running = true;
    ended = false;
    set(seconds);
  }
  function stop() {
    running = false;
  }
  /* The server counts whole seconds: between one less and these are left. In between our own count runs on, smoothly. */
  function sync(seconds) {
    if (running) set(Math.min(Math.max(remaining(), seconds - 1), seconds));
  }
  return { start, stop, sync, tick };
}

// What a shop installs has a manifest.
if (document.querySelector('[rel=manifest]')) import('./installed.js');

let lock;

/** Keep the screen on, or let it go dark again; a browser may refuse. */
export async function keepAwake(wanted) {
  if (!wanted) {
    lock?.release();
    lock = undefined;
  } else if (navigator.wakeLock && (!lock || lock.released)) {
    try {
      lock = await navigator.wakeLock.request('screen');
    } catch (e) {
      if (e.name !== 'NotAllowedError') throw e;
    }
  }
}

/** Say that one more of the page's modules runs: see without_life.js. */
export function live() {
  const { dataset } = document.documentElement;
  dataset.live = Number(dataset.live ?? 0) + 1;
}
