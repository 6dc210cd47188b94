"""What a WSGI server and the `flask` command load."""

from pos import create_app
from pos.cli import or_restore, or_stop

with or_stop():
    app = or_restore(create_app)
