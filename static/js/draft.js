/* What is typed goes to the customer's display, and this page hears who else types here. No sale waits for it. */
import { NoAnswer, post } from './lib/charge.js';

// Milliseconds: how often a page says that it is open, and how long an answer may take.
const BEAT = 5000;
const PATIENCE = 5000;

/* A name for this tab that it keeps, and whether it had one; where nothing can be kept, for this page. */
function browser() {
  const name = String(Math.random()).slice(2);
  try {
    const { browser: known } = sessionStorage;
    sessionStorage.browser ??= name;
    // What is kept is brought back in a moment (typed.js), and told then.
    return [sessionStorage.browser, known && !sessionStorage.typed];
  } catch {
    return [name];
  }
}

/** Tell what is typed in a form. Returns what is to be called after each change; `shared` says if it is not alone. */
export function drafts(form, shared) {
  const [me, known] = browser();
  // What this tab typed before it was loaded anew may stand on the display yet.
  let isNews = known || [...form.querySelectorAll('[name=line], [name=amount]')].some((it) => it.value);
  let telling = false;
  let next;

  async function tell() {
    clearTimeout(next);
    // One at a time: what is typed meanwhile goes with the next.
    if (telling) return;
    telling = true;
    // What is not told goes with the next beat: the till may be down.
    let untold = isNews;
    isNews = false;
    try {
      const { text } = await post(form.dataset.draft, body(untold), PATIENCE);
      // Whatever else it says, it is no word about this till.
      if (text.startsWith('{')) {
        shared.textContent = JSON.parse(text).shared;
        untold = false;
      }
    } catch (e) {
      if (!(e instanceof NoAnswer)) throw e;
    } finally {
      telling = false;
      if (isNews) tell();
      else {
        isNews = untold;
        next = setTimeout(beat, BEAT);
      }
    }
  }
  function body(sends) {
    const fields = sends ? new FormData(form) : new FormData();
    fields.set('csrf_token', form.elements.csrf_token.value);
    fields.set('browser', me);
    return new URLSearchParams(fields);
  }
  function beat() {
    if (document.visibilityState === 'visible') tell();
    else next = setTimeout(beat, BEAT);
  }
  tell();
  return () => {
    isNews = true;
    tell();
  };
}
