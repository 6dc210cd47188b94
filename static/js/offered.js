/* What can be chosen on this page may not be offered any more by the time that it is. Then the form is sent again as it would
   be without a script: the answer has what is offered now, what was typed, and scripts that begin anew with it. */
import { knock } from './lib/charge.js';
import { tellUnsent } from './turn_page.js';

const offered = (page) => page.querySelector('[data-offered]')?.dataset.offered;

function look({ target: form, detail: page }) {
  const now = offered(page);
  if (!now || now === offered(document)) return;
  const pressed = form.querySelector('[aria-busy]');
  // Without an answer it would end on the browser's own page.
  knock(location.href).then(() => {
    form.dataset.plain = '';
    form.requestSubmit(pressed);
    delete form.dataset.plain;
  }, tellUnsent);
}

document.addEventListener('refused', look, true);
