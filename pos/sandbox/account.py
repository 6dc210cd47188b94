"""The sandbox's wallet and its two verbs: add an invoice, pay it. Who may ask for that is decided in api.py."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from pos.sandbox.errors import AlreadyPaidError, ExpiredError, NotOursError, WrongAmountError
from pos.sandbox.keys import Keys
from pos.sandbox.ledger import Ledger
from pos.sandbox.node import Node, Terms
from pos.sandbox.parameters import Order
from pos.sandbox.transactions import Deposit, LnTx
from pos.sandbox.webhook import Webhook

# What LND takes for an expiry of 0 or less, in seconds.
_NODE_EXPIRY = 86400


@dataclass(frozen=True, slots=True)
class Wallet:
    """The one wallet that there is. `max_sats` is the most for one invoice, `created_at` in unix seconds."""

    keys: Keys
    node: Node
    ledger: Ledger
    created_at: int
    max_sats: int
    clock: Callable[[], float]
    webhook: Webhook | None

    def now(self) -> int:
        """Return the time in unix seconds."""
        return int(self.clock())


def add_invoice(wallet: Wallet, order: Order) -> LnTx:
    """Sign an invoice and remember it."""
    now = wallet.now()
    preimage = secrets.token_bytes(32)
    ours = {"wallet_id": wallet.keys.wallet_id}
    terms = Terms(
        amount_sat=order.num_satoshis,
        created_at=now,
        expiry=order.expiry if order.expiry > 0 else _NODE_EXPIRY,
        description=order.memo,
        description_hash=order.description_hash,
        payment_hash=sha256(preimage).hexdigest(),
        payment_secret=secrets.token_hex(32),
    )
    lntx = LnTx(
        id=f"lntx_{secrets.token_hex(11)}",
        created_at=now,
        updated_at=now,
        payment_request=wallet.node.sign(terms),
        r_hash_decoded=terms.payment_hash,
        preimage=preimage.hex(),
        memo=order.memo,
        description_hash=order.description_hash,
        num_satoshis=order.num_satoshis,
        expiry=order.expiry,
        expires_at=now + order.expiry,
        payable_until=now + terms.expiry,
        pass_thru=json.dumps(ours | order.pass_thru | ours),
    )
    wallet.ledger.add(lntx)
    return lntx


def pay(wallet: Wallet, payment_request: str, amount_sat: int | None = None) -> Deposit:
    """Play the customer, and return what the wallet received.

    The payment request may be in upper case and begin with `lightning:`. Raises SandboxError.
    """
    lntx = wallet.ledger.get_by_payment_request(payment_request.strip().lower().removeprefix("lightning:"))
    if lntx is None:
        raise NotOursError("This invoice was not made by this sandbox.")
    if lntx.settled:
        raise AlreadyPaidError("This invoice has already been paid.")
    if wallet.now() >= lntx.payable_until:
        raise ExpiredError("This invoice has expired.")
    return _settle(wallet, lntx.paid(_amount(lntx, amount_sat), wallet.now()))


def _amount(lntx: LnTx, amount_sat: int | None) -> int:
    """Return what to pay in sat."""
    if lntx.num_satoshis:
        if amount_sat not in (None, lntx.num_satoshis):
            raise WrongAmountError(f"This invoice is over {lntx.num_satoshis} sat, and can only be paid with that.")
        return lntx.num_satoshis
    if amount_sat is None or amount_sat < 1:
        raise WrongAmountError("This invoice is over any amount: say how many sat to pay, at least 1.")
    return amount_sat


def _settle(wallet: Wallet, paid: LnTx) -> Deposit:
    deposit = Deposit(f"wtx_{secrets.token_hex(11)}", paid)
    if not wallet.ledger.settle(deposit):
        raise AlreadyPaidError("This invoice has already been paid.")
    return deposit
