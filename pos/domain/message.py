"""What a stranger may write beside a tip: it ends up on a page that everybody reads, under the shop's name."""

import re
import unicodedata

from pos.domain.jar import LONGEST_PAYER
from pos.domain.memo import MemoError, clean_memo, on_one_line
from pos.domain.sentence import Sentence

# Letters and signs that show nothing, though by what Unicode says of them they would.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# Marks that show nothing: one that joins letters, and those that choose how a sign looks.
_UNSEEN = frozenset(map(chr, (0x034F, *range(0x180B, 0x180E), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
# Nobody taps on a text, but a name that a browser would find its way by is an advertisement, or worse, all the same. A
# dot between two words is one: who forgot the space after a sentence is told so, and has to type it. One word is
# looked at after another: a pattern that looked for the ends of the word, too, would do so again from each letter.
_LINK = re.compile(
    # Between Latin letters a browser takes a Japanese full stop for a dot.
    r"://|[^\W_]\.[^\W\d_]{2,}|[a-z0-9]\u3002[a-z]{2}"
    r"|\b(?:https?|mailto|tel|data|javascript|bitcoin|lightning|nostr|lnurl[pwc]?):\S"
    r"|\b(?:bc1|lnbc|lnurl1)[a-z0-9]{20}",
    re.IGNORECASE,
)


def clean_message(text: str) -> str:
    """Return a message as it is shown: on one line, without marks that turn it; of nothing to be seen, nothing.

    Raises MemoError if it is too long, or holds a link.
    """
    return _shown(clean_memo(text))


def clean_payer(text: str) -> str:
    """Return what somebody calls himself as it is shown, cleaned as a message is. Raises MemoError."""
    name = on_one_line(text)
    if len(name) > LONGEST_PAYER:
        raise MemoError(Sentence("The name is too long: at most {most} characters.", {"most": LONGEST_PAYER}))
    return _shown(name)


def _shown(text: str) -> str:
    seen = "".join(it for it in text if it not in _UNSEEN and unicodedata.category(it) != "Cf")
    for word in unicodedata.normalize("NFKC", seen).split():
        if _LINK.search(word):
            raise MemoError(Sentence("No links, please: “{link}” looks like one.", {"link": word[:LONGEST_PAYER]}))
    return text if any(not it.isspace() and it not in _BLANK for it in seen) else ""
