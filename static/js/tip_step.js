/* The tip step by keys: figures are another tip, Enter is none, and Escape leads back to the sale. */
import { padKey, scanner } from './lib/typing.js';
import './offered.js';
import './stay.js';

const find = (what) => document.querySelector(what);
const other = find('#other');
const hear = scanner();

addEventListener('keydown', (event) => {
  const { key, target, repeat } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const scan = hear(repeat ? 'Repeat' : key, event.timeStamp, other.value);
  if (scan) stop(event, () => type(scan.before));
  // An Enter that is still held down was meant for the page before.
  else if (repeat && key.length > 1) stop(event);
  else if (key === 'Escape') other.value ? type('') : find('#back').click();
  else if (key === 'Enter' && !other.value && !target.closest('a, button'))
    stop(event, () => find('[value="0"]').click());
  else if (padKey(key)) other.focus();
});

function stop(event, act = () => {}) {
  event.preventDefault();
  act();
}

function type(text) {
  other.value = text;
}
