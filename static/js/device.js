/* A page of the shop's own on a device at which nobody had to say who they are: it notices when that has changed. */
import { followDevice } from './status_of_device.js';

const { status } = document.querySelector('#device').dataset;

followDevice(
  () => status,
  ({ locked }) => locked && location.reload(),
);
