/* The time that is left to pay, in figures and as a bar, while nobody asks the server. */
import { clock } from './lib/charge.js';

/** Returns a countdown that is written on the page. It calls `over` when no time is left. */
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
