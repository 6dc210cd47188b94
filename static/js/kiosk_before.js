/* Money for a charge that was left: whoever is at the kiosk now is told by a band, and not interrupted. */

const THANKED = 8000;

/** Say for a while that the customer before has paid. */
export function thank() {
  const before = document.querySelector('#before');
  before.textContent = before.dataset.say;
  setTimeout(() => {
    before.textContent = '';
  }, THANKED);
}
