/* Tells a barcode scanner from a person: both are keyboards, but nobody types as fast. No document in here. */

// Milliseconds between two keys, and characters. A scanner ends with Enter, which must not charge what it scanned.
const FAST = 30;
const SHORTEST = 6;

/**
 * Listens to keys. `hear(key, at, value)` gets each key, when it came (milliseconds), and what the amount was just then.
 * At the Enter of a scan it returns {text, before}: what was scanned, and the amount as it was before that.
 */
export function scanner() {
  let text = '';
  let before = '';
  let last = -Infinity;
  return function hear(key, at, value) {
    const fast = at - last < FAST;
    last = at;
    if (key === 'Enter') return fast && text.length >= SHORTEST ? { text, before } : undefined;
    if (key.length > 1) return undefined;
    if (!fast) [text, before] = ['', value];
    text += key;
    return undefined;
  };
}
