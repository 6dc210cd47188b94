"""Who asks, as far as it matters: how much a stranger may cost the shop."""

import logging

from flask import request

from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.domain.visitor import is_this_machine, visitor
from pos.web.context import current_shop

log = logging.getLogger(__name__)


class TooOften(Refusal):
    """A visitor asked too often. Worth another try after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        sentence = Sentence(
            "That was too often from one connection. Nothing was charged. Wait a minute, then try again."
        )
        super().__init__(sentence, 429)
        self.retry_after = retry_after


def count_visit() -> None:
    """Count what costs the shop something: a question to the wallet, or paper. Raises TooOften."""
    shop = current_shop()
    seconds = shop.allowance.take(visitor(request.remote_addr))
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
