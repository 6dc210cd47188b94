/* For a page whose modules did not come, or could not be read. In the syntax of 2015, as it has to run there. */
{
  const { seconds, url } = document.currentScript.dataset;
  const question = new XMLHttpRequest();
  /* Each module says that it runs. Not for a till that is gone: nothing leads back from the browser's own page. */
  const ask = () => {
    if (document.documentElement.dataset.live >= document.querySelectorAll('[type=module]').length) return;
    question.open('HEAD', url);
    question.send();
  };
  // It is looked again after 5 s. A script that is still on its way after 20 s counts as lost.
  question.onloadend = () =>
    question.getResponseHeader('lightning-till') ? location.replace(url) : setTimeout(ask, 5000);
  addEventListener('load', () => setTimeout(ask, seconds * 1000));
  setTimeout(ask, seconds * 1000 + 20000);
}
