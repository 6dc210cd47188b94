"""Is the address free that the till is to listen at? gunicorn itself tries five times, and names no setting."""

import errno
import os
import socket
from collections.abc import Iterable

from pos.settings import SettingsError

# Set where somebody hands over a socket that listens already: an earlier gunicorn, or systemd.
_HANDED_OVER = ("GUNICORN_FD", "LISTEN_FDS")


def check_free(addresses: Iterable[object]) -> None:
    """Try each pair of host and port for a moment. Raises SettingsError with what to change."""
    if any(name in os.environ for name in _HANDED_OVER):
        return
    for address in addresses:
        if isinstance(address, tuple):
            _try(str(address[0]), int(address[1]))


def _try(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
            # Another one that listens is found out no sooner where it, too, lets an address be used again.
            tried.listen()
    except OSError as error:
        raise SettingsError(_sentence(error, host, port)) from error


def _sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else port - 1
        return (
            f"POS_PORT {port} is taken: another program listens at {host}, perhaps a till that still runs. Stop that"
            f" one, or choose another port. Example: POS_PORT={other}"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"POS_PORT {port} is not for this user: ports below 1024 are the administrator's. Example: POS_PORT=8080"
    return (
        f"POS_HOST {host} is no address of this machine. Take 127.0.0.1 for this machine alone, or 0.0.0.0 for all"
        " devices that reach it. Example: POS_HOST=0.0.0.0"
    )
