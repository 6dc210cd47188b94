"""The charges: made, paid, cancelled, looked at; and who has to be asked about which."""

import json
from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Select,
    Update,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal_column,
    not_,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from pos.domain.charge import Channel, Charge, LeftBehind, ListedCharge, Payment
from pos.domain.due import Unpaid
from pos.domain.number import Number
from pos.store.rows import charge_values, read_charge, read_listed
from pos.store.tables import ENDS_AT, KNOWN, PAID, REVIEW, UNHEARD, UNPAID, charges, sales

# Made once: to build a statement takes longer than to run it.
OURS = charges.c.network == bindparam("network")
# The same, but of charges that are looked for by their ids: written so that no index can be taken for it, as SQLite
# would walk along all charges of the network.
_OURS_TOO = charges.c.network.concat("") == bindparam("network")
_ADD = insert(charges)
# The charge by which a sale was paid, where it is another one.
PAID_BY = case(
    (and_(sales.c.paid_at.is_not(None), sales.c.charge_id != charges.c.id), sales.c.charge_id), else_=""
).label("paid_by")
OF_SALE = (
    PAID_BY,
    *(sales.c.memo, sales.c.jar, sales.c.payer, sales.c.year, sales.c.number),
    sales.c.currency.label("sale_currency"),
)
_WHOLE = select(charges, *OF_SALE).join(sales).where(OURS)
_BY_ID = _WHOLE.where(charges.c.id == bindparam("id"))
_BY_INVOICE = _WHOLE.where(charges.c.invoice_id == bindparam("invoice_id"))
_BY_PAYMENT_HASH = _WHOLE.where(charges.c.payment_hash == bindparam("payment_hash"))
_BY_VERIFY_TOKEN = _WHOLE.where(charges.c.verify_token == bindparam("verify_token"))
_BY_ATTEMPT = _WHOLE.where(charges.c.sale_id == bindparam("sale_id"), charges.c.attempt == bindparam("attempt"))
_ATTEMPTS = _WHOLE.where(charges.c.sale_id == bindparam("sale_id")).order_by(charges.c.attempt)
_LISTED = select(
    charges.c.id,
    sales.c.year,
    sales.c.number,
    charges.c.attempt,
    charges.c.wallet,
    charges.c.created_at,
    sales.c.price,
    sales.c.tip,
    sales.c.currency,
    sales.c.memo,
    sales.c.till,
    sales.c.channel,
    charges.c.amount_sat,
    ENDS_AT.label("ends_at"),
    charges.c.cancelled_at.is_not(None).label("cancelled"),
    charges.c.received_sat,
    (charges.c.paid_at > ENDS_AT).label("late"),
    KNOWN.label("known"),
    func.coalesce(charges.c.paid_at, charges.c.cancelled_at, charges.c.created_at).label("news_at"),
    or_(REVIEW, charges.c.surplus).label("needs_review"),
    charges.c.surplus,
).join(sales)
# Nobody of the shop has asked for these: at a till they are news once they are paid, and never anybody's to pay there.
# The channels are written out: PostgreSQL would plan anew for each value of a parameter.
_BY_STRANGERS = charges.c.channel.in_([literal_column(f"'{it.value}'") for it in Channel if it.is_remote])
_AT_TILL = (
    _WHOLE.where(charges.c.till == bindparam("till"), charges.c.created_at >= bindparam("since"), ~_BY_STRANGERS)
    # An id is no time: of two in the same second it is the number that tells.
    .order_by(charges.c.created_at.desc(), sales.c.year.desc(), sales.c.number.desc(), charges.c.attempt.desc())
    .limit(bindparam("most"))
)
_OF_TILL = select(charges.c.id).where(OURS, charges.c.till == bindparam("till"))
# Each is one walk along an index of its own.
_NEWS = (
    (charges.c.created_at, (charges.c.created_at >= bindparam("since"), or_(~_BY_STRANGERS, PAID))),
    (charges.c.paid_at, (PAID, charges.c.paid_at >= bindparam("since"))),
    (charges.c.paid_at, (REVIEW, charges.c.paid_at >= bindparam("since"))),
    (
        charges.c.expires_at,
        (UNPAID, ~_BY_STRANGERS, charges.c.cancelled_at.is_(None), charges.c.expires_at > bindparam("now")),
    ),
)
_BY_NUMBER = (
    select(charges, *OF_SALE)
    .join(sales, sales.c.charge_id == charges.c.id)
    .where(
        sales.c.network == bindparam("network"),
        sales.c.year == bindparam("year"),
        sales.c.number == bindparam("number"),
    )
)
_MARK_SURPLUS = update(charges).where(charges.c.id == bindparam("charge_id")).values(surplus=True)
_MARK_PAID = (
    update(charges)
    .where(charges.c.id == bindparam("charge_id"), UNPAID)
    .returning(charges.c.sale_id, charges.c.channel, ENDS_AT.label("ends_at"))
)
_CANCEL = update(charges).where(
    charges.c.id == bindparam("charge_id"),
    UNPAID,
    charges.c.cancelled_at.is_(None),
    charges.c.expires_at > bindparam("now"),
)
_NOTE_ANSWER = (
    update(charges)
    .where(charges.c.id == bindparam("charge_id"), UNPAID)
    .values(asked_at=bindparam("asked_at"), silent_since=None)
)
_WATCHED = (OURS, UNPAID, charges.c.expires_at > bindparam("expires_after"))
_UNPAID = select(
    *(charges.c.id, charges.c.created_at, charges.c.expires_at, charges.c.looks),
    not_(UNHEARD),
    charges.c.channel,
).where(UNPAID, charges.c.wallet.in_(("", bindparam("wallet"))))
_LIST_UNPAID = _UNPAID.where(OURS, charges.c.expires_at > bindparam("expires_after"))
_LIST_UNHEARD = _LIST_UNPAID.where(UNHEARD, charges.c.expires_at <= bindparam("expires_until"))
# Ordered and without waiting, as processes that note it at once must not wait for each other. In an UPDATE a parameter
# must not be named as a column is.
_NOT_KNOWN = (
    select(charges.c.id)
    .where(
        *(charges.c.network == bindparam("of_network"), UNPAID, charges.c.expires_at > bindparam("expires_after")),
        charges.c.wallet.in_(("", bindparam("of_wallet"))),
        charges.c.silent_since.is_(None),
        not_(KNOWN),
    )
    .order_by(charges.c.id)
    .with_for_update(skip_locked=True)
)
_NOTE_SILENCE = update(charges).where(charges.c.id.in_(_NOT_KNOWN)).values(silent_since=bindparam("now"))
_LEFT_BEHIND = (
    select(charges.c.wallet, func.count())
    .where(*_WATCHED, charges.c.wallet.not_in(("", bindparam("wallet"))), charges.c.cancelled_at.is_(None))
    .group_by(charges.c.wallet)
    .order_by(charges.c.wallet)
)
_OPEN = (
    select(charges.c.id)
    .where(OURS, UNPAID, charges.c.cancelled_at.is_(None), charges.c.expires_at > bindparam("now"))
    .limit(bindparam("most"))
)
_OF_CHANNEL = _OPEN.where(charges.c.channel == bindparam("channel"))
# As there are never many open, each of their sales is looked at.
_OF_JAR = _OPEN.join(sales).where(_BY_STRANGERS, sales.c.jar == bindparam("jar"))
_COUNT_OPEN = select(func.count()).select_from(_OF_CHANNEL.subquery())
_COUNT_OPEN_OF_JAR = select(func.count()).select_from(_OF_JAR.subquery())
_NOTHING = update(charges).where(charges.c.id == "").values(looks=0)


