/* Tells, over the shop's name, that the till can be installed: until it is, or somebody does not want to know. */
import { get, NoAnswer } from './lib/charge.js';

const name = document.querySelector('.shop');

/** Show what an address says of it. `install` asks whoever is there; where a browser offers none it is done by hand. */
export async function show(url, install) {
  try {
    const text = await get(url, (answer) => answer.text());
    const it = new DOMParser().parseFromString(text, 'text/html').querySelector('aside');
    const off = () => {
      localStorage.installHint = 'off';
      it.remove();
    };
    it.querySelector(install ? '.by-hand' : '.by-itself').remove();
    it.querySelector('.never').addEventListener('click', off);
    it.querySelector('.by-itself')?.addEventListener('click', () => {
      off();
      install();
    });
    await dress();
    name.querySelector('.install-hint')?.remove();
    name.append(document.adoptNode(it));
  } catch (e) {
    // It is told another time.
    if (!(e instanceof NoAnswer)) throw e;
  }
}

/* It does not come before its style. */
function dress() {
  const style = document.createElement('link');
  style.rel = 'stylesheet';
  style.href = new URL('../css/install_hint.css', import.meta.url);
  document.head.append(style);
  return new Promise((done) => {
    style.onload = style.onerror = done;
  });
}
