/* The tip step: a double tap tips once. */
import { once } from './submit_once.js';

once(...document.querySelectorAll('form'));
