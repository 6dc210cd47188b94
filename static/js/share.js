/* The link of a jar, in the thanks for a tip, or of a receipt: it is shared where the browser can, else copied, and else it
   stands there to be copied. */
import { live } from './waiting.js';

// Without the paper that was chosen for a receipt: whoever gets it has a paper of their own.
async function share({ href: url = location.origin + location.pathname, dataset }) {
  try {
    if (navigator.share) await navigator.share({ title: dataset.title ?? document.title, url });
    else tell((await copy(url)) ? dataset.copied : url);
  } catch (e) {
    // Whoever changes their mind is told nothing.
    if (e.name !== 'AbortError') tell((await copy(url)) ? dataset.copied : url);
  }
}

function copy(url) {
  // A shop's own network has no https, and so no clipboard.
  return (
    navigator.clipboard?.writeText(url).then(
      () => true,
      () => false,
    ) ?? false
  );
}

function tell(words) {
  document.querySelector('#shared').textContent = words;
}

// The page turns into that of what is paid while this is here.
document.addEventListener('click', (event) => {
  const link = event.target.closest('#share');
  if (!link) return;
  event.preventDefault();
  share(link);
});
live();
