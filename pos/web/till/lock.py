"""Locking a till: what is typed there is kept, sealed in where it leads back to, for whoever types a PIN next."""

from dataclasses import replace

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from pos.services.unlock import lock
from pos.web.access import identity
from pos.web.context import current_shop
from pos.web.links import till_url
from pos.web.sale_token import seal
from pos.web.till.forms import TillForm

# What the button of the pill does (templates/_lock.html).
LOCK = "lock"


def keep_and_lock(form: TillForm) -> ResponseReturnValue:
    """Lock this till, and lead to where a PIN is asked for. Nothing is sold. Raises StoreError."""
    who = identity()
    if who.device:
        lock(current_shop(), who.device, who.name)
    # In nobody's name, as nobody sells it yet.
    kept = seal(replace(form.sale, staff=""), str(form.key.data)) if form.validate() else None
    return redirect(url_for("pin.ask", back=till_url(form.till, kept)), 303)
