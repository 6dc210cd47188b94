/* The QR over the whole screen, for a customer who stands further away or has a bad camera. */

/** Show the picture as large as the screen lets it be. A tap, Escape, Back or any news of the charge closes it. */
export function grow(picture, close) {
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
    if (history.state === 'grown') history.back();
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

/* As many whole device pixels to a module as there is room for; in an image of ours 4 pixels are a module. */
function fill(large, modules) {
  const room = Math.min(innerWidth, innerHeight) * devicePixelRatio;
  large.style.inlineSize = `${(Math.floor(room / modules) * modules) / devicePixelRatio}px`;
}
