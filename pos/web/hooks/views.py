"""Webhooks: a hint to look, never proof. What a message says is read by the wallet whose it is.

It is answered at once, and the wallet is asked afterwards: some wait for the answer, and never try again.
"""

import logging
from functools import partial

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from pos.services.settle import settle_hint
from pos.wallets.base import Hint, Hinting, HintRefused, reads_hints
from pos.web.context import current_shop

bp = Blueprint("hooks", __name__, url_prefix="/hooks")
log = logging.getLogger(__name__)


@bp.post("/<name>")
def receive(name: str) -> ResponseReturnValue:
    """Take a message of the till's own wallet, whatever it is about."""
    shop = current_shop()
    if not reads_hints(shop.wallet) or not shop.wallet.hook_is_open or name != shop.wallet.hook_name:
        abort(404)
    hint = _read(shop.wallet)
    answer = Response(status=200)
    if hint:
        answer.call_on_close(partial(settle_hint, shop, hint))
    return answer


def _read(wallet: Hinting) -> Hint | None:
    body = request.get_data()
    try:
        return wallet.read_hint({name.lower(): value for name, value in request.headers}, body)
    except HintRefused as error:
        log.warning("a webhook of %d bytes was refused: %s", len(body), error)
        abort(error.status, f"This is no message of the wallet's: {error}.")
