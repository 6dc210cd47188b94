/* A page that stands open on a device that was taken off the shop turns into what the server shows it now. */

/** Load the page anew where the till answered that it is not for who asks. Throws what it is given. */
export function turnedAway(e) {
  if (e.cause === 403) location.reload();
  throw e;
}
