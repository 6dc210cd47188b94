"""From a posted form to a charge or a sentence: what the till, the kiosk and the tip jar have in common."""

import logging
from collections.abc import Callable

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from pos.domain.charge import Face
from pos.domain.money import AmountError
from pos.domain.sentence import Sentence
from pos.rates import NoRate
from pos.services.charge import charge
from pos.store import StoreError
from pos.wallets.base import WalletError
from pos.web.context import current_shop
from pos.web.forms import SaleForm
from pos.web.words import say

log = logging.getLogger(__name__)

NOT_STORED = Sentence("The till could not write the sale down, so it is not shown. Nothing was charged. Try again.")


def sell(form: SaleForm, face: Face, show: Callable[[str | None], str]) -> ResponseReturnValue:
    """Make the charge and lead to its pay page, or show the form again with what was typed and a sentence."""
    if not form.validate():
        return show(form.sentence), 422
    try:
        made = charge(current_shop(), face, form.sale, str(form.key.data))
    except AmountError as error:
        return show(say(error.sentence)), 422
    except NoRate as error:
        log.warning("no sale: %s", error)
        return show(say(error.sentence)), 503
    except WalletError as error:
        log.warning("no sale: %s: %s", type(error).__name__, error)
        return show(say(error.sentence)), error.status
    except StoreError as error:
        log.error("no sale: the store failed: %s", error)
        return show(say(NOT_STORED)), 503
    return redirect(url_for("pay.show", charge_id=made.id), 303)
