/* What a receipt can do where the browser can: be printed, which saves it as a PDF, too, and be given away (share.js). The
   report of a shift is nobody's to take along, and is only printed. */
const print = document.querySelector('#print');
const share = document.querySelector('#share');

print.addEventListener('click', () => window.print());
print.hidden = false;
if (share && navigator.share) share.hidden = false;
