"""The service worker of the shop's own devices: what it keeps there, and for which pages it stands in.

What it does is in static/js/service_worker.js; it is told what to keep by the few lines that are made here. It is asked
for at an address that names its content, so that a page brings the worker of its own version along, and at once.
"""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from flask import current_app, render_template, url_for

from pos.web.i18n import language
from pos.web.theme import looks

# The first part of the addresses that the shop's own devices stand on. Anything else is public, or for programs.
FACES = ("", "till", "tip", "pay", "kiosk", "screen", "sales", "language")
# What the till's first screen is made of, and the page without a connection. Of the other faces it keeps what it sees.
_STYLES = ("css/base.css", "css/till.css")
_SCRIPTS = ("js/offline.js", "js/installed.js", "js/till.js")


def digest() -> str:
    """Name the worker by its content."""
    return _named(source())


def source() -> str:
    """Write the worker, in the reader's language."""
    static = url_for("static", filename="")
    with_imports: Callable[..., tuple[str, ...]] = current_app.jinja_env.globals["with_imports"]  # type: ignore[assignment]
    page = url_for("installed.offline", language=language(), v=_named(offline_page()))
    kept: dict[str, Any] = {
        "page": page,
        "files": [f"{static}{name}" for name in (*_STYLES, *with_imports(*_SCRIPTS))] + looks(),
        "static": static,
        "root": url_for("till.new"),
        "faces": FACES,
    }
    kept["cache"] = f"lightning-till {_named(json.dumps(kept))}"
    return f'self.kept = {json.dumps(kept)};\nimportScripts("{static}js/service_worker.js");\n'


def offline_page() -> str:
    """Write the page that says that there is no connection, whichever one was asked for."""
    return render_template("installed/offline.html")


def _named(content: str) -> str:
    return sha256(content.encode()).hexdigest()[:12]
