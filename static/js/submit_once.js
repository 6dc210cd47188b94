/* A form is sent once: a second tap does nothing. */

// If no page came by then, the form may be sent again; its key makes it the same sale.
const WAIT = 15000;

/** Guard the forms against a double tap; they wake up when the browser's back button brings them back. */
export function once(...forms) {
  let sent = -Infinity;
  let button;
  for (const form of forms) {
    form.addEventListener('submit', (event) => {
      if (performance.now() - sent < WAIT) return event.preventDefault();
      sent = performance.now();
      button = event.submitter;
      // Not `disabled`: a disabled button would not send its own value.
      button?.setAttribute('aria-busy', 'true');
      setTimeout(wake, WAIT);
    });
  }
  function wake() {
    sent = -Infinity;
    button?.removeAttribute('aria-busy');
  }
  // A page that comes back from the browser's memory has the key of a sale that is made: it must not lead to that one.
  addEventListener('pageshow', (event) => (event.persisted ? location.reload() : wake()));
}
