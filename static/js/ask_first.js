/* A page whose forms and links go their own way, as those of the office do, but not to the browser's own page. */
import './take_back.js';
import { askIfGone, followLink } from './turn_page.js';
import { live } from './waiting.js';

let answers = false;

function send(event) {
  const { target: form, submitter } = event;
  if (answers) return;
  askIfGone(event, location.href, () => {
    answers = true;
    form.requestSubmit(submitter);
    answers = false;
  });
}

document.addEventListener('submit', send);
document.addEventListener('click', followLink);
live();
