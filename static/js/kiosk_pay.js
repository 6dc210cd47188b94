/* The pay page on a kiosk: nobody attends it, so it goes back by itself. */
import { followLinks, noLongPress } from './kiosk_home.js';
import { charge, leave, stay } from './leave.js';
import { forget, remember } from './lib/unseen_charges.js';
import { tellUnsent } from './turn_page.js';
import { live } from './waiting.js';

const QUIET = 60000;
const WARNED = 30;

const root = document.documentElement;
// Where nobody has paid there is nobody any more.
const { kiosk: rest } = root.dataset;
let timer;

/* Wait for the next thing to do in this state; a touch starts over. */
function wait() {
  clearTimeout(timer);
  stay();
  delete root.dataset.idle;
  const { status, known, page, ask, leaveAfter } = charge();
  if (status === 'open') timer = setTimeout(warn, QUIET);
  else if (leaveAfter) leave(leaveAfter, status === 'expired' ? rest : undefined);
  if (status === 'open' || known === 'false') remember(sessionStorage, { page, ask });
  else forget(sessionStorage, page);
}

function warn() {
  root.dataset.idle = '';
  document.querySelector('#announcer').textContent = document.querySelector('.still-there').dataset.say;
  leave(WARNED, rest);
}

new MutationObserver(wait).observe(document.body, { childList: true });
for (const touch of ['pointerdown', 'keydown', 'wheel']) {
  addEventListener(touch, () => charge().status === 'open' && wait(), { passive: true });
}
// This page is no place to come back to: the next customer would see what the last one has paid.
const isOld = performance.getEntriesByType('navigation')[0]?.type === 'back_forward';
addEventListener('pageshow', (event) => (event.persisted || isOld ? leave(0) : wait()));
wait();
followLinks(tellUnsent);
noLongPress();
// Who has paid is done, and a silence of theirs is not the next customer's.
addEventListener('pagehide', () => charge().status === 'paid' && localStorage.removeItem('sound'));
live();
