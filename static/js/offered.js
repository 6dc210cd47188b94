/* What can be chosen on this page may not be offered any more by the time that it is. Then the form is sent again as it would
   be without a script: the answer has what is offered now, what was typed, and scripts that begin anew with it. */
const offered = (page) => page.querySelector('[data-offered]')?.dataset.offered;

function look({ target: form, detail: page }) {
  const now = offered(page);
  // Without a network it would end on the browser's own page.
  if (!now || now === offered(document) || !navigator.onLine) return;
  form.dataset.plain = '';
  form.requestSubmit(form.querySelector('[aria-busy]'));
  delete form.dataset.plain;
}

document.addEventListener('refused', look, true);