def add(connection: Connection, network: str, charge: Charge) -> None:
    """Write a charge down, the sale of which is there."""
    connection.execute(_ADD, {"network": network, **charge_values(charge)})


def get(connection: Connection, network: str, charge_id: str) -> Charge | None:
    """Return a charge by its id."""
    return _one(connection, _BY_ID, network=network, id=charge_id)


def find_by_invoice(connection: Connection, network: str, invoice_id: str) -> Charge | None:
    """Return the charge that has an invoice, by the wallet's id of it."""
    return _one(connection, _BY_INVOICE, network=network, invoice_id=invoice_id)


def find_by_payment_hash(connection: Connection, network: str, payment_hash: str) -> Charge | None:
    """Return the charge whose invoice has a payment hash (64 hex digits, lower case)."""
    return _one(connection, _BY_PAYMENT_HASH, network=network, payment_hash=payment_hash)


def find_by_verify_token(connection: Connection, network: str, verify_token: str) -> Charge | None:
    """Return the charge that a payer's own program asks about by a token."""
    return _one(connection, _BY_VERIFY_TOKEN, network=network, verify_token=verify_token)


def find_attempt(connection: Connection, network: str, sale_id: str, attempt: int) -> Charge | None:
    """Return the first, the second, ... charge of a sale."""
    return _one(connection, _BY_ATTEMPT, network=network, sale_id=sale_id, attempt=attempt)


