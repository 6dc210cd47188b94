/* What is typed at the till, kept while somebody looks at another sale. */

const form = document.querySelector('#sale');
const find = (what) => form.querySelector(what);
// An amount that is typed in one language may be another in the next.
const here = () => `${location.pathname} ${document.documentElement.lang}`;

/** Keep what is typed, for this window alone. */
export function keep() {
  const lines = [...form.querySelectorAll('[name=line]')].map((it) => it.value);
  const unit = find('[name=unit]:checked')?.value;
  const [amount, memo] = [find('#amount').value, find('#memo').value];
  if (amount || memo || lines.length) sessionStorage.typed = JSON.stringify({ at: here(), unit, lines, amount, memo });
}

/** Bring it back, once, if it was typed at this till and nothing is typed by now. Tells whether. */
export function bring() {
  const { at, unit, lines, amount, memo } = JSON.parse(sessionStorage.typed);
  delete sessionStorage.typed;
  const chosen = [...form.querySelectorAll('[name=unit]')].find((it) => it.value === unit);
  if (at !== here() || Boolean(unit) !== Boolean(chosen) || find('#amount').value || find('[name=line]')) return false;
  if (chosen) chosen.checked = true;
  for (const text of lines) {
    const line = document.querySelector('#line').content.cloneNode(true);
    line.querySelector('input').value = line.querySelector('button').textContent = text;
    find('.tape').append(line);
  }
  find('#amount').value = amount;
  find('#memo').value = memo;
  return true;
}
