"""What somebody types who gives money back, and what is wrong with it."""

from dataclasses import dataclass

from flask import request

from pos.domain.charge import is_idempotency_key
from pos.domain.memo import clean_memo
from pos.domain.money import Money, parse_money
from pos.domain.refund import AtRate
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.services.refund import Wish
from pos.web.access import identity
from pos.web.forms import new_key
from pos.web.i18n import language


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of the form, as they were sent: nobody has read them yet."""

    key: str
    amount: str
    reason: str = ""
    at_rate: str = AtRate.SALE.value
    to: str = ""

    @classmethod
    def sent(cls) -> "Typed":
        """Return what this request sends."""
        sent = request.form
        return cls(
            sent.get("key") or new_key(), *(sent.get(name, "") for name in ("amount", "reason", "at_rate", "to"))
        )

    def read(self, currency: str) -> Wish:
        """Return what is wished for, of a sale that was typed in a currency. Raises Refusal."""
        if not is_idempotency_key(self.key):
            raise Refusal(Sentence("This page is damaged. Load it again."))
        amount: Money = parse_money(self.amount, currency, language())
        reason = clean_memo(self.reason)
        if not reason:
            raise Refusal(Sentence("Write why it is given back."))
        who = identity()
        at_rate = AtRate.NOW if self.at_rate == AtRate.NOW.value else AtRate.SALE
        return Wish(amount, reason, at_rate, who.name, who.refund_limit, self.to)
