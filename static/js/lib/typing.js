/* Typing: what a key of the pad does, whether a person types at all, and asking what it comes to. No document in here. */
import { get } from './charge.js';

const LONGEST = 20;
// A scanner is a keyboard that ends with Enter, which must not charge what it scanned. So many characters at least.
const SHORTEST = 6;
// Milliseconds from key to key. Scanners were measured at 5 to 100, with single gaps, and a browser adds some; nobody
// types so many figures at that pace, and then goes on to Enter as fast.
const TYPICAL = 115;
const ENTER = 150;
const GAP = 400;
// What has a decimal sign is an amount, unless no hand is as fast.
const FAST = 30;
// Milliseconds before a question, as more may be typed, and before it is asked once more because it got lost.
const PAUSE = 80;
const AGAIN = 1500;

const KEYS = { Backspace: 'rub', '.': 'sign', ',': 'sign', '٫': 'sign' };

/** The key of the pad that a real one stands for, whatever script its digits are in; undefined if for none. */
export const padKey = (key) => KEYS[key] ?? (/^\p{Nd}$/u.test(key) ? key : undefined);

/**
 * The text after a key of the pad: a digit, "00", "sign" or "rub". `sign` is the decimal one, `decimals` how many follow.
 * Where there is no place for a key the text stays as it is. After a real key it is then `typed`, which the server refuses:
 * whoever types without looking is not charged for what is left of it.
 */
export function press(text, key, sign, decimals, typed = text) {
  if (key === 'rub') return text.slice(0, -1);
  if (text.length >= LONGEST) return text;
  const [, fraction] = text.split(sign);
  if (key === 'sign') return decimals && fraction === undefined ? `${text || '0'}${sign}` : typed;
  const longer =
    fraction === undefined ? text.replace(/^0+$/, '') + key : text + key.slice(0, decimals - fraction.length);
  return longer === text ? typed : longer.replace(/^0+$/, '0');
}

/** What is typed as it is read: `mark` between the thousands before the decimal `sign`. All else stays as it is. */
export function grouped(text, sign, mark) {
  const [whole, ...fraction] = text.split(sign);
  if (/\D/.test(whole)) return text;
  return [whole.replace(/\B(?=(\d{3})+$)/g, mark), ...fraction].join(sign);
}

/**
 * Listens to keys. `hear(key, at, value)` gets each key, its own time (milliseconds), and what the amount was just then.
 * At the Enter of a scan it returns {text, before}: what was scanned, and the amount as it was before that.
 */
export function scanner() {
  let text = '';
  let before, last;
  let gaps = [];
  return function hear(key, at, value) {
    if (key === 'Shift') return undefined;
    const gap = at - last;
    last = at;
    if (key.length > 1) {
      const scan = key === 'Enter' && isScan(text, [...gaps, gap]) ? { text, before } : undefined;
      text = '';
      gaps = [];
      return scan;
    }
    if (!text || gap > GAP) [text, before, gaps] = ['', value, []];
    else gaps.push(gap);
    text += key;
    return undefined;
  };
}

/** Whether what was scanned pays, as a card does: then it is no memo. */
export const pays = (text) => /lnurl|p=\w+&c=/i.test(text);

function isScan(text, gaps) {
  const typical = [...gaps].sort((a, b) => a - b)[gaps.length >> 1];
  if (text.length < SHORTEST || typical > TYPICAL) return false;
  if (/^\p{Nd}+[.,٫]\p{Nd}+$/u.test(text)) return typical < FAST;
  return gaps.at(-1) <= (typical > TYPICAL / 2 ? ENTER : GAP);
}

/**
 * Returns `ask(url)`, which waits for a pause and then gives `heard` the JSON and the url; of several answers only the
 * latest counts.
 * `reach` runs a question and tells whether the server answered it (../waiting.js); if not, it is asked again.
 */
export function debounced(heard, reach) {
  let timer;
  return function ask(url, pause = PAUSE) {
    clearTimeout(timer);
    const mine = setTimeout(async () => {
      const reached = await reach(async () => {
        const answer = await get(url, (it) => it.json());
        if (mine === timer) heard(answer, url);
      });
      if (!reached && mine === timer) ask(url, AGAIN);
    }, pause);
    timer = mine;
  };
}
