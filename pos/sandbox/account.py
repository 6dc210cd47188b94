"""The sandbox's account and its two verbs: add an invoice, pay it. Who may ask for that is decided in api.py."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from pos.sandbox.errors import AlreadyPaidError, ExpiredError, NotOursError, WrongAmountError
from pos.sandbox.keys import Keys
from pos.sandbox.ledger import Ledger
from pos.sandbox.node import Node, Terms
from pos.sandbox.parameters import InvoiceParameters
from pos.sandbox.transactions import Deposit, LightningTransaction
from pos.sandbox.webhook import Webhook

# What LND takes for an expiry of 0 or less, in seconds.
_NODE_EXPIRY = 86400


@dataclass(frozen=True, slots=True)
class Account:
    """The one account, with its one wallet. `max_sats` is the most for one invoice, `created_at` in unix seconds."""

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


def add_invoice(account: Account, asked: InvoiceParameters) -> LightningTransaction:
    """Sign an invoice and remember it."""
    now = account.now()
    preimage = secrets.token_bytes(32)
    ours = {"wallet_id": account.keys.wallet_id}
    terms = Terms(
        amount_sat=asked.num_satoshis,
        created_at=now,
        expiry=asked.expiry if asked.expiry > 0 else _NODE_EXPIRY,
        description=asked.memo,
        description_hash=asked.description_hash,
        payment_hash=sha256(preimage).hexdigest(),
        payment_secret=secrets.token_hex(32),
    )
    transaction = LightningTransaction(
        id=f"lntx_{secrets.token_hex(11)}",
        created_at=now,
        updated_at=now,
        payment_request=account.node.sign(terms),
        r_hash_decoded=terms.payment_hash,
        preimage=preimage.hex(),
        memo=asked.memo,
        description_hash=asked.description_hash,
        num_satoshis=asked.num_satoshis,
        expiry=asked.expiry,
        expires_at=now + asked.expiry,
        payable_until=now + terms.expiry,
        pass_thru=json.dumps(ours | asked.pass_thru | ours),
    )
    account.ledger.add(transaction)
    return transaction


def pay(account: Account, payment_request: str, amount_sat: int | None = None) -> Deposit:
    """Play the customer, and return what the wallet received.

    The payment request may be in upper case and begin with `lightning:`. Raises SandboxError.
    """
    transaction = account.ledger.get_by_payment_request(payment_request.strip().lower().removeprefix("lightning:"))
    if transaction is None:
        raise NotOursError("This invoice was not made by this sandbox.")
    if transaction.settled:
        raise AlreadyPaidError("This invoice has already been paid.")
    if account.now() >= transaction.payable_until:
        raise ExpiredError("This invoice has expired.")
    return _settle(account, transaction.paid(_amount(transaction, amount_sat), account.now()))


def _amount(transaction: LightningTransaction, amount_sat: int | None) -> int:
    """Return what to pay in sat."""
    if transaction.num_satoshis:
        if amount_sat not in (None, transaction.num_satoshis):
            raise WrongAmountError(
                f"This invoice is over {transaction.num_satoshis} sat, and can only be paid with that."
            )
        return transaction.num_satoshis
    if amount_sat is None or amount_sat < 1:
        raise WrongAmountError("This invoice is over any amount: say how many sat to pay, at least 1.")
    return amount_sat


def _settle(account: Account, paid: LightningTransaction) -> Deposit:
    deposit = Deposit(f"wtx_{secrets.token_hex(11)}", paid)
    if not account.ledger.settle(deposit):
        raise AlreadyPaidError("This invoice has already been paid.")
    return deposit
