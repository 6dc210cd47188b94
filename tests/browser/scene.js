/* What is wrong with the page that is shown: texts that are cut off or lie on something, and what no finger or key hits. */
() => {
  const LEAST = 48;
  const wrong = [];
  // A page stands still while it is looked at: whatever is asked of an element many times is found out once.
  const once = (find) => {
    const found = new Map();
    return (element) => {
      if (!found.has(element)) found.set(element, find(element));
      return found.get(element);
    };
  };
  const style = (element, part) => getComputedStyle(element, part);
  // A colour that is none: browsers write its opacity last, and write none for what is opaque.
  const isClear = (colour) => /^rgba\(.*, 0\)$|\/ 0\)$/.test(colour);
  const name = (element) =>
    `${element.tagName.toLowerCase()}${element.id && `#${element.id}`}.${element.className.baseVal ?? element.className}`;
  const isShown = once(
    (element) =>
      element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
      !element.closest('.visually-hidden, noscript, template, [aria-hidden=true] > svg') &&
      style(element).clipPath !== 'inset(50%)',
  );

  // What is shortened on purpose says so with its dots.
  const isShortened = once((element) => {
    const { textOverflow, webkitLineClamp } = style(element);
    if (textOverflow === 'ellipsis' || webkitLineClamp !== 'none') return true;
    return Boolean(element.parentElement) && isShortened(element.parentElement);
  });
  const scrolls = (overflow) => overflow === 'auto' || overflow === 'scroll';
  // An element and those around it that show no more than what is in them, from the inside out.
  const windows = once((element) => {
    if (!element || element === document.body) return [];
    const { overflowX, overflowY } = style(element);
    const around = windows(element.parentElement);
    if (overflowX === 'visible' && overflowY === 'visible') return around;
    return [{ overflowX, overflowY, box: element.getBoundingClientRect() }, ...around];
  });
  const isCut = (rect, element) => {
    for (const { overflowX, overflowY, box } of windows(element)) {
      if (scrolls(overflowX) || scrolls(overflowY)) return false;
      if (overflowX !== 'visible' && (rect.left < box.left - 1 || rect.right > box.right + 1)) return true;
      if (overflowY !== 'visible' && (rect.top < box.top - 1 || rect.bottom > box.bottom + 1)) return true;
    }
    return rect.left < -1 || rect.right > document.documentElement.clientWidth + 1;
  };
  // The part of a text that is seen.
  const clip = ({ left, right, top, bottom }, element) => {
    const seen = { left, right, top, bottom };
    for (const { overflowX, overflowY, box } of windows(element)) {
      if (overflowX !== 'visible')
        [seen.left, seen.right] = [Math.max(seen.left, box.left), Math.min(seen.right, box.right)];
      if (overflowY !== 'visible')
        [seen.top, seen.bottom] = [Math.max(seen.top, box.top), Math.min(seen.bottom, box.bottom)];
    }
    return seen;
  };

  // Part of an amount is another amount: as a reader scrolls it is there, or it is not.
  const isAmount = (element) => Boolean(element.closest('.number'));
  // A table that keys scroll, too, says that there is more of it.
  const isPart = (rect, element) => {
    if (element.closest('[tabindex="0"]')) return false;
    const { left, right } = clip(rect, element);
    return right - left > 1 && right - left < rect.width - 1;
  };

  // What lies over the page is meant to.
  const front = document.querySelector(':modal, :popover-open') ?? document.body;
  const drawn = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const element = node.parentElement;
    const text = node.data.trim();
    if (!text || !isShown(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const lines = [...range.getClientRects()];
    if ((isAmount(element) || !isShortened(element)) && lines.some((rect) => isCut(rect, element)))
      wrong.push(`cut: ${text}`);
    if (isAmount(element) && lines.some((rect) => isPart(rect, element))) wrong.push(`part of an amount: ${text}`);
    if (!front.contains(element)) continue;
    for (const rect of lines) {
      // A line is higher than its letters.
      const rim = rect.height / 5;
      const { left, right, top, bottom } = rect;
      drawn.push({ text, node, element, ...clip({ left, right, top: top + rim, bottom: bottom - rim }, element) });
    }
  }

  const pen = document.createElement('canvas').getContext('2d');
  for (const field of document.querySelectorAll('input:not([type=hidden], [type=radio], [type=checkbox])')) {
    if (!isShown(field)) continue;
    const { font, fontSize, direction, textAlign, paddingLeft, paddingRight } = style(field);
    const isFaint = isClear(style(field, '::placeholder').color);
    const text = field.value || (isFaint ? '' : field.placeholder);
    pen.font = font;
    const { width } = pen.measureText(text);
    const { left, right, top, bottom } = field.getBoundingClientRect();
    const [from, to] = [left + parseFloat(paddingLeft), right - parseFloat(paddingRight)];
    // What is typed may be longer than its field, which then scrolls.
    if (!field.value && width > to - from + 1) wrong.push(`cut: ${text}`);
    // Over a field may be written what is in it, as the reader writes it: then itself has no colour.
    const isWritten = isClear(style(field).webkitTextFillColor);
    if (!text || isWritten || !front.contains(field)) continue;
    const isAtRight = textAlign === 'right' || textAlign === (direction === 'rtl' ? 'start' : 'end');
    const [middle, high, wide] = [(top + bottom) / 2, parseFloat(fontSize) * 0.36, Math.min(width, to - from)];
    const at = isAtRight ? { left: to - wide, right: to } : { left: from, right: from + wide };
    drawn.push({ text, node: field, element: field, ...at, top: middle - high, bottom: middle + high });
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
    // Browsers paint a page once its foot has begun: what is in it comes later, and must not move all else.
    const begun = foot.cloneNode();
    const height = (it) => it.getBoundingClientRect().height;
    foot.replaceWith(begun);
    const before = height(begun);
    begun.replaceWith(foot);
    if (before !== height(foot)) wrong.push(`the foot grows from ${before} to ${height(foot)}`);
  } else if (!foot) wrong.push('there is no foot');

  const controls = [];
  for (const target of document.querySelectorAll('a[href], button, summary, input:not([type=hidden])')) {
    const face = target.closest('.field, label, .amount') ?? target;
    if (!isShown(face) || target.closest('.visually-hidden')) continue;
    const box = face.getBoundingClientRect();
    if (Math.min(box.width, box.height) < LEAST - 0.5)
      wrong.push(`too small: ${name(target)} ${Math.round(box.width)}x${Math.round(box.height)}`);
    if (front.contains(face)) controls.push({ face, ...clip(box, face) });
  }

  for (const box of document.querySelectorAll('body *')) {
    const { overflowX, overflowY } = style(box);
    const isLong =
      (scrolls(overflowX) && box.scrollWidth > box.clientWidth + 1) ||
      (scrolls(overflowY) && box.scrollHeight > box.clientHeight + 1);
    // Some browsers do not let keys scroll what has no place for them.
    if (isLong && isShown(box) && box.tabIndex < 0 && !box.querySelector('a[href], button, input, [tabindex="0"]'))
      wrong.push(`no key scrolls ${name(box)}`);
  }
  // Nobody scrolls for the next sale, but past a note that has to be read.
  const next = document.querySelector('[data-status=paid][data-channel=till]:not(:has(.note)) .actions > .button');
  if (next && scrollY + next.getBoundingClientRect().bottom > innerHeight)
    wrong.push(`below the first screen: ${next.textContent}`);

  // An amount has no letter that says which way it runs: it runs as the page does, and its sign is on one side everywhere.
  for (const { textContent } of document.querySelectorAll('.number[dir=auto]'))
    wrong.push(`runs its own way: ${textContent}`);

  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  wrong.push(...ids.filter((id, place) => ids.indexOf(id) < place).map((id) => `more than one #${id}`));

  const meet = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1;
  drawn.sort((one, other) => one.top - other.top);
  for (const [place, one] of drawn.entries()) {
    for (const other of drawn.slice(place + 1)) {
      if (other.top > one.bottom) break;
      // A text that is shortened has a place in full, and one for its dots.
      if (one.node !== other.node && meet(one, other)) wrong.push(`one on the other: ${one.text} / ${other.text}`);
    }
    for (const { face, ...box } of controls) {
      if (meet(one, box) && !face.contains(one.element)) wrong.push(`on ${name(face)}: ${one.text}`);
    }
  }

  // A code, or the card in its place, lies over no words; and what is told at a page's foot keeps to its column.
  for (const code of document.querySelectorAll('.qr')) {
    if (!isShown(code) || !front.contains(code)) continue;
    const box = clip(code.getBoundingClientRect(), code);
    const under = drawn.filter((one) => meet(one, box) && !code.contains(one.element));
    wrong.push(...under.map(({ text }) => `under ${name(code)}: ${text}`));
  }
  for (const band of document.querySelectorAll('.status > p')) {
    const [own, column] = [band, band.parentElement].map((it) => it.getBoundingClientRect());
    const sticksOut = style(band).direction === 'rtl' ? own.left < column.left - 1 : own.right > column.right + 1;
    if (isShown(band) && sticksOut) wrong.push(`out of its column: ${band.textContent.trim()}`);
  }

  return wrong;
};
