/* What a receipt can do where the browser can: be printed, which saves it as a PDF, too, and be given away. The report
   of a shift is nobody's to take along, and is only printed. */
const print = document.querySelector('#print');
const share = document.querySelector('#share');
// Without the paper that was chosen: whoever gets it has a paper of their own.
const url = location.origin + location.pathname;

print.addEventListener('click', () => window.print());
print.hidden = false;

if (share && navigator.share) {
  share.addEventListener('click', async () => {
    try {
      await navigator.share({ title: document.title, url });
    } catch (e) {
      // Whoever changes their mind is told nothing.
      if (e.name !== 'AbortError') throw e;
    }
  });
  share.hidden = false;
}
