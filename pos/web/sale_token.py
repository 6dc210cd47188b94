"""A sale on its way through the customer's hands: sealed, so that only the till can have written it."""

from flask import abort
from itsdangerous import BadSignature, SignatureExpired

from pos.domain.charge import Channel
from pos.domain.money import Money
from pos.domain.sale import Line, Sale
from pos.domain.sentence import Sentence
from pos.domain.tax import parse_tax_rate
from pos.web import timed_seal

# Counts up with what is written: whatever another version of the till sealed is refused, not misread.
_SALT = "sale 4"
# A customer decides sooner; but a till that was left overnight must not sell at breakfast what was asked for at dinner.
_MAX_AGE = 24 * 60 * 60


def seal(sale: Sale, idempotency_key: str, channel: Channel = Channel.TILL) -> str:
    """Write a sale and its idempotency key as a text for an address, with a signature and the time.

    What one channel sealed is no seal at another.
    """
    lines = [(line.unit_price, line.quantity, line.text, str(line.tax or "")) for line in sale.lines]
    written = [
        sale.price.minor,
        sale.price.currency,
        sale.memo,
        sale.tip,
        sale.till,
        lines,
        sale.staff,
        idempotency_key,
    ]
    return timed_seal.seal(_purpose(channel), written)


def unseal(token: str, channel: Channel = Channel.TILL) -> tuple[Sale, str]:
    """Return what was sealed and its key; or answer that the page is damaged, or too old to be sold from."""
    try:
        return _read(token, channel)
    except SignatureExpired:
        abort(410, Sentence("This page is too old to be paid from. Nothing was charged. Type the sale again."))
    except BadSignature:
        abort(400, Sentence("The address of this page is damaged. Nothing was charged. Type the sale again."))


def try_unseal(token: str) -> tuple[Sale, str] | None:
    """Return what a till sealed and its key, or None if that is no seal of ours, or an old one."""
    try:
        return _read(token, Channel.TILL)
    except BadSignature:
        return None


def _read(token: str, channel: Channel) -> tuple[Sale, str]:
    read = timed_seal.unseal(_purpose(channel), token, _MAX_AGE)
    price, currency, memo, tip, till, lines, staff, idempotency_key = read
    kept = tuple(Line(minor, many, text, parse_tax_rate(tax)) for minor, many, text, tax in lines)
    return Sale(Money(price, currency), memo, tip, till, kept, staff=staff), idempotency_key


def _purpose(channel: Channel) -> str:
    return f"{_SALT} {channel}"
