"""What a rune of Core Lightning allows, read in the rune itself. It is not checked: only the node can do that.

A rune is base64 of 32 bytes of proof and of a text such as `=3&method=invoice|method=listinvoices&rate=300`: all
restrictions (&) have to be met, and of each one alternative (|). A backslash takes the meaning from what follows it.
"""

import base64
import binascii
import re
from dataclasses import dataclass

_PROOF = 32
_PUNCTUATION = r"!-/:-@\[-`{-~"
# A field's name, how it is compared, and with what.
_ALTERNATIVE = re.compile(rf"([^{_PUNCTUATION}]*)([{_PUNCTUATION}])(.*)", re.DOTALL)

# None of these moves money or makes another key. What is not known here can spend.
_HARMLESS = {
    *("invoice", "listinvoices", "delinvoice", "waitinvoice", "waitanyinvoice"),
    *("getinfo", "summary", "decode", "listfunds", "listpeerchannels"),
}


@dataclass(frozen=True, slots=True)
class Alternative:
    """One comparison: `method=invoice` has the name "method", the condition "=", and the value "invoice"."""

    name: str
    condition: str
    value: str

    @property
    def method(self) -> str | None:
        """The one method that it allows; None if it allows something else, or more."""
        return self.value if (self.name, self.condition) == ("method", "=") else None


@dataclass(frozen=True, slots=True)
class Rune:
    """The restrictions of a rune: each a list of alternatives. None if they cannot be read."""

    restrictions: tuple[tuple[Alternative, ...], ...] | None

    @classmethod
    def read(cls, rune: str) -> "Rune":
        """Read a rune, whatever is wrong with it."""
        try:
            text = to_bytes(rune)[_PROOF:].decode()
        except ValueError:
            return cls(None)
        found = [[_ALTERNATIVE.fullmatch(it) for it in _split(part, "|")] for part in _split(text, "&")] if text else []
        if any(it is None for part in found for it in part):
            return cls(None)
        return cls(tuple(tuple(Alternative(it[1], it[2], _plain(it[3])) for it in part if it) for part in found))

    @property
    def can_spend(self) -> bool | None:
        """Tell whether somebody with it can take the money; None if that is not known."""
        if self.restrictions is None:
            return None
        return not any(methods <= _HARMLESS for methods in self._methods())

    def may(self, method: str) -> bool:
        """Tell whether it may allow a method: False is certain."""
        return all(method in methods for methods in self._methods())

    @property
    def per_minute(self) -> int | None:
        """How often a minute it may be used; None where it does not say."""
        rates = [
            int(it.value)
            for part in self.restrictions or ()
            for it in part
            if len(part) == 1 and (it.name, it.condition) == ("rate", "=") and re.fullmatch(r"[0-9]{1,9}", it.value)
        ]
        return min(rates, default=None)

    def _methods(self) -> list[set[str]]:
        """Return, of each restriction that is about methods alone, those that it allows."""
        alone = [part for part in self.restrictions or () if all(it.method is not None for it in part)]
        return [{it.method for it in part if it.method is not None} for part in alone]


def to_bytes(rune: str) -> bytes:
    """Return what a rune is the base64 of. Raises ValueError if it is none."""
    text = rune.translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
    if len(found) < _PROOF:
        raise ValueError("too short")
    return found


def _split(text: str, mark: str) -> list[str]:
    """Split at a mark that no backslash stands before."""
    parts, escaped = [""], False
    for character in text:
        if character == mark and not escaped:
            parts.append("")
        else:
            parts[-1] += character
        escaped = character == "\\" and not escaped
    return parts


def _plain(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL)
