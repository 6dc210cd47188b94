/* A page whose modules did not come, or could not be read, does what it does without any script. No module, and in the
   syntax of 2015: it has to run where those do not. */
{
  const { seconds, url } = document.currentScript.dataset;
  // Milliseconds after which a script that is still on its way counts as lost.
  const NEVER = 20000;

  /* Each module says that it runs. */
  const isLive = () =>
    Number(document.documentElement.dataset.live) >= document.querySelectorAll('[type=module]').length;
  const go = () => isLive() || location.replace(url);

  addEventListener('load', () => setTimeout(go, seconds * 1000));
  setTimeout(go, NEVER + seconds * 1000);
}
