"""Who asks, as far as it matters: how much a stranger may cost the shop."""

import logging

from flask import request

from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.domain.visitor import is_this_machine
from pos.web.access import identity
from pos.web.asked_from import asked_from
from pos.web.context import current_shop

log = logging.getLogger(__name__)


class TooOften(Refusal):
    """A visitor asked too often. Worth another try after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        sentence = Sentence(
            "That was too often from one connection. Nothing was charged. Try again in {seconds} s.",
            {"seconds": retry_after},
        )
        super().__init__(sentence, 429)
        self.retry_after = retry_after


def count_visit() -> None:
    """Count what costs the shop something: a question to the wallet, or paper. Raises TooOften or StoreError.

    What strangers ask for takes nothing from the shop's own devices and owners, whatever address all of them have.
    """
    _count(_asker())


def count_invoice() -> None:
    """Count an invoice that anybody may ask for, wherever he is: however long invoices are good in this shop, no more
    of one stranger's are open than the last limit says. Raises TooOften or StoreError."""
    count_visit()
    if identity().device is None:
        _count(f"invoices {_asker()}", lasting=current_shop().settings.invoice_expiry)


def _asker() -> str:
    owner = identity().owner
    return f"owner {owner.id}" if owner else asked_from().name


def _count(what: str, lasting: int = 0) -> None:
    shop = current_shop()
    seconds = shop.allowance.take(what, lasting)
    if not seconds:
        return
    if "X-Forwarded-For" in request.headers and not shop.settings.proxies:
        log.warning(
            "a visitor asked too often; all who come by the proxy in front count as one: say in POS_PROXIES how many"
            " proxies there are"
        )
    raise TooOften(seconds)


def is_at_this_machine() -> bool:
    """Tell whether who asks sits at the till's own machine, as far as nobody asks for others: a proxy would."""
    return is_this_machine(request.remote_addr) and "X-Forwarded-For" not in request.headers
