/* A payment for a sale that is not on the screen any more: told over the shop's name, heard, and one tap away. */
// Milliseconds.
const STAYS = 30000;

const style = document.createElement('link');
style.rel = 'stylesheet';
style.href = new URL('../css/toast.css', import.meta.url);
document.head.append(style);

const waiting = [];

/** Tell of a payment, as the list of sales has it; where there are several, each has its time. `rings`: it is heard, too. */
export async function toast(sale, rings) {
  const outcome = sale.querySelector('em');
  const sold = [...sale.querySelectorAll('b, bdi')].map((it) => it.textContent);
  // What somebody may have to read out.
  sold.push(sale.querySelector('i').textContent);
  const link = document.createElement('a');
  link.className = 'toast';
  link.href = sale.href;
  link.append(
    Object.assign(document.createElement('bdi'), { textContent: `${outcome.textContent}: ${sold.join(', ')}` }),
  );
  waiting.push(link);
  if (waiting.length === 1) show();
  if (!rings || localStorage.sound === 'off') return;
  (await import('./sound.js')).ring(outcome.className === 'paid' ? 'paid' : 'needs-review');
}

function show() {
  const [link] = waiting;
  if (!link) return;
  document.querySelector('.bar').append(link);
  document.querySelector('#payments').textContent = link.textContent;
  setTimeout(() => {
    link.remove();
    waiting.shift();
    show();
  }, STAYS);
}
