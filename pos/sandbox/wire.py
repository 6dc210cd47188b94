"""How the terms of an invoice are written as BOLT 11: 5-bit words. Which terms, and which key, is not known here.

The bolt11 library writes the same, as the tests show, but takes ten times as long over it; the till reads with the
library, so every sale in the sandbox also holds the one against the other.
"""

from bech32 import CHARSET, bech32_encode
from bolt11.utils import sat_to_amount
from coincurve import PrivateKey

_WORD = 5
_TIMESTAMP_WORDS = 7


def sign_words(hrp: str, words: list[int], key: PrivateKey) -> str:
    """Return the payment request: the words with the node's signature over them, and a checksum (BOLT 11)."""
    signature = key.sign_recoverable(hrp.encode() + _bytes(words))
    return str(bech32_encode(hrp, words + from_bytes(signature)))


def prefix(network: str, amount_sat: int) -> str:
    """Return the human-readable part: network and amount. An amount of 0 is left to the payer."""
    return f"ln{network}{sat_to_amount(amount_sat) if amount_sat else ''}"


def timestamp(seconds: int) -> list[int]:
    """Write the time of signing, in unix seconds."""
    return _words(seconds, _TIMESTAMP_WORDS)


def field(letter: str, words: list[int]) -> list[int]:
    """Write one tagged field: its letter, its length, its data."""
    return [CHARSET.index(letter), len(words) >> _WORD, len(words) & 31, *words]


def from_bytes(data: bytes) -> list[int]:
    """Write bytes, padded with zero bits to a whole word."""
    count = -(-len(data) * 8 // _WORD)
    return _words(int.from_bytes(data) << (count * _WORD - len(data) * 8), count)


def from_number(number: int) -> list[int]:
    """Write a number in as few words as it needs."""
    return _words(number, -(-number.bit_length() // _WORD))


def _words(number: int, count: int) -> list[int]:
    return [number >> shift & 31 for shift in range((count - 1) * _WORD, -1, -_WORD)]


def _bytes(words: list[int]) -> bytes:
    """Read words as bytes, padded with zero bits, as they are signed."""
    number = int("".join(f"{word:05b}" for word in words), 2)
    count = -(-len(words) * _WORD // 8)
    return (number << (count * 8 - len(words) * _WORD)).to_bytes(count)
