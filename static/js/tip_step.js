/* The tip step: a double tap tips once. */
import { once } from './once.js';

once(...document.querySelectorAll('form'));
