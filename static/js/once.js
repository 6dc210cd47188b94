/* A form of the office goes once, however often it is tapped: the answer to the second tap would be that it is too late.
   No module: it waits for nothing, and a page may be without one. */
{
  // Milliseconds, after which it may go again: it was stopped, or it led to a file.
  const AGAIN = 15000;
  let sent;
  const forget = () => {
    sent = undefined;
  };
  addEventListener('submit', (event) => {
    const { target: form } = event;
    if (event.defaultPrevented || form.method === 'get') return;
    if (form === sent) {
      event.preventDefault();
      return;
    }
    sent = form;
    setTimeout(forget, AGAIN);
  });
  // A page that comes back from the browser's memory is another try.
  addEventListener('pageshow', forget);
}
