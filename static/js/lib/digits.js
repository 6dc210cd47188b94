/* Writing a typed amount the way the shop does. Text only: what it means, the server says. No document in here. */

/** "4200" -> "4,200"; an empty text where it is anything but digits. */
export function grouped(text) {
  const digits = text.replace(/[\s,'_]/g, '').replace(/^0+/, '');
  return /^\d+$/.test(digits) ? digits.replace(/\B(?=(\d{3})+$)/g, ',') : '';
}
