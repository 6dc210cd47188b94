"""The receipts that are to be printed, and what became of it."""

from collections.abc import Mapping

from sqlalchemy import Connection, Update, and_, bindparam, case, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from pos.domain.charge import Channel
from pos.domain.number import Number
from pos.domain.printer import Printing, PrintJob, Trouble, Unprinted
from pos.store.tables import PAID, REFUND_PAID, UNPRINTED, charges, print_jobs, refunds, sales
from pos.store.transactions import Transactions

# More than a busy shop sells in a second.
_MOST = 100

_OF_NETWORK = print_jobs.c.network == bindparam("network")
_WAITING = and_(UNPRINTED, print_jobs.c.given_up_at.is_(None))
_OTHER = print_jobs.alias()

_OF_SAME = print_jobs.c.refund == bindparam("refund")
_SAME_RECEIPT = and_(_OTHER.c.charge_id == print_jobs.c.charge_id, _OTHER.c.refund == print_jobs.c.refund)
_KNOWN = select(
    func.count(print_jobs.c.number),
    func.count(case((_OF_SAME, 1))),
    func.count(case((and_(_OF_SAME, _WAITING), 1))),
).where(print_jobs.c.charge_id == bindparam("charge_id"))
_ADD = insert(print_jobs)
_UNASKED = (
    select(charges.c.id)
    .where(
        charges.c.network == bindparam("network"),
        PAID,
        charges.c.paid_at >= bindparam("since"),
        charges.c.channel.not_in([it.value for it in Channel if it.is_remote]),
        ~charges.c.surplus,
        ~exists().where(print_jobs.c.charge_id == charges.c.id, print_jobs.c.refund == 0),
    )
    .order_by(charges.c.paid_at, charges.c.id)
    .limit(_MOST)
)
_UNASKED_REFUNDS = (
    select(sales.c.charge_id, refunds.c.position)
    .join_from(refunds, sales, sales.c.id == refunds.c.sale_id)
    .where(
        refunds.c.network == bindparam("network"),
        REFUND_PAID,
        refunds.c.paid_at >= bindparam("since"),
        refunds.c.channel.not_in([it.value for it in Channel if it.is_remote]),
        ~exists().where(
            print_jobs.c.charge_id == sales.c.charge_id,
            print_jobs.c.refund == refunds.c.position,
        ),
    )
    .order_by(refunds.c.paid_at, refunds.c.id)
    .limit(_MOST)
)
_NEXT = (
    select(
        print_jobs,
        or_(
            print_jobs.c.started_at.is_not(None),
            exists().where(_SAME_RECEIPT, _OTHER.c.started_at.is_not(None)),
        ).label("again"),
    )
    .where(_OF_NETWORK, _WAITING)
    .order_by(print_jobs.c.asked_at, print_jobs.c.charge_id)
    .limit(1)
)
_THE_JOB = update(print_jobs).where(
    print_jobs.c.charge_id == bindparam("of_charge"), print_jobs.c.number == bindparam("of_number")
)
_START = _THE_JOB.values(started_at=bindparam("at"))
_END = _THE_JOB.values(printed_at=bindparam("at"), trouble=None)
_FAIL = _THE_JOB.values(
    started_at=case((bindparam("begun"), print_jobs.c.started_at), else_=bindparam("before")),
    trouble=bindparam("why"),
    given_up_at=bindparam("gone_at"),
)
_GIVE_UP = (
    update(print_jobs)
    .where(print_jobs.c.network == bindparam("of_network"), _WAITING, print_jobs.c.asked_at < bindparam("before"))
    .values(given_up_at=bindparam("at"), trouble=func.coalesce(print_jobs.c.trouble, Trouble.SILENT.value))
)
_UNPRINTED_SINCE = (
    select(sales.c.year, sales.c.number, print_jobs.c.trouble, print_jobs.c.given_up_at)
    .select_from(print_jobs.join(charges, charges.c.id == print_jobs.c.charge_id).join(sales))
    .where(
        _OF_NETWORK,
        UNPRINTED,
        print_jobs.c.asked_at >= bindparam("since"),
        # Somebody asked once more.
        ~exists().where(_SAME_RECEIPT, _OTHER.c.number > print_jobs.c.number),
    )
    .order_by(print_jobs.c.asked_at.desc(), print_jobs.c.charge_id)
    .limit(_MOST)
)
_OF_SALE = (
    select(
        print_jobs,
        exists()
        .where(_SAME_RECEIPT, _OTHER.c.number < print_jobs.c.number, _OTHER.c.started_at.is_not(None))
        .label("again"),
    )
    .select_from(print_jobs.join(charges, charges.c.id == print_jobs.c.charge_id))
    .where(charges.c.sale_id == bindparam("sale_id"))
    .order_by(print_jobs.c.asked_at, print_jobs.c.charge_id, print_jobs.c.number)
)


