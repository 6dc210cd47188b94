/* The charges that a kiosk left while they were open, so that a payment never goes unseen. No document in here. */

const KEY = 'left';

/** All of them: [{page, ask}], addresses of this server. */
export function left(store) {
  return JSON.parse(store.getItem(KEY) ?? '[]');
}

export function remember(store, charge) {
  store.setItem(KEY, JSON.stringify([...left(store).filter((it) => it.page !== charge.page), charge]));
}

export function forget(store, page) {
  store.setItem(KEY, JSON.stringify(left(store).filter((it) => it.page !== page)));
}
