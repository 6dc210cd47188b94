"""Renewing: a new invoice over the same amount, once the old one is known to be unpaid."""

from pos.domain.charge import Charge, Status
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.services.charge import charge_again
from pos.services.jars import find_open_jar
from pos.services.settle import paying, settle_now
from pos.shop import Shop
from pos.store import SalePaid
from pos.wallets.base import WalletError


class NotKnown(Refusal):
    """The wallet was to be asked whether the old invoice is paid, and did not say: it may be."""

    def __init__(self, error: WalletError) -> None:
        super().__init__(Sentence("Not known yet. Paid already? Do not pay again."), error.status, str(error))
        self.retry_after = error.retry_after


def renew(shop: Shop, charge: Charge) -> Charge:
    """Return the charge to be paid from now on: the new one of the same sale, or the old one if it is paid or open.

    Where the sale was paid by another of its charges meanwhile, that one is returned.

    While the old one is not known to be unpaid, nothing is sold a second time: the wallet is asked, whatever it said a
    moment ago. Who asks twice at once gets one answer.

    Raises NotKnown, NoJar where what it is put in is closed by now, AmountError, NoRate, TooManyOpen, WalletError where
    there is no new invoice, or StoreError.
    """
    return shop.single_flight.join(f"renew {charge.id}", lambda: _renew(shop, charge))


def _renew(shop: Shop, charge: Charge) -> Charge:
    charge = paying(shop, charge)
    if charge.payment is None and (successor := shop.store.find_attempt(charge.sale_id, charge.attempt + 1)):
        return successor
    try:
        charge = settle_now(shop, charge, "renew")
    except WalletError as error:
        raise NotKnown(error) from error
    now = shop.now()
    # One of another wallet is never known: nobody can ask that.
    is_over = charge.status(now) is Status.EXPIRED and charge.is_known(now)
    if not is_over:
        return charge
    if charge.jar:
        find_open_jar(shop, charge.jar)
    try:
        return charge_again(shop, charge)
    except SalePaid:
        # While the wallet made the new invoice, which nobody has seen.
        return paying(shop, shop.store.get(charge.id) or charge)
