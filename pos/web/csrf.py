"""Forms of the till's own pages alone: what a page of somebody else has the browser send is refused.

The browser is asked first, as it knows best which page a form stands on: it says so in `Sec-Fetch-Site` (Fetch Metadata
Request Headers, W3C; over https and on this machine) and in `Origin` (RFC 6454; with every form, in every browser of
the last years). Where it says nothing that settles it, the form's token has to fit the cookie, as Flask-WTF does it.
So no form fails because a cookie is gone, another program on the same host name has overwritten it (cookies know no
ports), or a page was open for days.
"""

import hmac
import logging
from enum import Enum
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError

from pos.web.context import current_shop
from pos.web.cookies import kept_back

log = logging.getLogger(__name__)

# Seconds. A till that was opened in the morning still sells in the evening.
MAX_AGE = 24 * 60 * 60
# What a browser says of pages that have nothing to do with ours.
_FOREIGN = ("cross-site", "same-site")


class Sender(Enum):
    """Which page a form was sent from, as far as the browser says."""

    OURS = "ours"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


class Cause(Enum):
    """Why a form was refused."""

    TOO_OLD = "the page was open too long"
    FOREIGN = "another page than the till's sent it"
    NO_COOKIE = "the browser sent no cookie"
    OTHER_KEY = "the page is of another till, or from before the till's key changed"


class _Protect(CSRFProtect):  # type: ignore[misc]
    def protect(self, apply_exemptions: bool = False) -> None:
        sender = sent_from()
        if sender is Sender.OURS:
            g.csrf_valid = True
            return
        super().protect(apply_exemptions)
        # It was checked, and is none of those that prove who they are in another way.
        if sender is Sender.FOREIGN and g.get("csrf_valid"):
            g.csrf_valid = False
            raise CSRFError("The form was sent from another page.")


def init_app(app: Flask, secret_key: str) -> CSRFProtect:
    """Refuse foreign forms, and give the cookie a name that no other program on this host has.

    Tills of one key share a name: a form may come back to another process or host than made it.
    """
    app.config |= {
        "SESSION_COOKIE_NAME": f"till_{hmac.digest(secret_key.encode(), b'cookie', 'sha256').hex()[:8]}",
        "WTF_CSRF_TIME_LIMIT": MAX_AGE,
        # A browser may keep the address of a page to itself. It says where a form is from in other ways.
        "WTF_CSRF_SSL_STRICT": False,
    }
    return _Protect(app)


def sent_from() -> Sender:
    """Tell which page the request comes from."""
    site = request.headers.get("Sec-Fetch-Site")
    if site == "same-origin":
        return Sender.OURS
    if site in _FOREIGN:
        return Sender.FOREIGN
    origin = request.headers.get("Origin")
    # Asked only then: the settings, which know our address, may have to be looked for in the database.
    return Sender.OURS if origin and origin.lower() in _own_origins() else Sender.UNKNOWN


def cause_of(error: CSRFError) -> Cause:
    """Tell why a form was refused, and the owner what the browser and the till disagree about."""
    if sent_from() is Sender.FOREIGN or _is_of_another_host():
        log.warning(
            "a form was refused: the browser has it from %.200r (Origin), and this till believes to be at %s. If both"
            " are yours, set POS_PUBLIC_URL to the address that the browser shows, and POS_PROXIES to the number of"
            " proxies in front",
            request.headers.get("Origin", "?"),
            ", ".join(sorted(_own_origins())),
        )
        return Cause.FOREIGN
    if error.description == "The CSRF token has expired.":
        return Cause.TOO_OLD
    cause = Cause.OTHER_KEY if request.cookies.get(_cookie_name()) else Cause.NO_COOKIE
    by_http = kept_back() if cause is Cause.NO_COOKIE else None
    log.warning("a form was refused: %s%s", cause.value, f": {by_http}" if by_http else "")
    return cause


def _own_origins() -> set[str]:
    """Return what a browser may call this till: its address as the browser asked for it, and the one in the settings.

    A proxy in front that does the https may not have said so.
    """
    host = request.host.lower()
    own = {f"https://{host}"} if request.is_secure else {f"https://{host}", f"http://{host}"}
    public = urlsplit(current_shop().settings.public_url or "")
    return own | {f"{public.scheme}://{public.netloc}".lower()} if public.netloc else own


def keeps_its_address() -> bool:
    """Tell whether the browser keeps to itself which page it has a form from.

    So it does of our own pages whose address opens something, and of a frame that somebody has locked in.
    """
    return request.headers.get("Origin") == "null"


def _is_of_another_host() -> bool:
    origin = request.headers.get("Origin")
    return origin is not None and not keeps_its_address() and origin.lower() not in _own_origins()


def _cookie_name() -> str:
    name: str = current_app.config["SESSION_COOKIE_NAME"]
    return name
