"""LNURL-pay (LUD-06, 12, 16, 20): what a payer's wallet is told of who is paid, and how its wishes are read."""

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from pos.domain.memo import MemoError, on_one_line
from pos.domain.message import clean_message
from pos.domain.money import SAT, AmountError, Money
from pos.domain.rate import Rate
from pos.domain.sentence import Sentence

# Characters of a comment. Each may be twelve bytes of an address, and servers end those at 4,094.
COMMENT = 140
MSAT = 1000
# Characters of base64 that a wallet has to take (LUD-06). It comes along each time that the code is scanned.
_LARGEST_PICTURE = 136_536
_AMOUNT = re.compile("[0-9]{1,16}")
_TAGGED = re.compile(r"(?P<name>[^+]*)(?:\+[a-z0-9_.-]{1,64})?")


@dataclass(frozen=True, slots=True)
class Terms:
    """How somebody is paid: the `metadata` as the payer's wallet gets it, and from how much to how much (sat).

    Where both are the same, that is the price; `rate` is the one that made it of a price in a currency.
    """

    metadata: str
    least_sat: int
    most_sat: int
    rate: Rate | None = None

    @property
    def fingerprint(self) -> str:
        """By which a callback tells what its payer was shown: the first half of the hash's first half."""
        return sha256(self.metadata.encode()).hexdigest()[:16]

    def check(self, amount_sat: int) -> None:
        """Raise AmountError if that is not what was offered."""
        if self.least_sat <= amount_sat <= self.most_sat:
            return
        least, most = Money(self.least_sat, SAT), Money(self.most_sat, SAT)
        if self.least_sat == self.most_sat:
            raise AmountError(Sentence("The amount has to be {amount}.", {"amount": least}))
        raise AmountError(Sentence("The amount has to be from {least} to {most}.", {"least": least, "most": most}))


def metadata(title: str, text: str = "", picture: bytes = b"", address: str | None = None) -> str:
    """Describe who is paid, as JSON in a text: wallets hash it as they get it, so it is made once and sent as it is.

    `picture` is a JPEG, `address` a Lightning address. Of other kinds some wallets refuse all.
    """
    entries = [["text/plain", on_one_line(title)]]
    if text:
        entries.append(["text/long-desc", text])
    encoded = b64encode(picture).decode()
    if encoded and len(encoded) <= _LARGEST_PICTURE:
        entries.append(["image/jpeg;base64", encoded])
    if address:
        entries.append(["text/identifier", address])
    return json.dumps(entries, separators=(",", ":"), ensure_ascii=False)


def read_name(asked: str) -> str | None:
    """Return the name that is asked for: people type capitals, and `+tag` behind it. None if no name looks so."""
    tagged = _TAGGED.fullmatch(asked.lower())
    return tagged["name"] if tagged else None


def read_amount(given: Sequence[str]) -> int:
    """Return the sat of an amount in msat, which has to be there once. Raises AmountError: nothing is ever rounded."""
    if len(given) != 1 or not _AMOUNT.fullmatch(given[0]):
        raise AmountError(Sentence("The wallet has to name one amount, in whole msat."))
    amount_sat, rest = divmod(int(given[0]), MSAT)
    if rest:
        raise AmountError(Sentence("Whole sat only: the amount has to end in 000 msat."))
    return amount_sat


def read_comment(text: str) -> str:
    """Return what the payer wrote, cleaned as what is written on a jar's page. Raises MemoError."""
    if len(text) > COMMENT:
        raise MemoError(Sentence("The comment is too long: at most {most} characters.", {"most": COMMENT}))
    return clean_message(text)
