/* The resting kiosk: a touch starts, if the server is there. Nobody is here, so it is time for what an update brings. */
import { followLinks, go, goHomeWhenLeft, goUntouched, noLongPress } from './kiosk_home.js';
import { watchOrder } from './out_of_order.js';
import { sendForms } from './turn_page.js';
import { watchUnseen } from './unseen_charges.js';
import { keepAwake, live } from './waiting.js';

// Milliseconds for which a sentence stands there for whoever touched the screen.
const SAID = 20000;

const root = document.documentElement;
const form = document.querySelector('form');
const { version: mine } = document.querySelector('main').dataset;

sendForms();
form?.addEventListener('refused', () => setTimeout(() => go(root.dataset.kiosk), SAID));
followLinks(() => {
  root.dataset.lost = '';
});
addEventListener('online', () => delete root.dataset.lost);
addEventListener('pageshow', () => delete root.dataset.lost);
const stayAwake = () => keepAwake(document.visibilityState === 'visible');
addEventListener('visibilitychange', stayAwake);
stayAwake();
// Nobody is here: whoever waits for the word may come back.
watchUnseen(({ page }) => go(page));
watchOrder(({ version }) => version && version !== mine && goUntouched(root.dataset.kiosk));
// What it offers there has a price, which is about as much at the rate of now: each minute it comes anew.
if (form) goHomeWhenLeft();
else noLongPress();
// Whoever comes next wants to hear that it is paid.
localStorage.removeItem('sound');
live();
