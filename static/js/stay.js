/* A page that stays while the till is gone, with all that was typed; a double tap sends a form once. */
import './take_back.js';
import { sendForms } from './turn_page.js';
import { live } from './waiting.js';

sendForms();
live();
