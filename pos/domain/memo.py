"""What a memo may hold. A memo ends up in the invoice, on the customer's phone and in the shop's books."""

import re
import unicodedata

from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence

MAX_CHARACTERS = 200
# BOLT 11 gives a description at most 639 bytes; a wallet may add a suffix of its own to that.
MAX_BYTES = 600

# Cc: control characters. Cs: halves of a surrogate pair, which UTF-8 cannot carry. Zl, Zp: line separators.
_UNWRITABLE = {"Cc", "Cs", "Zl", "Zp"}
# Marks that turn the direction of the text around them, so that a memo could show something else than it says.
_DIRECTION_MARKS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


# What pays whoever has it: a card's address as it is read (lnurlw, or p and c of a BoltCard, in hex), or a voucher.
# Nothing in it may be tried from each letter anew: strangers send long texts.
_PAYS = re.compile(r"lnurlw:|lnurl1|[?&]p=[0-9a-f]{32}&c=[0-9a-f]{16}", re.IGNORECASE)


class MemoError(Refusal):
    """A memo that does not fit into an invoice."""


def clean_memo(text: str) -> str:
    """Return the memo as it will be shown and sent: control characters become spaces, emoji stay.

    A card's address is left out: it is written down nowhere (docs/cards.md). Raises MemoError if it is too long.
    """
    memo = on_one_line(text)
    if _PAYS.search(memo):
        memo = " ".join(word for word in memo.split() if not _PAYS.search(word))
    if len(memo) > MAX_CHARACTERS:
        raise MemoError(Sentence("The memo is too long: at most {most} characters.", {"most": MAX_CHARACTERS}))
    if len(memo.encode()) > MAX_BYTES:
        raise MemoError(Sentence("The memo is too long for a Lightning invoice. Please shorten it."))
    return memo


def on_one_line(text: str) -> str:
    """Return a text without what would end its line or turn its direction: such characters become spaces."""
    if text.isprintable():
        # As most are. Emoji that are joined are not, and yet they stay.
        return text.strip()
    return "".join(" " if _is_unwritable(character) else character for character in text).strip()


def _is_unwritable(character: str) -> bool:
    return character in _DIRECTION_MARKS or unicodedata.category(character) in _UNWRITABLE
