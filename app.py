"""What a WSGI server and the `flask` command load."""

from pos import create_app
from pos.cli import load, or_stop

with or_stop():
    app = load(create_app)
