/* A card that is held to this device: by NFC, by a reader that types, or pasted. The server asks its issuer. */
import { get, NoAnswer, post } from './lib/charge.js';
import { CARD, dress, look } from './pay.js';
import { tellUnsent } from './turn_page.js';

// Milliseconds. The issuer has 30 s, and the way to the till a few more.
const PATIENCE = 45000;
const UTF8 = new TextDecoder();

const find = (what) => document.querySelector(what);
const charge = () => find('#charge');
const action = () => `${charge()?.dataset.page}/card`;
const say = (text) => {
  find('#announcer').textContent = text;
};
const read = (text) => new DOMParser().parseFromString(text, 'text/html');

/* Take cards for as long as the charge is open. */
function takeCards() {
  const stop = new AbortController();
  let busy = false;
  let reads = false;
  let again;

  /* Try a card, or the PIN of one. One at a time: each is used up by it. */
  async function send(body, busyButton) {
    if (busy || charge().dataset.status !== 'open') return;
    busy = true;
    busyButton?.setAttribute('aria-busy', 'true');
    told(charge().dataset.card);
    try {
      const { to, text } = await post(action(), new URLSearchParams(body), PATIENCE);
      take(read(to ? await get(to, (answer) => answer.text()) : text));
    } catch (e) {
      if (!(e instanceof NoAnswer)) throw e;
      tellUnsent();
    } finally {
      busy = false;
      busyButton?.removeAttribute('aria-busy');
    }
  }

  function told(text) {
    const place = find('.usual .small');
    find('.status > [role=alert]')?.remove();
    if (place) place.textContent = text;
    say(text);
  }

  /* The page as the server has it now. The pay page brings it to life, and finds out itself if the charge has ended. */
  function take(page) {
    const next = page.querySelector('#charge');
    if (!next) document.body.replaceWith(document.adoptNode(page.body));
    else if (next.dataset.status === 'open' && charge().dataset.status === 'open') {
      charge().replaceWith(document.adoptNode(next));
      // An alert is heard by itself.
      say(find('.usual .small')?.textContent ?? '');
      find('#digits, #card')?.focus({ preventScroll: true });
      dress();
    } else look();
  }

  function tap(card) {
    send({ csrf_token: find('[name=csrf_token]').value, card });
  }

  addEventListener('submit', (event) => {
    const { target: form, submitter } = event;
    if (form.getAttribute('action') !== action()) return;
    event.preventDefault();
    send(new FormData(form), submitter);
  });

  /* NFC: asked for by a touch, and by itself where that was allowed before. */
  async function listen() {
    if (reads) return;
    reads = true;
    const reader = new window.NDEFReader();
    reader.onreading = ({ message }) => tap(textOf(message));
    // It is no card of this kind: the server has the words for that.
    reader.onreadingerror = () => tap('');
    try {
      await reader.scan({ signal: stop.signal });
      localStorage.nfc = 'on';
      label('ready');
    } catch {
      reads = false;
      label('off');
    }
  }

  function label(state) {
    const button = find('#nfc');
    if (!button) return;
    button.querySelector('span').textContent = button.dataset[state];
    say(button.dataset[state]);
  }

  async function listenIfAllowed() {
    const { state } = await navigator.permissions.query({ name: 'nfc' });
    if (state === 'granted') listen();
  }

  addEventListener('click', ({ target }) => {
    if (target.closest('#nfc')) listen();
    const key = target.closest('.pin .keys button');
    const digits = find('#digits');
    if (!key) return;
    if (key.dataset.key) digits.value = digits.value.slice(0, -1);
    else if (digits.value.length < digits.maxLength) digits.value += key.textContent;
    digits.focus();
  });

  if ('NDEFReader' in window) listenIfAllowed().catch(() => {});

  /* Each picture of the charge, whoever has put it there. */
  function follow() {
    clearTimeout(again);
    const { status, cardAgain } = charge()?.dataset ?? {};
    if (status !== 'open') {
      stop.abort();
      return;
    }
    const nfc = find('#nfc');
    if (nfc) nfc.hidden = !('NDEFReader' in window);
    if (nfc && reads) label('ready');
    const pad = find('.pin .keys');
    if (pad) {
      pad.hidden = false;
      find('#digits').inputMode = 'none';
    }
    // When an issuer had its time, there is another word of it.
    if (cardAgain) again = setTimeout(refresh, cardAgain * 1000);
  }

  async function refresh() {
    try {
      take(read(await get(charge().dataset.page, (answer) => answer.text())));
    } catch (e) {
      if (!(e instanceof NoAnswer)) throw e;
    }
  }

  wear();
  new MutationObserver(follow).observe(document.body, { childList: true });
  follow();
  return tap;
}

/* The style of what is shown for a card; where the page was opened for one, it has that. */
function wear() {
  if (find('#card, #pin')) return;
  const style = document.createElement('link');
  style.rel = 'stylesheet';
  style.href = new URL('../css/card.css', import.meta.url);
  document.head.append(style);
}

/* What a card has for us among what else it may hold; a reading holds the bytes. */
function textOf({ records }) {
  const texts = [...records]
    .filter((it) => it.recordType === 'url' || it.recordType === 'text')
    .map((it) => UTF8.decode(it.data));
  return texts.find((it) => CARD.test(it)) ?? texts[0] ?? '';
}

/** Try a card that a reader has typed. */
export const tap = takeCards();
