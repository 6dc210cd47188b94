/* A page at which nobody stays on the kiosk: what went wrong there, or the choice of a language. */
import { goHomeWhenLeft } from './kiosk_home.js';
import { live } from './waiting.js';

goHomeWhenLeft();
live();
