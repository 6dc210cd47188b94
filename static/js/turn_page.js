/* A page that becomes what the server shows now. Only the server's page can turn the screen green. */
import { get, NoAnswer } from './lib/charge.js';

/** Take over the page that `main` names, if its own main `isNews`. Returns the new main, or nothing. */
export async function turnPage(main, isNews = () => true) {
  const { page: url } = main.dataset;
  const text = await get(url, (answer) => answer.text());
  const page = new DOMParser().parseFromString(text, 'text/html');
  const next = page.getElementById(main.id);
  if (!next) throw new NoAnswer(`${url}: another page`);
  if (!isNews(next)) return undefined;
  if (style(page) !== style(document)) {
    // The till was updated: its new pages are not made for the style and the scripts that are here.
    location.replace(url);
    return undefined;
  }
  const focused = main.contains(document.activeElement);
  main.replaceWith(document.adoptNode(next));
  take(page);
  if (focused) focusTitle(next);
  return next;
}

const style = (page) => page.querySelector('link[rel=stylesheet]').href;

function take(page) {
  const root = document.documentElement;
  if (page.documentElement.dataset.state) root.dataset.state = page.documentElement.dataset.state;
  else delete root.dataset.state;
  document.body.className = page.body.className;
  document.title = page.title;
  for (const colour of document.querySelectorAll('[name=theme-color]')) {
    colour.content = page.querySelector(`[name=theme-color][media="${colour.media}"]`).content;
  }
  scrollTo(0, 0);
}

function focusTitle(main) {
  const title = main.querySelector('h1');
  title.tabIndex = -1;
  title.focus();
}
