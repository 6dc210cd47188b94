"""What the sandbox keeps of one invoice: LNPay's LnTx. How LNPay writes it is in documents.py."""

import json
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class LightningTransaction:
    """An invoice and what became of it. Amounts in sat, times in unix seconds, `expiry` in seconds, hashes in hex.

    `num_satoshis` is 0 for any amount, and what was paid once it is settled (LNPay docs). `expires_at` is what LNPay
    says; the invoice itself can be paid until `payable_until`, which is later if the expiry asked for was 0 or less.
    `pass_thru` is JSON.
    """

    id: str
    created_at: int
    updated_at: int
    payment_request: str
    r_hash_decoded: str
    preimage: str = field(repr=False)
    memo: str
    description_hash: str | None
    num_satoshis: int
    expiry: int
    expires_at: int
    payable_until: int
    pass_thru: str
    settled: int = 0
    settled_at: int | None = None

    @property
    def wallet_id(self) -> str:
        """The wallet that it pays into; LNPay writes it into what is passed through."""
        return str(json.loads(self.pass_thru)["wallet_id"])

    def paid(self, amount_sat: int, now: int) -> "LightningTransaction":
        """Return it as it is once paid."""
        return replace(self, num_satoshis=amount_sat, settled=1, settled_at=now, updated_at=now)


@dataclass(frozen=True, slots=True)
class Deposit:
    """A settled one as it changed the wallet: LNPay's wallet transaction. Id `wtx_..`."""

    id: str
    transaction: LightningTransaction
