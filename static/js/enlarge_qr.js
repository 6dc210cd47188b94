/* The QR over the whole screen, for a customer who stands further away or has a bad camera. */

// The step back with which the last one closed, until it is made: it would close the next one, too.
let stepping;

/** Show the picture as large as the screen lets it be. A tap, Escape, Back or any news of the charge closes it. */
export async function grow(picture, close) {
  await stepping;
  // Since the tap the page may have turned, and another tap have opened it.
  if (!picture?.isConnected || document.querySelector('dialog')) return;
  const screen = document.createElement('dialog');
  const large = picture.cloneNode();
  const button = document.createElement('button');
  screen.ariaLabel = picture.alt;
  button.ariaLabel = close;
  screen.append(large, button);
  document.body.append(screen);
  const fit = () => fill(large, picture.naturalWidth / 4);
  const shut = () => screen.close();
  const news = new MutationObserver(shut);
  screen.addEventListener('close', () => {
    news.disconnect();
    removeEventListener('resize', fit);
    removeEventListener('popstate', shut);
    screen.remove();
    if (history.state === 'grown') stepBack();
  });
  button.addEventListener('click', shut);
  addEventListener('popstate', shut);
  addEventListener('resize', fit);
  news.observe(document.documentElement, { attributeFilter: ['data-state', 'data-lost', 'data-idle'] });
  // On the kiosk there is nothing to step back to, nor forward to the code of another customer.
  if (!document.documentElement.dataset.kiosk) history.pushState('grown', '');
  fit();
  screen.showModal();
}

function stepBack() {
  stepping = new Promise((made) => addEventListener('popstate', made, { once: true }));
  history.back();
}

/* As many whole device pixels to a module as there is room for; in an image of ours 4 pixels are a module. */
function fill(large, modules) {
  const room = Math.min(innerWidth, innerHeight) * devicePixelRatio;
  large.style.inlineSize = `${(Math.floor(room / modules) * modules) / devicePixelRatio}px`;
}
