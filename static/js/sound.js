/* What is heard and felt when a charge ends. There is no file: the notes are made here. */

// Each note: its frequency (Hz), its start and its length (seconds).
const NOTES = {
  paid: [
    [784, 0, 0.08],
    [1047, 0.08, 0.17],
  ],
  'needs-review': [
    [1047, 0, 0.08],
    [784, 0.08, 0.17],
    [1047, 0.4, 0.08],
    [784, 0.48, 0.17],
  ],
  expired: [[196, 0, 0.4]],
};
// Milliseconds: on, off, on.
const PULSES = { paid: [80, 60, 170], 'needs-review': [170, 90, 170, 90, 170] };
const LOUD = 0.3;
const SOFT = 0.12;
// How long a browser may take to let us be heard. After that it would be too late, and only startle.
const WAIT = 500;

/** Let a charge's end be heard and felt, as far as the browser lets us: one that nobody touched yet stays silent. */
export async function ring(end) {
  pulse(PULSES[end]);
  const context = new AudioContext();
  if (await isHeard(context)) {
    const played = NOTES[end].map((note) => play(context, end === 'expired' ? SOFT : LOUD, ...note));
    await Promise.all(played);
  }
  await context.close();
}

function pulse(pattern) {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  if (pattern && !still && (navigator.userActivation?.hasBeenActive ?? true)) navigator.vibrate?.(pattern);
}

/* Not asked with a note: one that may not be played is an error to the browser. */
function isHeard(context) {
  return new Promise((tell) => {
    const look = () => context.state === 'running' && tell(true);
    context.addEventListener('statechange', look);
    setTimeout(() => tell(false), WAIT);
    look();
  });
}

function play(context, loud, frequency, start, length) {
  const note = context.createOscillator();
  const volume = context.createGain();
  const from = context.currentTime + start;
  note.type = 'triangle';
  note.frequency.value = frequency;
  // Without a slope at both ends it would click.
  volume.gain.setValueAtTime(0, from);
  volume.gain.linearRampToValueAtTime(loud, from + 0.01);
  volume.gain.setValueAtTime(loud, from + length - 0.02);
  volume.gain.linearRampToValueAtTime(0, from + length);
  note.connect(volume);
  volume.connect(context.destination);
  note.start(from);
  note.stop(from + length);
  return new Promise((end) => note.addEventListener('ended', end));
}
