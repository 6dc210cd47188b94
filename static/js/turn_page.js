/* A page that becomes what the server says: what it shows now, or what it answers to a form. */
import { get, knock, NoAnswer, post } from './lib/charge.js';

// If no page came by then, the form may be sent again; its key makes it the same sale. Milliseconds.
const WAIT = 15000;
// Milliseconds without an answer, after which it is told who is waited for.
const TELL = 400;
// Milliseconds until it is looked again whether there is a network.
const AGAIN = 1500;

const read = (text) => new DOMParser().parseFromString(text, 'text/html');
const place = () => document.querySelector('[data-answer]');
const unsent = document.querySelector('#unsent');

/** Take over the page that `main` names, if its own main `isNews`. Returns the new main, or nothing. */
export async function turnPage(main, isNews = () => true) {
  const { page: url } = main.dataset;
  const page = read(await get(url, (answer) => answer.text()));
  const next = page.getElementById(main.id);
  if (!next) throw new NoAnswer(`${url}: another page`);
  if (!isNews(next)) return undefined;
  if (style(page) !== style(document)) {
    // The till was updated: its new pages are not made for the style and the scripts that are here.
    location.replace(url);
    return undefined;
  }
  const focused = main.contains(document.activeElement);
  main.replaceWith(document.adoptNode(next));
  take(page);
  document.body.className = page.body.className;
  if (focused) focusTitle(next);
  return next;
}

const style = (page) => page.querySelector('link[rel=stylesheet]').href;

function take(page) {
  const root = document.documentElement;
  if (page.documentElement.dataset.state) root.dataset.state = page.documentElement.dataset.state;
  else delete root.dataset.state;
  document.title = page.title;
  for (const colour of document.querySelectorAll('[name=theme-color]')) {
    colour.content = page.querySelector(`[name=theme-color][media="${colour.media}"]`).content;
  }
  scrollTo(0, 0);
}

function focusTitle(main) {
  const title = main.querySelector('h1');
  title.tabIndex = -1;
  title.focus();
}

/**
 * Send this page's forms without leaving it before the server has answered, each once, however often it is tapped.
 * Without an answer all stays as it is, and the form may be sent again with the key that it has.
 * `leaving` runs before it leads to another page.
 */
export function sendForms(leaving = () => {}) {
  let pressed;
  let left = false;
  let slow;

  async function send(event) {
    const { target: form, submitter } = event;
    if (form.method === 'get') return askIfGone(event, form.action, () => form.submit());
    // Those that are not ours to judge go their own way; so does the sandbox's, to which this page answers for the till.
    if ('plain' in form.dataset) return undefined;
    if (!form.elements.csrf_token) return askIfGone(event, location.href, () => form.submit());
    event.preventDefault();
    if (pressed) return undefined;
    pressed = submitter ?? form;
    pressed.setAttribute('aria-busy', 'true');
    if (form.dataset.asking) slow = setTimeout(tellAsking, TELL, pressed, form.dataset.asking);
    try {
      const { to, text } = await post(form.action, filled(form, submitter));
      if (to) return leave(to);
      answer(form, read(text));
    } catch (e) {
      if (!(e instanceof NoAnswer)) throw e;
      tellUnsent();
    }
    return wake();
  }
  function leave(to) {
    left = true;
    clearTimeout(slow);
    leaving(to);
    return go(to);
  }
  /* Without a network it would end on the browser's own page. To ask the till again proves no more than its answer. */
  function go(to) {
    if (!navigator.onLine) {
      tellUnsent();
      setTimeout(go, AGAIN, to);
      return;
    }
    // On the kiosk nobody steps back to what another one has done.
    if (document.documentElement.dataset.kiosk) location.replace(to);
    else location.assign(to);
    setTimeout(wake, WAIT);
  }
  function wake() {
    clearTimeout(slow);
    pressed?.removeAttribute('aria-busy');
    if (pressed) tellAnswered(pressed);
    pressed = undefined;
  }
  document.addEventListener('submit', send);
  document.addEventListener('click', followLink);
  // A page that comes back from the browser's memory has the key of a sale that is made: it must not lead to that one.
  addEventListener('pageshow', (event) => event.persisted && left && location.reload());
}

/* The words stand on what was pressed, which stays as large as it is. */
function tellAsking(pressed, words) {
  pressed.dataset.asked = words;
  const announcer = document.querySelector('#announcer');
  if (announcer) announcer.textContent = words;
}

/* Nobody is asked any more, also for who reads on; said anew, the same words are news again. */
function tellAnswered(pressed) {
  const announcer = document.querySelector('#announcer');
  if (announcer && announcer.textContent === pressed.dataset.asked) announcer.textContent = '';
  delete pressed.dataset.asked;
}

/** Ask before a link is followed, where it has to be. */
export function followLink(event) {
  const link = event.target.closest('a');
  // A kiosk has its own way (kiosk_home.js).
  if (link?.origin !== location.origin || document.documentElement.dataset.kiosk) return;
  askIfGone(event, link.href, () => location.assign(link.href));
}

/** Nothing leads to the browser's own page: while the till is known to be gone, it is asked first. A kiosk always asks. */
export function askIfGone(event, url, then) {
  const { dataset } = document.documentElement;
  if (!dataset.kiosk && navigator.onLine && !('lost' in dataset)) return;
  event.preventDefault();
  knock(url).then(then, tellUnsent);
}

function filled(form, button) {
  const fields = new FormData(form);
  if (button?.name) fields.append(button.name, button.value);
  return new URLSearchParams(fields);
}

/* A page with a sentence about this form: here it stands, with all that was typed, so the sentence will do. Else it is
   another page. */
function answer(form, page) {
  // The page has become another one meanwhile, such as that of a payment: this is no news about that.
  if (!form.isConnected) return;
  const alert = sentence(page);
  if (alert && place()) {
    // What was too old may be sent again: of each name the first one counts.
    form.prepend(...page.querySelectorAll('[name=csrf_token], [name=on_top]'));
    tell(document.adoptNode(alert));
    form.dispatchEvent(new CustomEvent('refused', { detail: page }));
  } else {
    take(page);
    document.body.replaceWith(document.adoptNode(page.body));
  }
}

function sentence(page) {
  const same = page.querySelector('[data-answer]');
  if (same) return same.dataset.answer === place()?.dataset.answer && same.querySelector('[role=alert]');
  return page.querySelector('#in-place')?.content.firstElementChild;
}

/** Say that the till does not answer. */
export function tellUnsent() {
  tell(unsent.content.cloneNode(true).firstElementChild);
}

/** Put a sentence in the place that is kept for it. */
export function tell(alert) {
  const at = place() ?? document.querySelector('main');
  at.querySelector('[role=alert]')?.remove();
  alert.removeAttribute('id');
  at.prepend(alert);
}
