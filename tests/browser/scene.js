/* What is wrong with the page that is shown: text that is cut off, targets that no finger hits, a foot under others. */
() => {
  const LEAST = 48;
  const wrong = [];
  const style = (element) => getComputedStyle(element);
  const name = (element) =>
    `${element.tagName.toLowerCase()}${element.id && `#${element.id}`}.${element.className.baseVal ?? element.className}`;
  const isShown = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    !element.closest('.visually-hidden, noscript, template, [aria-hidden=true] > svg');

  // What is shortened on purpose says so with its dots.
  const isShortened = (element) => {
    for (let it = element; it; it = it.parentElement) {
      if (style(it).textOverflow === 'ellipsis' || style(it).webkitLineClamp !== 'none') return true;
    }
    return false;
  };
  const scrolls = (overflow) => overflow === 'auto' || overflow === 'scroll';
  const isCut = (rect, element) => {
    for (let it = element; it && it !== document.body; it = it.parentElement) {
      const { overflowX, overflowY } = style(it);
      const box = it.getBoundingClientRect();
      if (scrolls(overflowX) || scrolls(overflowY)) return false;
      if (overflowX !== 'visible' && (rect.left < box.left - 1 || rect.right > box.right + 1)) return true;
      if (overflowY !== 'visible' && (rect.top < box.top - 1 || rect.bottom > box.bottom + 1)) return true;
    }
    return rect.left < -1 || rect.right > document.documentElement.clientWidth + 1;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const element = text.parentElement;
    if (!text.data.trim() || !isShown(element) || isShortened(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    if ([...range.getClientRects()].some((rect) => isCut(rect, element))) wrong.push(`cut: ${text.data.trim()}`);
  }
  const pen = document.createElement('canvas').getContext('2d');
  for (const field of document.querySelectorAll('input[placeholder]')) {
    const { font, paddingInlineStart, paddingInlineEnd } = style(field);
    const room = field.clientWidth - parseFloat(paddingInlineStart) - parseFloat(paddingInlineEnd);
    const text = style(field, '::placeholder').color.endsWith(', 0)') ? '' : field.value || field.placeholder;
    pen.font = font;
    if (isShown(field) && !field.value && pen.measureText(text).width > room + 1) wrong.push(`cut: ${text}`);
  }
  const page = document.scrollingElement;
  if (page.scrollWidth > page.clientWidth) wrong.push(`the page is ${page.scrollWidth} wide`);

  // The foot of the page: below all that the page shows, and below nothing that lies over it.
  const foot = document.querySelector('.version');
  if (foot && isShown(foot) && !document.querySelector('dialog[open], :popover-open')) {
    const line = document.createRange();
    line.selectNodeContents(foot);
    const { left, right, top, bottom } = line.getBoundingClientRect();
    const over = [left + 1, (left + right) / 2, right - 1].map((x) => document.elementFromPoint(x, (top + bottom) / 2));
    // On the resting kiosk all that is seen is one link.
    if (over.some((it) => it && it !== foot && !it.matches('.cover'))) wrong.push('the foot is covered');
  } else if (!foot) wrong.push('there is no foot');

  for (const target of document.querySelectorAll('a[href], button, summary, input:not([type=hidden])')) {
    const face = target.closest('.field, label, .amount') ?? target;
    if (!isShown(face) || target.closest('.visually-hidden')) continue;
    const { width, height } = face.getBoundingClientRect();
    if (Math.min(width, height) < LEAST - 0.5)
      wrong.push(`too small: ${name(target)} ${Math.round(width)}x${Math.round(height)}`);
  }

  return wrong;
};
