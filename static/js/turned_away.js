/* A page that stands open becomes what the server shows now, also on a device that was taken off the shop. */
import { get } from './lib/charge.js';

/** Load the page anew where the till answered that it is not for who asks. Throws what it is given. */
export function turnedAway(e) {
  if (e.cause === 403) location.reload();
  throw e;
}

/**
 * Read the page as it is now, or what another address has of it. By that nobody does anything: a till locks meanwhile
 * (pos/web/access.py).
 */
export async function readAnew(address = location) {
  const asked = new URL(address, location);
  asked.searchParams.set('looked', 'now');
  const page = await get(asked, (answer) => answer.text()).catch(turnedAway);
  return new DOMParser().parseFromString(page, 'text/html');
}
