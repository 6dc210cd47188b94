/* Between two sales: one picture after the other. What is shown is marked, and the style does the rest. */

// Milliseconds.
const EACH = 12000;

setInterval(() => {
  const all = [...document.querySelectorAll('.pictures img')];
  const shown = all.findIndex((it) => it.classList.contains('shown'));
  // One that has not come, or never will, has no turn.
  const next = [...all.slice(shown + 1), ...all.slice(0, shown)].find((it) => it.naturalWidth);
  if (!next) return;
  all[shown].classList.remove('shown');
  next.classList.add('shown');
}, EACH);
