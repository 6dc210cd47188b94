/* What becomes of this device while a page of the shop's own stands open on it: asked for every few seconds. */
import { get, NoAnswer } from './lib/charge.js';
import { turnedAway } from './turned_away.js';

// Milliseconds. Within 5 s a page on a device that was taken off the shop is none any more.
const EVERY = 4000;

/** Ask again and again, at the address that `address` returns, and give `hear` what the till says there. */
export function followDevice(address, hear) {
  async function look() {
    setTimeout(look, EVERY);
    try {
      hear(await get(address(), (answer) => answer.json()).catch(turnedAway));
    } catch (e) {
      // Offline: the next one may be heard.
      if (!(e instanceof NoAnswer)) throw e;
    }
  }
  setTimeout(look, EVERY);
}
