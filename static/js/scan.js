/* Reading a code by the camera into a field, where the browser can. Without it the field is pasted into. */

// Milliseconds between two looks: a code is read within the second, and the battery lasts.
const EVERY = 200;

let stream;

const find = (what) => document.querySelector(what);
const canRead = 'BarcodeDetector' in window && navigator.mediaDevices !== undefined;

function say(words) {
  find('#scan span').textContent = words;
}

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
}

function putAway(words) {
  stop();
  find('#scanner').hidden = true;
  say(words);
}

async function start({ dataset }) {
  const detector = new window.BarcodeDetector({ formats: ['qr_code'] });
  const mine = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  const video = find('#scanner video');
  stream = mine;
  say(dataset.stop);
  find('#scanner').hidden = false;
  video.srcObject = mine;
  try {
    await video.play();
    while (stream === mine) {
      const [code] = await detector.detect(video);
      if (code && stream === mine) {
        putAway(dataset.start);
        const field = document.getElementById(dataset.for);
        field.value = code.rawValue;
        field.focus();
      } else await new Promise((done) => setTimeout(done, EVERY));
    }
  } catch (e) {
    // What was put away meanwhile is nobody's trouble.
    if (stream === mine) throw e;
  }
}

addEventListener('click', async ({ target }) => {
  const button = target.closest('#scan');
  if (!button) return;
  if (stream) {
    putAway(button.dataset.start);
    return;
  }
  try {
    await start(button);
  } catch {
    // No camera, or nobody let us: the field is still there.
    putAway(button.dataset.failed);
  }
});

/* The page keeps its button to itself while the browser has nothing to read with. An answer may bring another page. */
function dress() {
  stop();
  const button = find('#scan');
  if (button) button.hidden = !canRead;
}

new MutationObserver(dress).observe(document.documentElement, { childList: true });
dress();
