/* The screen stays on while somebody may pay, or may come to. */

let lock;

/** Keep the screen on, or let it go dark again; a browser may refuse. */
export async function keepAwake(wanted) {
  if (!wanted) {
    lock?.release();
    lock = undefined;
  } else if (navigator.wakeLock && (!lock || lock.released)) {
    try {
      lock = await navigator.wakeLock.request('screen');
    } catch (e) {
      if (e.name !== 'NotAllowedError') throw e;
    }
  }
}
