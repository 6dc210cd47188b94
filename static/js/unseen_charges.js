/* Charges that the kiosk left while they were open: a payment for one of them is shown all the same. */
import { ask, NoAnswer } from './lib/charge.js';
import { forget, left } from './lib/unseen_charges.js';

const ASK = 2000;

/** Ask about them from now on, and go to the first that is paid. */
export async function watchUnseen() {
  for (const charge of left(sessionStorage)) {
    try {
      const now = await ask(charge.ask);
      if (now.status === 'paid') return location.assign(charge.page);
      if (now.status === 'expired' && now.known) forget(sessionStorage, charge.page);
    } catch (e) {
      if (!(e instanceof NoAnswer)) throw e;
    }
  }
  setTimeout(watchUnseen, ASK);
}
