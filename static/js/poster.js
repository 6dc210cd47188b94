/* What a poster can do where scripts run: be printed, which saves it as a PDF, too. */
const print = document.querySelector('#print');

print.addEventListener('click', () => window.print());
print.hidden = false;
