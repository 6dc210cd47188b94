/* A page at which no kiosk or display stays: left alone it goes back to its own. What is typed here goes its own way. */
import { goHomeWhenLeft } from './kiosk_home.js';
import { live } from './waiting.js';

goHomeWhenLeft();
live();
