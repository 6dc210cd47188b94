"""How the terms of an invoice are written as BOLT 11: 5-bit words. Which terms, and which key, is not known here.

The tests hold it against the bolt11 library, which writes the same and takes ten times as long.
"""

from bech32 import CHARSET, bech32_encode
from coincurve import PrivateKey

from pos.bolt11.decode import TIMESTAMP_WORDS, WORD, padded_bytes


def sign_words(hrp: str, words: list[int], key: PrivateKey) -> str:
    """Return the payment request: the words with the node's signature over them, and a checksum (BOLT 11)."""
    signature = key.sign_recoverable(hrp.encode() + padded_bytes(words))
    return str(bech32_encode(hrp, words + from_bytes(signature)))


def prefix(network: str, amount_sat: int) -> str:
    """Return the human-readable part: network and amount. An amount of 0 is left to the payer."""
    return f"ln{network}{_shortest(amount_sat * 10, 'n', 'u', 'm', '') if amount_sat else ''}"


def timestamp(seconds: int) -> list[int]:
    """Write the time of signing, in unix seconds."""
    return _words(seconds, TIMESTAMP_WORDS)


def field(letter: str, words: list[int]) -> list[int]:
    """Write one tagged field: its letter, its length, its data."""
    return [CHARSET.index(letter), len(words) >> WORD, len(words) & 31, *words]


def from_bytes(data: bytes) -> list[int]:
    """Write bytes, padded with zero bits to a whole word."""
    count = -(-len(data) * 8 // WORD)
    return _words(int.from_bytes(data) << (count * WORD - len(data) * 8), count)


def from_number(number: int) -> list[int]:
    """Write a number in as few words as it needs."""
    return _words(number, -(-number.bit_length() // WORD))


def _shortest(amount: int, unit: str, *larger: str) -> str:
    """Write an amount in the largest unit that leaves it whole (BOLT 11). Each unit is a thousandth of the next."""
    if amount % 1000 or not larger:
        return f"{amount}{unit}"
    return _shortest(amount // 1000, *larger)


def _words(number: int, count: int) -> list[int]:
    return [number >> shift & 31 for shift in range((count - 1) * WORD, -1, -WORD)]
