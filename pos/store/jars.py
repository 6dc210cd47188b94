"""The tip jars, and what came into them."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from pos.domain.jar import Contents, Goal, Jar, JarPicture, Tip, counted, jar_topic
from pos.domain.money import SAT, Money
from pos.domain.number import Number
from pos.store import charges as charges_of
from pos.store import notify
from pos.store.rows import can_be_written
from pos.store.tables import IN_JAR, SHOWN, charges, jar_totals, jars, sales
from pos.store.transactions import Transactions

_AND = ","
_PICTURES = (jars.c.picture_page, jars.c.picture_thumbnail)
_FACTS = [it for it in jars.c if it not in _PICTURES]
_ALL = select(*_FACTS).order_by(jars.c.created_at, jars.c.name)
_BY_NAME = select(*_FACTS).where(jars.c.name == bindparam("name"))
_PICTURE = select(jars.c.picture, *_PICTURES).where(jars.c.name == bindparam("name"))
_ADD = insert(jars)
_OF_NAME = update(jars).where(jars.c.name == bindparam("of_name"))
_NEWER = _OF_NAME.values(version=jars.c.version + 1)
_VERSIONS = select(jars.c.name, jars.c.version).where(jars.c.name.in_(bindparam("names", expanding=True)))
_TIPS = (
    select(jar_totals.c.jar, func.sum(jar_totals.c.tips))
    .where(jar_totals.c.network == bindparam("network"), jar_totals.c.jar.in_(bindparam("names", expanding=True)))
    .group_by(jar_totals.c.jar)
)
_TOTALS = select(jar_totals).where(jar_totals.c.network == bindparam("network"), jar_totals.c.jar == bindparam("jar"))
_EMPTY = delete(jar_totals).where(jar_totals.c.jar == bindparam("name"))
_CURRENCY = select(jars.c.currency).where(jars.c.name == bindparam("name"))
_COUNT = text("""
    INSERT INTO jar_total (network, jar, currency, tips, raised)
    VALUES (:network, :jar, :currency, :tips, :raised)
    ON CONFLICT (network, jar, currency) DO UPDATE SET
        tips = jar_total.tips + excluded.tips,
        raised = jar_total.raised + excluded.raised
