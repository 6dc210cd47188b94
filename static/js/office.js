/* The office's first page: what it tells of the shop stays of now, and the doctor looks where nobody has for a while. */
import { NoAnswer, post } from './lib/charge.js';
import { readAnew } from './turned_away.js';

// Milliseconds. One who stands before it sees a sale, or a wrong PIN, before they would ask.
const EVERY = 20000;
// The wallet may take its time, and so may each source of a rate.
const PATIENCE = 60000;

const plateOf = (page) => page.querySelector('.plate');

/* All else on the page stays, under a finger and where somebody reads. Whoever listens is told what the plate says. */
function show(page) {
  const [plate, found] = [plateOf(document), plateOf(page)];
  if (plate.parentNode.textContent === found.parentNode.textContent) return;
  plate.replaceChildren(...found.childNodes);
  if ('state' in found.dataset) plate.dataset.state = found.dataset.state;
  else delete plate.dataset.state;
  while (plate.nextSibling) plate.nextSibling.remove();
  while (found.nextSibling) plate.parentNode.append(found.nextSibling);
}

function showFigures(page) {
  for (const figure of document.querySelectorAll('[data-live]')) {
    const now = page.getElementById(figure.id);
    if (now && now.textContent !== figure.textContent) figure.replaceChildren(...now.childNodes);
  }
}

let next;
async function look() {
  clearTimeout(next);
  try {
    if (document.visibilityState === 'visible') {
      const page = await readAnew();
      showFigures(page);
      if (!plateOf(document).parentNode.matches(':hover, :focus-within')) show(page);
    }
  } catch (e) {
    // Offline: what is shown was true a moment ago.
    if (!(e instanceof NoAnswer)) throw e;
  }
  next = setTimeout(look, EVERY);
}
next = setTimeout(look, EVERY);
addEventListener('focus', look);
document.addEventListener('visibilitychange', look);

const form = document.querySelector('form[data-due]');
async function sendForDoctor() {
  await post(form.action, new FormData(form), PATIENCE);
  show(await readAnew());
}
if (form) {
  const button = form.querySelector('button');
  button.setAttribute('aria-busy', 'true');
  sendForDoctor().catch((e) => {
    if (!(e instanceof NoAnswer)) throw e;
    button.removeAttribute('aria-busy');
  });
}
