"""What a WSGI server and the `flask` command load."""

from pos import create_app
from pos.cli import is_asked, or_restore, or_stop, read_settings

with or_stop():
    # Who serves the till has to say with which wallet; a command is about the till as it was served.
    app = or_restore(lambda: create_app(read_settings() if is_asked() else None))
