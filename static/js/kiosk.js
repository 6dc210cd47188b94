/* The kiosk's first screen: left alone, it rests. */
import { thank } from './kiosk_before.js';
import { followLinks, goHomeWhenLeft } from './kiosk_home.js';
import { watchOrder } from './out_of_order.js';
import { sendForms, tellUnsent } from './turn_page.js';
import { watchUnseen } from './unseen_charges.js';
import { keepAwake, live } from './waiting.js';

sendForms();
followLinks(tellUnsent);
goHomeWhenLeft();
const stayAwake = () => keepAwake(document.visibilityState === 'visible');
addEventListener('visibilitychange', stayAwake);
stayAwake();
watchUnseen(thank);
watchOrder();
live();
