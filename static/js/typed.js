/* What is typed at the till is kept while somebody looks something up, or there is no connection. */

const form = document.querySelector('#sale');
const find = (what) => form.querySelector(what);
// An amount that is typed in one language may be another in the next.
const here = () => `${location.pathname} ${document.documentElement.lang}`;

const radio = (name, value) => [...form.querySelectorAll(`[name=${name}]`)].find((it) => it.value === value);

/** Keep what is typed as the till is left, for this window alone. */
export function keep() {
  delete sessionStorage.typed;
  // What was sold is not: the address names the sale then (till.js). Nor is one that was taken up, and not changed.
  if (location.search || form.dataset.of) return;
  // Of each line the amount, and its rate of tax where there are several.
  const lines = [...form.querySelectorAll('.tape li:not(.gone)')].map((it) =>
    [...it.querySelectorAll('input')].map((field) => field.value),
  );
  const [unit, tax] = ['unit', 'tax'].map((name) => find(`[name=${name}]:checked`)?.value);
  const [amount, memo] = [find('#amount').value, find('#memo').value];
  if (!amount && !memo && !lines.length) return;
  sessionStorage.typed = JSON.stringify({ at: here(), unit, tax, lines, amount, memo });
}

/** Bring it back, once, if it was typed at this till and nothing is typed by now. Tells whether. */
export function bring() {
  const { at, unit, tax, lines, amount, memo } = JSON.parse(sessionStorage.typed);
  delete sessionStorage.typed;
  if (at !== here() || find('#amount').value || find('[name=line]')) return false;
  const rates = [tax, ...lines.map(([, rate]) => rate)];
  if (!isOffered('unit', unit) || !rates.every((it) => isOffered('tax', it))) return false;
  if (unit) radio('unit', unit).checked = true;
  for (const [text, rate] of lines) {
    const line = document.querySelector('#line').content.firstElementChild.cloneNode(true);
    const [typed, button, field] = line.children;
    const figure = button.firstElementChild;
    typed.value = figure.textContent = text;
    if (field) {
      field.value = rate;
      figure.dataset.tax = radio('tax', rate).nextElementSibling.textContent;
    }
    find('.tape ol').append(line);
  }
  if (tax) radio('tax', tax).checked = true;
  find('#amount').value = amount;
  find('#memo').value = memo;
  return true;
}

/* Where there is a choice, it is one of it; where there is none, there was none. */
function isOffered(name, value) {
  return radio(name, value)?.value === value && Boolean(value) === Boolean(find(`[name=${name}]`));
}
