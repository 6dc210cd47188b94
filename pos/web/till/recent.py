"""A till's last sales of today, as its page lists them."""

from collections.abc import Iterable
from functools import lru_cache
from typing import cast

from flask import current_app, request
from markupsafe import Markup

from pos.domain.charge import ListedCharge
from pos.domain.sale import Sale
from pos.services.recent import outcome
from pos.web.context import current_shop
from pos.web.i18n import language, write_sale_number
from pos.web.macros import Macro


def rows(charges: Iterable[ListedCharge], now: int, wallet: str) -> list[Markup]:
    """Write each sale as a link to its pay page, which says what became of it by now (unix seconds).

    One that is not paid, and that not `wallet` holds but another one, says which.
    """
    # What a row looks at besides what it is given.
    circumstances = language(), current_shop().settings.timezone, request.script_root
    return [
        _row(
            it.id,
            write_sale_number(it.number),
            it.sale,
            it.created_at,
            outcome(it, now),
            _holder(it, wallet),
            circumstances,
        )
        for it in charges
    ]


def _holder(listed: ListedCharge, wallet: str) -> str:
    return "" if listed.received_sat is not None or listed.wallet == wallet else listed.wallet


@lru_cache(maxsize=1024)
def _row(
    charge_id: str, number: str, sale: Sale, created_at: int, became: str, holder: str, _circumstances: object
) -> Markup:
    # A sale stands on a dozen pages, one after the other: the page is made for each sale.
    write = cast(Macro, current_app.jinja_env.globals["recent_sale"])
    return write(charge_id, number, sale, created_at, became, holder)
