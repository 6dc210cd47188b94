/* The tip step: a double tap tips once, and without a network nothing is lost. */
import { sendForms } from './turn_page.js';
import { live } from './waiting.js';

sendForms();
live();
