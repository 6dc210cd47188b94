/* A page at which nobody stays on the kiosk: what went wrong there, or the choice of a language. */
import { followLinks, goHomeWhenLeft } from './kiosk_home.js';
import { sendForms, tellUnsent } from './turn_page.js';
import { live } from './waiting.js';

sendForms();
followLinks(tellUnsent);
goHomeWhenLeft();
live();
