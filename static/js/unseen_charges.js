/* Charges that the kiosk left while they were open: a payment for one of them is shown all the same. */
import { ask, NoAnswer } from './lib/charge.js';
import { forget, left } from './lib/unseen_charges.js';

const ASK = 2000;

/** Ask about them from now on. `onPaid` gets each that is paid, once. */
export async function watchUnseen(onPaid) {
  for (const charge of left(sessionStorage)) {
    try {
      const now = await ask(charge.ask);
      if (now.status === 'paid') onPaid(charge);
      if (now.status === 'paid' || (now.status === 'expired' && now.known)) forget(sessionStorage, charge.page);
    } catch (e) {
      if (!(e instanceof NoAnswer)) throw e;
    }
  }
  setTimeout(watchUnseen, ASK, onPaid);
}
