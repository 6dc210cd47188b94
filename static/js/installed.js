/* A face of the shop on one of its own devices: the worker behind it, what is typed while there is no connection, and how
   it is installed. Browsers have workers over https only; all goes on without. */

const { worker, hint } = document.querySelector('[rel=manifest]').dataset;
const isTill = document.querySelector('#sale');
// Milliseconds until a script is asked for again.
const AGAIN = 5000;

/* Only the till tells that it can be installed: whoever stands before a kiosk is not asked. */
function tell(install) {
  if (isTill && localStorage.installHint !== 'off') import('./install_hint.js').then((it) => it.show(hint, install));
}

/* What is typed is kept as the till is left. */
const keepTyped = () => import('./typed.js').catch(() => setTimeout(keepTyped, AGAIN));

// It is refused where a certificate is none that the browser knows.
navigator.serviceWorker?.register(worker, { updateViaCache: 'all' }).catch(() => {});
if (isTill) keepTyped();
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  tell(() => event.prompt());
});
// Only iPhones and iPads know this word, and there it is done by hand. It is true where it is done.
if (navigator.standalone === false) tell();
