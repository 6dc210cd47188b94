"""Where the till is served: each start writes it down, as what only that start was told is known to no command."""

from contextlib import suppress

from pos.settings import Settings

_FILE = "served_at"


def write_served_at(settings: Settings) -> None:
    """Write down where a till is found that begins to serve."""
    # No start fails for that.
    with suppress(OSError):
        (settings.var / _FILE).write_text(settings.url)


def served_at(settings: Settings) -> str:
    """Return where a browser finds the till: from outside, else where it was served last."""
    if settings.public_url:
        return settings.public_url
    with suppress(OSError, UnicodeDecodeError):
        return (settings.var / _FILE).read_text() or settings.url
    return settings.url
