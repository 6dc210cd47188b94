/* The kiosk's first screen: left alone, it forgets what was typed and rests. */
import { followLinks, goHomeWhenLeft } from './kiosk_home.js';
import { watchOrder } from './out_of_order.js';
import { sendForms, tellUnsent } from './turn_page.js';
import { watchUnseen } from './unseen_charges.js';
import { keepAwake, live } from './waiting.js';

const THANKED = 8000;

/* The next customer is at it, and is not interrupted. */
function thank() {
  const before = document.querySelector('#before');
  before.textContent = before.dataset.say;
  setTimeout(() => {
    before.textContent = '';
  }, THANKED);
}

sendForms();
followLinks(tellUnsent);
goHomeWhenLeft();
const stayAwake = () => keepAwake(document.visibilityState === 'visible');
addEventListener('visibilitychange', stayAwake);
stayAwake();
watchUnseen(thank);
watchOrder();
live();
