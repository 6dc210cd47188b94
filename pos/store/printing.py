"""The receipts that are to be printed, and what became of it."""

from sqlalchemy import Connection, and_, bindparam, case, exists, func, insert, or_, select, update

from pos.domain.charge import Channel
from pos.domain.number import Number
from pos.domain.printer import Printing, PrintJob, Trouble, Unprinted
from pos.store.tables import PAID, REFUND_PAID, UNPRINTED, charges, print_jobs, refunds, sales

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
    .where(charges.c.network == bindparam("network"), charges.c.sale_id == bindparam("sale_id"))
    .order_by(print_jobs.c.asked_at, print_jobs.c.charge_id, print_jobs.c.number)
)


def ask(connection: Connection, network: str, charge_id: str, at: int, *, refund: int, again: bool) -> bool:
    """Add a job for a charge, or a refund of it, unless one waits; without `again`, unless there ever was one.

    Tell whether. Raises IntegrityError where somebody else adds one of the charge at the same moment.
    """
    of_charge, known, waiting = connection.execute(_KNOWN, {"charge_id": charge_id, "refund": refund}).one()
    if waiting or (known and not again):
        return False
    values = {"charge_id": charge_id, "number": of_charge + 1, "refund": refund, "network": network, "asked_at": at}
    connection.execute(_ADD, values)
    return True


def unasked(connection: Connection, network: str, since: int) -> list[str]:
    """Return the charges paid since a time that have no job."""
    return list(connection.scalars(_UNASKED, {"network": network, "since": since}))


def unasked_refunds(connection: Connection, network: str, since: int) -> list[tuple[str, int]]:
    """Return the refunds paid since a time that have no job: the charge that paid the sale, and which one it is."""
    return [(row[0], row[1]) for row in connection.execute(_UNASKED_REFUNDS, {"network": network, "since": since})]


def find_next(connection: Connection, network: str) -> PrintJob | None:
    """Return the job that has waited longest."""
    row = connection.execute(_NEXT, {"network": network}).one_or_none()
    if row is None:
        return None
    return PrintJob(row.charge_id, row.number, row.asked_at, row.started_at, bool(row.again), row.refund)


def start(connection: Connection, job: PrintJob, at: int) -> None:
    """Write down that it is being printed."""
    connection.execute(_START, {**_names(job), "at": at})


def end(connection: Connection, job: PrintJob, at: int) -> None:
    """Write down that it was printed."""
    connection.execute(_END, {**_names(job), "at": at})


def fail(connection: Connection, job: PrintJob, trouble: Trouble, given_up_at: int | None, *, begun: bool) -> None:
    """Write down why it was not printed; where nothing of it is on paper, it was not started either."""
    values = {"begun": begun, "before": job.started_at, "why": trouble.value, "gone_at": given_up_at}
    connection.execute(_FAIL, _names(job) | values)


def give_up(connection: Connection, network: str, before: int, at: int) -> None:
    """Give up what has waited since before a time."""
    connection.execute(_GIVE_UP, {"of_network": network, "before": before, "at": at})


def unprinted(connection: Connection, network: str, since: int) -> list[Unprinted]:
    """Return what was not printed, the newest first."""
    rows = connection.execute(_UNPRINTED_SINCE, {"network": network, "since": since})
    return [Unprinted(Number(row.year, row.number), _trouble(row.trouble), row.given_up_at is not None) for row in rows]


def of_sale(connection: Connection, network: str, sale_id: str) -> list[Printing]:
    """Return what became of the receipts of a sale, the first that was asked for first."""
    rows = connection.execute(_OF_SALE, {"network": network, "sale_id": sale_id})
    return [
        Printing(row.asked_at, row.printed_at, row.given_up_at, _trouble(row.trouble), bool(row.again), row.refund)
        for row in rows
    ]


def _trouble(word: str | None) -> Trouble | None:
    return Trouble(word) if word else None


def _names(job: PrintJob) -> dict[str, object]:
    return {"of_charge": job.charge_id, "of_number": job.number}
