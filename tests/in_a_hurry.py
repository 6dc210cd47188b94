"""The app of a process in which the lease grows stale five times as soon, for tests that wait for that in real time."""

import time

from pos import create_app
from pos.cli import or_stop

with or_stop():
    app = create_app(running=lambda: 5 * time.monotonic())