def attempts(connection: Connection, network: str, sale_id: str) -> list[Charge]:
    """Return all charges of a sale, the first one first."""
    return [read_charge(row) for row in connection.execute(_ATTEMPTS, {"network": network, "sale_id": sale_id})]


def at_till(connection: Connection, network: str, till: str, since: int, most: int) -> list[Charge]:
    """Return a till's newest charges, the newest first: those made since a time (unix seconds), and so many."""
    rows = connection.execute(_AT_TILL, {"network": network, "till": till, "since": since, "most": most})
    return [read_charge(row) for row in rows]


def news(connection: Connection, network: str, till: str, now: int, since: int, most: int) -> list[ListedCharge]:
    """Return what is newest at a till, in no order: made, paid or for review since a time, or open; so many of each."""
    values = {"network": network, "till": till, "now": now, "since": since}
    rows = connection.execute(_news(connection.dialect.name, most), values).all()
    return [read_listed(row) for row in rows]


def find_by_number(connection: Connection, network: str, number: Number) -> Charge | None:
    """Return the charge that says what became of the sale of a number."""
    return _one(connection, _BY_NUMBER, network=network, year=number.year, number=number.count)


def mark_paid(connection: Connection, charge_id: str, payment: Payment) -> Row[Any] | None:
    """Write a payment down, unless there is one: the door to "paid".

    Return the charge's `sale_id`, `channel` and `ends_at`, if it was this call that did it.
    """
    values = {
        "charge_id": charge_id,
        "paid_at": payment.paid_at,
        "received_sat": payment.received_sat,
        "preimage": payment.preimage,
        "proven": payment.proven,
    }
    return connection.execute(_MARK_PAID, values).one_or_none()


def mark_surplus(connection: Connection, charge_id: str) -> None:
    """Write down that the sale of a paid charge had been paid before."""
    connection.execute(_MARK_SURPLUS, {"charge_id": charge_id})


def cancel(connection: Connection, charge_id: str, now: int, asked_at: int | None) -> bool:
    """Write down that nobody is to pay a charge any more, if it is open at `now` (unix seconds). Tell whether.

    `asked_at` is when the wallet was asked that has just said that it is not paid; None where none has.
    """
    values = {"charge_id": charge_id, "now": now, "cancelled_at": now}
    return connection.execute(_CANCEL, values | ({} if asked_at is None else {"asked_at": asked_at})).rowcount == 1


def count_open(connection: Connection, network: str, channel: Channel, now: int, most: int) -> int:
    """Count the charges of a channel that are open at `now` (unix seconds), up to so many."""
    values = {"network": network, "channel": channel.value, "now": now, "most": most}
    return int(connection.execute(_COUNT_OPEN, values).scalar_one())


def count_open_of_jar(connection: Connection, network: str, jar: str, now: int, most: int) -> int:
    """Count the charges of a tip jar that are open at `now` (unix seconds), up to so many."""
    values = {"network": network, "jar": jar, "now": now, "most": most}
    return int(connection.execute(_COUNT_OPEN_OF_JAR, values).scalar_one())


def ended_among(connection: Connection, charge_ids: Collection[str]) -> set[tuple[str, bool]]:
    """Return which of these charges, or their sales, are paid (True), and which are cancelled and not paid (False)."""
    rows = connection.execute(_ended_among(connection.dialect.name), {"ids": json.dumps(list(charge_ids))})
    return {(row.id, bool(row[1])) for row in rows}


def unpaid(connection: Connection, network: str, wallet: str, expires_after: int) -> list[Unpaid]:
    """Return every charge without a payment that a wallet can be asked about and that expires after a time."""
    names = {"network": network, "wallet": wallet, "expires_after": expires_after}
    return [Unpaid(*row) for row in connection.execute(_LIST_UNPAID, names)]


def unheard(connection: Connection, network: str, wallet: str, expires_after: int, expires_until: int) -> list[Unpaid]:
    """Return those that have ended, and of which a wallet has not said since that they are not paid."""
    names = {"network": network, "wallet": wallet, "expires_after": expires_after, "expires_until": expires_until}
    return [Unpaid(*row) for row in connection.execute(_LIST_UNHEARD, names)]


