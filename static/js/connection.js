/* Whether the server is there, told on the page: one question that gets lost is nothing to tell, silence is. */
import { NoAnswer } from './lib/charge.js';

// Milliseconds without an answer.
const LOST = 4000;

/** Returns `reach`, which asks the server, and `failures`, how often in a row it was not reached. */
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
