/* A page of the shop's own on a device at which nobody had to say who they are: it notices when that has changed. One
   that `stays` notices alone when the device was taken off. */
import { followDevice } from './status_of_device.js';
import { live } from './waiting.js';

const { status, stays } = document.querySelector('#device').dataset;

followDevice(
  () => status,
  ({ locked }) => locked && stays === undefined && location.reload(),
);
live();