class PrintJobs:
    """The receipts to be printed of one network. Every method is a transaction and may raise StoreError."""

    def __init__(self, transactions: Transactions, network: str) -> None:
        self._transactions = transactions
        self._network = network

    def ask(self, charge_id: str, at: int, *, refund: int = 0, again: bool) -> bool:
        """Write down that the receipt of a charge, or of a refund, is to be printed, at `at` (unix seconds).

        Tell whether. Not while it is waiting to be printed anyway; and without `again` not if it was ever asked for.
        """
        for _ in range(2):
            try:
                with self._transactions.write() as connection:
                    return self._ask(connection, charge_id, at, refund=refund, again=again)
            except IntegrityError:
                # Somebody asked at the same moment: for the same one, or for another receipt of the charge.
                continue
        return False

    def unasked(self, paid_since: int) -> list[str]:
        """Return the charges paid since a time (unix seconds) whose receipt nobody asked for, the first paid first.

        Tips are left out, and what was paid a second time.
        """
        with self._transactions.begin() as connection:
            return list(connection.scalars(_UNASKED, {"network": self._network, "since": paid_since}))

    def unasked_refunds(self, paid_since: int) -> list[tuple[str, int]]:
        """Return the refunds paid since a time whose receipt nobody asked for, the same way: the charge and which."""
        values = {"network": self._network, "since": paid_since}
        with self._transactions.begin() as connection:
            return [(row[0], row[1]) for row in connection.execute(_UNASKED_REFUNDS, values)]

    def next(self) -> PrintJob | None:
        """Return the receipt that has waited longest to be printed."""
        with self._transactions.begin() as connection:
            row = connection.execute(_NEXT, {"network": self._network}).one_or_none()
        if row is None:
            return None
        return PrintJob(row.charge_id, row.number, row.asked_at, row.started_at, bool(row.again), row.refund)

    def start(self, job: PrintJob, at: int) -> None:
        """Write down that a receipt is being printed from `at` on (unix seconds)."""
        self._set(_START, job, {"at": at})

    def end(self, job: PrintJob, at: int) -> None:
        """Write down that it was printed at `at` (unix seconds)."""
        self._set(_END, job, {"at": at})

    def fail(self, job: PrintJob, trouble: Trouble, given_up_at: int | None = None, *, begun: bool) -> None:
        """Write down what kept it off the paper. `begun`: a part of it may be there; else it was not started either.

        With a time in `given_up_at` (unix seconds) it is not tried any more.
        """
        values = {"begun": begun, "before": job.started_at, "why": trouble.value, "gone_at": given_up_at}
        self._set(_FAIL, job, values)

    def give_up(self, asked_before: int, at: int) -> None:
        """Write down at `at` that no receipt is tried any more that was asked for before a time (unix seconds)."""
        with self._transactions.write() as connection:
            connection.execute(_GIVE_UP, {"of_network": self._network, "before": asked_before, "at": at})

    def unprinted(self, asked_since: int) -> list[Unprinted]:
        """Return the receipts asked for since a time (unix seconds) that are not printed, the newest first."""
        values = {"network": self._network, "since": asked_since}
        with self._transactions.begin() as connection:
            rows = connection.execute(_UNPRINTED_SINCE, values).all()
        return [
            Unprinted(Number(row.year, row.number), _trouble(row.trouble), row.given_up_at is not None) for row in rows
        ]

    def of_sale(self, sale_id: str) -> list[Printing]:
        """Tell what became of the receipts of a sale that were to be printed, the first one first."""
        with self._transactions.begin() as connection:
            rows = connection.execute(_OF_SALE, {"sale_id": sale_id}).all()
        return [
            Printing(row.asked_at, row.printed_at, row.given_up_at, _trouble(row.trouble), bool(row.again), row.refund)
            for row in rows
        ]

    def _ask(self, connection: Connection, charge_id: str, at: int, *, refund: int, again: bool) -> bool:
        of_charge, known, waiting = connection.execute(_KNOWN, {"charge_id": charge_id, "refund": refund}).one()
        if waiting or (known and not again):
            return False
        values = {"charge_id": charge_id, "number": of_charge + 1, "refund": refund, "asked_at": at}
        connection.execute(_ADD, values | {"network": self._network})
        return True

    def _set(self, statement: Update, job: PrintJob, values: Mapping[str, object]) -> None:
        of_job = {"of_charge": job.charge_id, "of_number": job.number}
        with self._transactions.write() as connection:
            connection.execute(statement, {**of_job, **values})


def _trouble(word: str | None) -> Trouble | None:
    return Trouble(word) if word else None
