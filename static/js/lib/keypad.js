/* What a key does to a text that is being typed. Text only: what it means, the server says. No document in here. */

const LONGEST = 20;

/** The text after a key of the pad: a digit, "00", "sign" or "rub". `sign` is the decimal one, `decimals` how many follow. */
export function press(text, key, sign, decimals) {
  if (key === 'rub') return text.slice(0, -1);
  const [, fraction] = text.split(sign);
  if (key === 'sign') return decimals && fraction === undefined ? `${text || '0'}${sign}` : text;
  const longer =
    fraction === undefined ? text.replace(/^0+$/, '') + key : text + key.slice(0, decimals - fraction.length);
  return longer.length > LONGEST ? text : longer.replace(/^0+$/, '0');
}
