"""The sandbox's account and its verbs: make a wallet, add an invoice, pay it. Who may, is decided in api.py."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from pos.sandbox.errors import AlreadyPaidError, ExpiredError, NotOursError, WrongAmountError
from pos.sandbox.keys import PREFIXES, Keys, Role, make
from pos.sandbox.ledger import Ledger
from pos.sandbox.lnpay_wallet import LNPayWallet
from pos.sandbox.node import Node, Terms
from pos.sandbox.parameters import InvoiceParameters
from pos.sandbox.payee import Payee
from pos.sandbox.transactions import Deposit, LightningTransaction
from pos.sandbox.webhook import Webhook

# What LND takes for an expiry of 0 or less, in seconds.
_NODE_EXPIRY = 86400


@dataclass(frozen=True, slots=True)
class Account:
    """The one account; the first of its wallets is `keys`'. `max_sats` is the most for one invoice.

    `payee` is the wallet of the play customer, to whom money goes back.
    """

    keys: Keys
    node: Node
    ledger: Ledger
    max_sats: int
    clock: Callable[[], float]
    webhook: Webhook | None
    payee: Payee

    def now(self) -> int:
        """Return the time in unix seconds."""
        return int(self.clock())


def create_wallet(account: Account, user_label: str) -> tuple[LNPayWallet, dict[Role, str]]:
    """Make a wallet, and return it with its keys: nobody is told them again."""
    wallet = LNPayWallet(make("wal"), user_label, account.now())
    keys = {role: make(prefix) for role, prefix in PREFIXES.items()}
    account.ledger.add_wallet(wallet, {key: role for role, key in keys.items()})
    return wallet, keys


def add_invoice(account: Account, wallet: LNPayWallet, asked: InvoiceParameters) -> LightningTransaction:
    """Sign an invoice that pays into a wallet, and remember it."""
    now = account.now()
    preimage = secrets.token_bytes(32)
    ours = {"wallet_id": wallet.id}
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


def pay(account: Account, payment_request: str, amount_sat: int | None = None, *, late: bool = False) -> Deposit:
    """Play the customer, and return what the wallet received.

    The payment request may be in upper case and begin with `lightning:`. With `late` the invoice may have expired, as
    where a payment is on its way for hours. Raises SandboxError.
    """
    transaction = account.ledger.get_by_payment_request(payment_request.strip().lower().removeprefix("lightning:"))
    if transaction is None:
        raise NotOursError("This invoice was not made by this sandbox.")
    if transaction.settled:
        raise AlreadyPaidError("This invoice has already been paid.")
    if not late and account.now() >= transaction.payable_until:
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