""")
_LATEST = (
    select(
        *(sales.c.year, sales.c.number, sales.c.payer, sales.c.memo, sales.c.price, sales.c.tip, sales.c.currency),
        *(charges.c.amount_sat, charges.c.received_sat, sales.c.paid_at, sales.c.shown),
    )
    .join(charges, charges.c.id == sales.c.charge_id)
    .where(sales.c.network == bindparam("network"), sales.c.jar == bindparam("jar"))
    .order_by(sales.c.paid_at.desc(), sales.c.number.desc())
    .limit(bindparam("most"))
)
_ALL_LATEST, _SHOWN_LATEST = _LATEST.where(IN_JAR), _LATEST.where(IN_JAR, SHOWN)
_SHOW = (
    update(sales)
    .where(
        sales.c.network == bindparam("of_network"),
        *(sales.c.year == bindparam("of_year"), sales.c.number == bindparam("of_number"), sales.c.jar != ""),
    )
    .values(shown=bindparam("is_shown"))
    .returning(sales.c.jar)
)
_HIDE_ALL = update(sales).where(sales.c.jar == bindparam("of_name"), SHOWN).values(shown=False)


class Jars:
    """The jars, whose contents are of one network. Every method is a transaction and may raise StoreError."""

    def __init__(self, transactions: Transactions, network: str) -> None:
        self._transactions = transactions
        self._network = network

    def listed(self) -> list[Jar]:
        """Return every jar that the owner has set up, in the order in which they were made."""
        with self._transactions.begin() as connection:
            return [_read(row) for row in connection.execute(_ALL)]

    def get(self, name: str) -> Jar | None:
        """Return a jar by its name."""
        if not can_be_written(name):
            return None
        with self._transactions.begin() as connection:
            row = connection.execute(_BY_NAME, {"name": name}).one_or_none()
        return _read(row) if row else None

    def picture(self, name: str) -> JarPicture | None:
        """Return the picture of a jar."""
        if not can_be_written(name):
            return None
        with self._transactions.begin() as connection:
            row = connection.execute(_PICTURE, {"name": name}).one_or_none()
        return JarPicture(*row) if row and row.picture else None

    def add(self, jar: Jar) -> bool:
        """Write a new jar down, without a picture. Tell whether its name was free."""
        try:
            with self._transactions.write() as connection:
                connection.execute(_ADD, {"name": jar.name, **_values(jar), "picture": ""})
        except IntegrityError:
            return False
        return True

    def change(self, jar: Jar) -> bool:
        """Write down what became of a jar, all but its picture. Tell whether there is one of that name."""
        return self._change(jar.name, _values(jar))

    def set_picture(self, name: str, picture: JarPicture | None) -> bool:
        """Give a jar another picture, or none. Tell whether there is one of that name."""
        values = {
            "picture": picture.digest if picture else "",
            "picture_page": picture.page if picture else None,
            "picture_thumbnail": picture.thumbnail if picture else None,
        }
        return self._change(name, values)

    def hide_messages(self, name: str) -> None:
        """Hide what the payers of a jar have written so far, also those who have not paid yet."""
        with self._telling_of(name) as connection:
            connection.execute(_HIDE_ALL, {"of_name": name})

    def empty(self, name: str) -> None:
        """Begin again to count what comes into a jar."""
        with self._telling_of(name) as connection:
            connection.execute(_EMPTY, {"name": name})

    def contents(self, name: str, most: int, *, shown_only: bool) -> Contents:
        """Return what is in a jar, with so many of the latest tips: all of them, or those that its page shows."""
        values = {"network": self._network, "jar": name}
        with self._transactions.begin() as connection:
            # First what is counted: a tip that comes meanwhile is news to whoever knows this version.
            version = self._versions(connection, [name])[name]
            totals = connection.execute(_TOTALS, values).all()
            latest = connection.execute(_SHOWN_LATEST if shown_only else _ALL_LATEST, {**values, "most": most})
            return Contents(
                version,
                sum(int(row.tips) for row in totals),
                tuple(Money(int(row.raised), row.currency) for row in totals),
                tuple(_tip(*row) for row in latest),
            )

    def versions(self, names: Collection[str]) -> dict[str, tuple[int, int]]:
        """Return the version of each of these jars: how often it was changed, and how many tips came."""
        with self._transactions.begin() as connection:
            return self._versions(connection, names)

    def show_message(self, number: Number, *, shown: bool) -> str | None:
        """Put what a payer wrote on the page of its jar, or take it off. Return the jar; None if it is of none."""
        values = {"of_network": self._network, "of_year": number.year, "of_number": number.count, "is_shown": shown}
        with self._transactions.write() as connection:
            name = connection.execute(_SHOW, values).scalar_one_or_none()
            if name is not None:
                connection.execute(_NEWER, {"of_name": name})
                notify.tell(connection, jar_topic(name))
        return name

    def _change(self, name: str, values: Mapping[str, object]) -> bool:
        newer = _OF_NAME.values({**values, "version": jars.c.version + 1})
        with self._transactions.write() as connection:
            notify.tell(connection, jar_topic(name))
            return connection.execute(newer, {"of_name": name}).rowcount == 1

    @contextmanager
    def _telling_of(self, name: str) -> Iterator[Connection]:
        with self._transactions.write() as connection:
            yield connection
            connection.execute(_NEWER, {"of_name": name})
            notify.tell(connection, jar_topic(name))

    def _versions(self, connection: Connection, names: Collection[str]) -> dict[str, tuple[int, int]]:
        values = {"network": self._network, "names": list(names)}
        changed = {row[0]: int(row[1]) for row in connection.execute(_VERSIONS, values)}
        tips = {row[0]: int(row[1]) for row in connection.execute(_TIPS, values)}
        return {name: (changed.get(name, 0), tips.get(name, 0)) for name in names}


def add_paid(connection: Connection, network: str, charge_id: str, received_sat: int) -> None:
    """Count a payment for a charge, if its sale is of a jar."""
    charge = charges_of.get(connection, network, charge_id)
    if charge is None or not charge.jar:
        return
    currency = connection.execute(_CURRENCY, {"name": charge.jar}).scalar_one_or_none() or SAT
    # Reckoned here and not by the database: none of them has whole numbers that are large enough for all that comes.
    for tips, worth in zip((1, 0), counted(charge, received_sat, currency), strict=False):
        values = {"currency": worth.currency, "tips": tips, "raised": worth.minor}
        connection.execute(_COUNT, {"network": network, "jar": charge.jar, **values})


def _values(jar: Jar) -> dict[str, object]:
    return {
        "title": jar.title,
        "text": jar.text,
        "thanks": jar.thanks,
        "currency": jar.currency,
        "amounts": _AND.join(str(it.minor) for it in jar.amounts),
        "price": jar.price.minor if jar.price else None,
        "least_sat": jar.least_sat,
        "most_sat": jar.most_sat,
        "goal": jar.goal.text if jar.goal else "",
        "goal_amount": jar.goal.amount.minor if jar.goal else None,
        "goal_ends_at": jar.goal.ends_at if jar.goal else None,
        "shows_messages": jar.shows_messages,
        "live_token": jar.live_token,
        "created_at": jar.created_at,
        "closed_at": jar.closed_at,
        "version": jar.version,
    }


def _read(row: Row[Any]) -> Jar:
    goal = None
    if row.goal_amount is not None:
        goal = Goal(row.goal, Money(row.goal_amount, row.currency), row.goal_ends_at)
    return Jar(
        name=row.name,
        title=row.title,
        text=row.text,
        thanks=row.thanks,
        currency=row.currency,
        amounts=tuple(Money(int(it), row.currency) for it in row.amounts.split(_AND) if it),
        price=None if row.price is None else Money(row.price, row.currency),
        least_sat=row.least_sat,
        most_sat=row.most_sat,
        goal=goal,
        shows_messages=row.shows_messages,
        picture=row.picture,
        live_token=row.live_token,
        created_at=row.created_at,
        closed_at=row.closed_at,
        version=row.version,
    )


def _tip(year: int, count: int, payer: str, message: str, price: int, tip: int, currency: str, *paid: Any) -> Tip:
    amount_sat, received_sat, paid_at, shown = paid
    # As in what is counted: no page may show more than came.
    total = Money((price + tip) * received_sat // amount_sat, currency)
    return Tip(Number(year, count), payer, message, total, received_sat, paid_at, bool(shown))
