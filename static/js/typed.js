/* What is typed at the till is kept while somebody looks something up, or there is no connection. */

const form = document.querySelector('#sale');
const find = (what) => form.querySelector(what);
const here = () => ({ at: location.pathname, sign: find('[data-key=sign]').textContent });

const radio = (name, value) => find(`[name=${name}][value="${value}"]`);

/* Keep what is typed as the till is left, for this window alone. */
function keep() {
  delete sessionStorage.typed;
  // What was sold is not: the address names the sale then (till.js), or its page has taken this one's place. Nor is what was
  // taken up: it may be paid meanwhile.
  if (location.search || 'of' in form.dataset || !form.isConnected) return;
  // Of each line the amount, and its rate of tax where there are several.
  const lines = [...form.querySelectorAll('.tape li:not(.gone)')].map((it) =>
    [...it.querySelectorAll('input')].map((field) => field.value),
  );
  const { unit, tax, amount, memo, key } = Object.fromEntries(new FormData(form));
  if (!amount && !memo && !lines.length) return;
  sessionStorage.typed = JSON.stringify({ ...here(), unit, tax, lines, amount, memo, key });
}

/** Bring it back, once, if it was typed at this till and nothing is typed by now. `put` adds a line. Tells whether. */
export function bring(put) {
  const { at, sign, unit, tax, lines, amount, memo, key } = JSON.parse(sessionStorage.typed);
  delete sessionStorage.typed;
  if (at !== here().at || find('#amount').value || find('[name=line]')) return false;
  const rates = [tax, ...lines.map(([, rate]) => rate)];
  if (!isOffered('unit', unit) || !rates.every((it) => isOffered('tax', it))) return false;
  // In another language 1.2 is that still, but 1.234, with more typed, may be a thousand.
  const read = (text) => (/^\d*[.,]\d*$/.test(text) ? text.replace(sign, here().sign) : text);
  if (unit) radio('unit', unit).checked = true;
  for (const [text, rate] of lines) put(read(text), radio('tax', rate));
  if (tax) radio('tax', tax).checked = true;
  find('#amount').value = read(amount);
  find('#memo').value = memo;
  // Where the answer to its charge was lost, it is that sale still.
  find('[name=key]').value = key;
  return true;
}

addEventListener('pagehide', keep);

/* Where there is a choice, it is one of it; where there is none, there was none. */
function isOffered(name, value) {
  return value ? radio(name, value) : !find(`[name=${name}]`);
}
