/* A page without forms, whose links go their own way, but not to the browser's own page. It does not say that it lives: it
   may be one that is to be loaded again after a while (without_life.js). */
import './take_back.js';
import { followLink } from './turn_page.js';

document.addEventListener('click', followLink);
