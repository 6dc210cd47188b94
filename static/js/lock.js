/* A till that nobody touches locks itself; one that was locked elsewhere, or whose seller has left, is locked, too. */
import { followDevice } from './status_of_device.js';

// What the server answers to a form brings another one.
const button = () => document.querySelector('.lock');
const { after, status } = button().dataset;
let touched = performance.now();
let told = touched;

/* Whoever types a long tape asks the till for nothing, and yet is there. */
function asked() {
  const isTouched = touched > told;
  told = performance.now();
  return isTouched ? `${status}?touched` : status;
}

followDevice(asked, ({ locked }) => {
  const isIdle = Number(after) && performance.now() - touched >= after * 1000;
  // While it is pressed already, it is on its way.
  if (isIdle || locked) button()?.click();
});

for (const touch of ['pointerdown', 'keydown', 'wheel', 'touchmove']) {
  addEventListener(
    touch,
    () => {
      touched = performance.now();
    },
    { passive: true, capture: true },
  );
}
