/* The resting kiosk: a touch starts, if the server is there. */
import { followLinks, go, noLongPress } from './kiosk_home.js';
import { watchOrder } from './out_of_order.js';
import { watchUnseen } from './unseen_charges.js';
import { keepAwake, live } from './waiting.js';

const root = document.documentElement;

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
watchOrder();
noLongPress();
// Whoever comes next wants to hear that it is paid.
localStorage.removeItem('sound');
live();
