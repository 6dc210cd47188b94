/* The charges that a kiosk left while they were open, so that a payment never goes unseen. No document in here. */

const KEY = 'unseen';
// More than anybody pays late: one of which nobody will ever know what became is not asked about for ever.
const MOST = 20;

/** All of them: [{page, ask}], addresses of this server. */
export function left(store) {
  return JSON.parse(store.getItem(KEY) ?? '[]');
}

export function remember(store, charge) {
  const others = left(store).filter((it) => it.page !== charge.page);
  store.setItem(KEY, JSON.stringify([...others, charge].slice(-MOST)));
}

export function forget(store, page) {
  store.setItem(KEY, JSON.stringify(left(store).filter((it) => it.page !== page)));
}
