/* Has the doctor look where nobody has for a while: the page is there at once, and what was found comes into it. */
import { get, NoAnswer, post } from './lib/charge.js';

// Milliseconds. The wallet may take its time, and so may each source of a rate.
const PATIENCE = 60000;

const form = document.querySelector('form[data-due]');

async function look() {
  await post(form.action, new FormData(form), PATIENCE);
  const found = await get('?looked=now', (answer) => answer.text());
  show(new DOMParser().parseFromString(found, 'text/html').querySelector('.plate'));
}

/* All else on the page stays, under a finger and where somebody reads. Whoever listens is told what the plate says. */
function show(found) {
  const plate = document.querySelector('.plate');
  plate.replaceChildren(...found.childNodes);
  Object.assign(plate.dataset, found.dataset);
  while (plate.nextSibling) plate.nextSibling.remove();
  while (found.nextSibling) plate.parentNode.append(found.nextSibling);
}

if (form) {
  const button = form.querySelector('button');
  button.setAttribute('aria-busy', 'true');
  look().catch((e) => {
    if (!(e instanceof NoAnswer)) throw e;
    button.removeAttribute('aria-busy');
  });
}
