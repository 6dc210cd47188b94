"""What every view needs: the shop, and the charge that an address names."""

from typing import NoReturn, cast

from flask import abort, current_app

from pos.domain.charge import Charge
from pos.domain.sentence import Sentence
from pos.shop import Shop


def current_shop() -> Shop:
    """Return the shop that `create_app` joined."""
    return cast(Shop, current_app.extensions["shop"])


def charge_or_404(charge_id: str) -> Charge:
    """Return the charge of an address, or answer that there is no such sale."""
    charge = current_shop().store.get(charge_id)
    if charge is None:
        no_such_sale()
    return charge


def no_such_sale() -> NoReturn:
    """Answer that there is no such sale."""
    abort(404, Sentence("There is no such sale."))
