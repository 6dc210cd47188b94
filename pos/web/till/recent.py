"""A till's last sales of today, as its page lists them."""

from collections.abc import Iterable
from functools import lru_cache

from flask import render_template
from markupsafe import Markup

from pos.domain.charge import ListedCharge
from pos.domain.sale import Sale
from pos.services.recent import outcome
from pos.web.i18n import language


def rows(charges: Iterable[ListedCharge], now: int) -> list[Markup]:
    """Write each sale as a link to its pay page, which says what became of it by now (unix seconds)."""
    return [_row(it.id, it.number, it.sale, it.created_at, outcome(it, now), language()) for it in charges]


@lru_cache(maxsize=1024)
def _row(charge_id: str, number: str, sale: Sale, created_at: int, became: str, _language: str) -> Markup:
    # A sale stands on a dozen pages, one after the other: the page is made for each sale.
    return Markup(  # noqa: S704 - a template has escaped it
        render_template(
            "till/_sale.html",
            charge_id=charge_id,
            number=number,
            sale=sale,
            created_at=created_at,
            outcome=became,
        )
    )