def unpaid_among(connection: Connection, network: str, wallet: str, charge_ids: Collection[str]) -> list[Unpaid]:
    """Return those of these charges that are without a payment and that a wallet can be asked about."""
    names = {"network": network, "wallet": wallet, "ids": json.dumps(list(charge_ids))}
    return [Unpaid(*row) for row in connection.execute(_unpaid_among(connection.dialect.name), names)]


def left_behind(connection: Connection, network: str, wallet: str, expires_after: int) -> list[LeftBehind]:
    """Count those without a payment that other wallets would have to be asked about, wallet by wallet."""
    names = {"network": network, "wallet": wallet, "expires_after": expires_after}
    return [LeftBehind(*row) for row in connection.execute(_LEFT_BEHIND, names)]


def look(connection: Connection, charge_ids: Collection[str]) -> None:
    """Write down that screens look at these charges now."""
    connection.execute(_look(connection.dialect.name), {"ids": json.dumps(list(charge_ids))})


def note_answer(connection: Connection, charge_id: str, asked_at: int) -> None:
    """Write down that the wallet, asked about an unpaid charge at `asked_at` (unix seconds), gave a good answer."""
    connection.execute(_NOTE_ANSWER, {"charge_id": charge_id, "asked_at": asked_at})


def note_silence(connection: Connection, network: str, wallet: str, expires_after: int, now: int) -> None:
    """Write down that a wallet gives no answer: in each charge that is open, or of which no end is known."""
    values = {"of_network": network, "of_wallet": wallet, "expires_after": expires_after, "now": now}
    connection.execute(_NOTE_SILENCE, values)


def write_nothing(connection: Connection) -> None:
    """Prove that the database takes a write, and leave nothing behind."""
    connection.execute(_NOTHING)


def _one(connection: Connection, query: Select[Any], **values: str | int) -> Charge | None:
    row = connection.execute(query, values).one_or_none()
    return read_charge(row) if row else None


@cache
def _news(dialect: str, most: int) -> Select[Any]:
    limit: ColumnElement[int] = literal_column(str(most))
    walks = (_OF_TILL.where(*asked).order_by(when.desc(), charges.c.id).limit(limit) for when, asked in _NEWS)
    # All of them are one question. What stands around them names nothing but the ids: else SQLite looks for those among
    # all charges of the network.
    ids = union_all(*(select(walk.subquery()) for walk in walks))
    # Of a sale that is paid there is no news but that.
    listed_news = _LISTED.where(or_(PAID, sales.c.paid_at.is_(None)))
    if dialect == "sqlite":
        return listed_news.where(charges.c.id.in_(ids))
    # PostgreSQL takes longer to plan it than to answer it. It plans it once for all if that promises to be no dearer
    # than with the values known: if the most rows are no value, and what follows does not depend on how many they are.
    return listed_news.where(charges.c.id == any_(func.array(ids.scalar_subquery())))


@cache
def _ended_among(dialect: str) -> Select[Any]:
    paid = or_(PAID, sales.c.paid_at.is_not(None))
    ended = or_(paid, charges.c.cancelled_at.is_not(None))
    return select(charges.c.id, paid).join(sales).where(ended, charges.c.id.in_(listed(dialect)))


@cache
def _unpaid_among(dialect: str) -> Select[Any]:
    return _UNPAID.where(_OURS_TOO, charges.c.id.in_(listed(dialect)))


@cache
def _look(dialect: str) -> Update:
    # Two processes that write down the same looks at once must not wait for each other.
    free = select(charges.c.id).where(UNPAID, charges.c.id.in_(listed(dialect))).order_by(charges.c.id)
    return (
        update(charges)
        .where(charges.c.id.in_(free.with_for_update(skip_locked=True)))
        .values(looks=charges.c.looks + 1)
    )


def listed(dialect: str) -> Select[Any]:
    """Select the texts of a JSON list, the parameter `ids`: a thousand of them as one value, not as a thousand."""
    ids: BindParameter[str] = bindparam("ids")
    if dialect == "sqlite":
        return select(func.json_each(ids).table_valued("value").c.value)
    return select(func.jsonb_array_elements_text(cast(ids, JSONB)).table_valued("value").c.value)
