"""Every SQL statement of the till. Takes and returns domain values; what they mean is not decided here."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from math import gcd

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from pos.domain.bars import Bucket
from pos.domain.charge import Channel, Charge, LeftBehind, ListedCharge, Payment, Sold, Tally
from pos.domain.draft import till_topic
from pos.domain.due import Unpaid
from pos.domain.event import Event, Kind
from pos.domain.number import Number
from pos.domain.report import Entry, Found, Page, Place, Selection, State, Sums, summed
from pos.domain.sale import Sale
from pos.domain.shift import MOST
from pos.store import (
    charges,
    clock,
    events,
    jars,
    notify,
    probe,
    reports,
    sales,
    totals,
)
from pos.store.accounts import Accounts
from pos.store.cards import Cards
from pos.store.devices import Devices
from pos.store.displays import Displays
from pos.store.drafts import Drafts
from pos.store.engine import open_engine
from pos.store.errors import (
    DatabaseGone,
    DatabaseInUse,
    InvoiceTaken,
    OtherShape,
    SalePaid,
    StoreError,
    TrialDatabase,
)
from pos.store.file import PATIENCE
from pos.store.guesses import GuessRows
from pos.store.history import History
from pos.store.jars import Jars
from pos.store.leases import NO_LEASE, Leases
from pos.store.owners import Owners
from pos.store.pairings import Pairings
from pos.store.pins import Pins
from pos.store.print_jobs import PrintJobs
from pos.store.refunds import Refunds
from pos.store.rows import can_be_written
from pos.store.settings import KeptSettings
from pos.store.shifts import Shifts
from pos.store.staff import StaffRows
from pos.store.transactions import Transactions
from pos.store.turns import give_way

__all__ = [
    "NO_LEASE",
    "DatabaseGone",
    "DatabaseInUse",
    "InvoiceTaken",
    "OtherShape",
    "SalePaid",
    "Store",
    "StoreError",
    "TrialDatabase",
]

# So many sales are looked through at a time: each takes four times as long as one that is only added up.
_LOOKED_AT = 500


class Store:
    """The database, as far as it is about one network (its BOLT 11 prefix). Every method may raise StoreError.

    Each method is a transaction; the statements are in the modules beside this one. `patience` is for how many seconds
    a writer waits for the lock of an SQLite file. So many sales `at_a_time` are read for a list or a sum, as nothing
    else of a process can run meanwhile; after each time the store gives way. A shift's report has so many payments
    at most `in_a_report`. `shape` is the one (Alembic's) that the database has to have, if that is to be checked.
    """

    def __init__(
        self,
        url: str,
        network: str,
        patience: float = PATIENCE,
        at_a_time: int = 2000,
        give_way: Callable[[], object] = give_way,
        in_a_report: int = MOST,
        shape: str | None = None,
    ) -> None:
        self._network = network
        self._at_a_time = at_a_time
        self._give_way = give_way
        self._shape = shape
        self.engine = open_engine(url)
        self._transactions = Transactions(self.engine, patience)
        self._begin, self._write = self._transactions.begin, self._transactions.write
        self._read = self._transactions.read
        self._is_file = self.engine.dialect.name == "sqlite"
        self.owners = Owners(self._transactions, network)
        self.accounts = Accounts(self._transactions, network)
        self.devices = Devices(self._transactions, network)
        self.pairings = Pairings(self._transactions, network)
        self.history = History(self._transactions, network)
        self.staff = StaffRows(self._transactions, network)
        self.refunds = Refunds(self._transactions, network)
        self.shifts = Shifts(self._transactions, network, in_a_report)
        self.pins = Pins(self._transactions, network)
        self.drafts = Drafts(self._transactions, network)
        self.displays = Displays(self._transactions, network)
        self.cards = Cards(self._transactions)
        self.leases = Leases(self._transactions, network)
        self.jars = Jars(self._transactions, network)
        self.settings = KeptSettings(self._transactions, network)
        self.print_jobs = PrintJobs(self._transactions, network)
        self.guesses = GuessRows(self._transactions)

    def add(self, charge: Charge, sale: Sale, idempotency_key: str, year: int) -> Sold:
        """Write a sale and its first charge down, and return what holds the key: these, or what was there first.

        The sale gets the next number of a year. Raises InvoiceTaken.
        """
        try:
            with self._write() as connection:
                number = sales.add(connection, self._network, charge, sale, idempotency_key, year)
                self._add(connection, charge, sale)
                self._count_made(connection, charge)
        except IntegrityError as error:
            first = self.find_by_idempotency_key(charge.channel, idempotency_key)
            if first is None:
                raise InvoiceTaken(charge.invoice.id) from error
            return first
        return Sold(sale, replace(charge, number=number))

    def add_attempt(self, charge: Charge, sale: Sale) -> Charge:
        """Write another charge of a sale down, and return the one that is this attempt: it, or who was there first.

        Raises InvoiceTaken, or SalePaid where the sale is paid by now.
        """
        try:
            with self._write() as connection:
                self._add(connection, charge, sale)
                if not sales.try_again(connection, charge):
                    raise SalePaid
                self._count_made(connection, charge)
        except IntegrityError as error:
            first = self.find_attempt(charge.sale_id, charge.attempt)
            if first is None:
                raise InvoiceTaken(charge.invoice.id) from error
            return first
        return charge

    def get(self, charge_id: str) -> Charge | None:
        """Return a charge by its id."""
        if not can_be_written(charge_id):
            return None
        with self._begin() as connection:
            return charges.get(connection, self._network, charge_id)

    def find_by_idempotency_key(self, channel: Channel, idempotency_key: str) -> Sold | None:
        """Return the sale that was made with an idempotency key of that channel."""
        if not can_be_written(idempotency_key):
            return None
        with self._begin() as connection:
            found = sales.find(connection, self._network, channel, idempotency_key)
            first = found and charges.find_attempt(connection, self._network, found[0], 1)
        return Sold(found[1], first) if found and first else None

    def get_sale(self, sale_id: str) -> Sale | None:
        """Return a sale by its id, whole."""
        with self._begin() as connection:
            return sales.get(connection, self._network, sale_id)

    def find_attempt(self, sale_id: str, attempt: int) -> Charge | None:
        """Return the first, the second, ... charge of a sale."""
        with self._begin() as connection:
            return charges.find_attempt(connection, self._network, sale_id, attempt)

    def find_by_invoice(self, invoice_id: str) -> Charge | None:
        """Return the charge that has an invoice, by the wallet's id of it."""
        if not can_be_written(invoice_id):
            return None
        with self._begin() as connection:
            return charges.find_by_invoice(connection, self._network, invoice_id)

    def find_by_payment_hash(self, payment_hash: str) -> Charge | None:
        """Return the charge whose invoice has a payment hash (64 hex digits, lower case)."""
        if not can_be_written(payment_hash):
            return None
        with self._begin() as connection:
            return charges.find_by_payment_hash(connection, self._network, payment_hash)

    def find_by_verify_token(self, verify_token: str) -> Charge | None:
        """Return the charge that a payer's own program asks about by a token (LUD-21)."""
        if not can_be_written(verify_token):
            return None
        with self._begin() as connection:
            return charges.find_by_verify_token(connection, self._network, verify_token)

    def mark_paid(self, charge_id: str, payment: Payment) -> bool:
        """Write a payment down, unless there is one. Tell whether it was this call that did it: the door to "paid"."""
        with self._write() as connection:
            marked = charges.mark_paid(connection, charge_id, payment)
            if marked is None:
                return False
            if not sales.mark_paid(connection, marked.sale_id, charge_id, payment.paid_at):
                charges.mark_surplus(connection, charge_id)
                sales.add_surplus(connection, marked.sale_id, payment.received_sat)
            if Channel(marked.channel).is_remote:
                jars.add_paid(connection, self._network, charge_id, payment.received_sat)
            told = {"received_sat": payment.received_sat}
            events.add(connection, self._network, Event(Kind.CHARGE_PAID, charge_id, payment.paid_at, told))
            late = payment.paid_at > marked.ends_at
            totals.add_paid(connection, marked.sale_id, payment.received_sat, late=late)
            notify.tell(connection, charge_id)
            return True

    def cancel(self, charge_id: str, now: int, *, asked_at: int | None = None) -> bool:
        """Write down that nobody is to pay a charge any more, if it is open at `now` (unix seconds). Tell whether.

        `asked_at` is when the wallet was asked that has just said that it is not paid; None where none has.
        """
        with self._write() as connection:
            if not charges.cancel(connection, charge_id, now, asked_at):
                return False
            events.add(connection, self._network, Event(Kind.CHARGE_CANCELLED, charge_id, now))
            notify.tell(connection, charge_id)
            return True

    def at_till(self, till: str, since: int, most: int) -> list[Charge]:
        """Return a till's newest charges, the newest first: those made since a time (unix seconds), and so many."""
        with self._begin() as connection:
            return charges.at_till(connection, self._network, till, since, most)

    def news(self, till: str, now: int, since: int, most: int) -> list[ListedCharge]:
        """Return what is newest at a till, in no order: made, paid or for review since a time, or open at `now`.

        At most so many of each (times in unix seconds).
        """
        with self._begin() as connection:
            return charges.news(connection, self._network, till, now, since, most)

    def find_by_number(self, number: Number) -> Charge | None:
        """Return the charge that says what became of the sale of a number: the first that was paid, or the last."""
        with self._begin() as connection:
            return charges.find_by_number(connection, self._network, number)

    def entry(self, number: Number) -> Entry | None:
        """Return the sale of a number as the books have it."""
        with self._read() as connection:
            return reports.entry(connection, self._network, number)

    def attempts(self, sale_id: str) -> list[Charge]:
        """Return all charges of a sale, the first one first."""
        with self._begin() as connection:
            return charges.attempts(connection, self._network, sale_id)

    def entries(self, selection: Selection, after: Place | None, most: int) -> list[Entry]:
        """Return so many sales of a selection, those that follow on a place in the list, the newest first.

        It reads until it has as many, or there is no more: a transaction for some thousand sales each, between which
        others get their turn.
        """
        return self.page(selection, after, most, furthest=None).entries

    def page(self, selection: Selection, after: Place | None, most: int, furthest: int | None) -> Page:
        """Return one page of a selection, as `entries` does, that looks through so many sales at most."""
        found: list[Found] = []
        looked = 0
        while furthest is None or looked < furthest:
            # One more than fit on the page tells whether there is another.
            rows = most + 1 if selection.is_plain else min(self._at_a_time, _LOOKED_AT)
            with self._read() as connection:
                looked_at = reports.walk(connection, self._network, selection, after, rows)
            found += [it for it in looked_at if it.is_of(selection)]
            if len(found) > most or len(looked_at) < rows:
                return self._page(found[:most], found[most - 1].place if len(found) > most else None)
            looked, after = looked + rows, looked_at[-1].place
            self._give_way()
        return self._page(found, after)

    def following(self, selection: Selection, after: Place | None, rows: int) -> tuple[list[Entry], Place | None]:
        """Look at so many sales that follow on a place, the oldest first, and return those of a selection.

        Return also the place from which on there are more; None if there are none. It is one short transaction, however
        few of the sales are of the selection.
        """
        with self._read() as connection:
            # One more than is asked for tells whether there is another.
            found = reports.walk(connection, self._network, selection, after, rows + 1, oldest_first=True)
            looked_at = found[:rows]
            entries = reports.read(connection, [it.sale_id for it in looked_at if it.is_of(selection)])
        return entries, looked_at[-1].place if len(found) > rows else None

    def sums(self, selection: Selection) -> Sums:
        """Add up what the paid sales of a selection come to.

        What is paid meanwhile may be in it or not: it is read in several transactions, between which others get their
        turn.
        """
        if selection.is_picked:
            return self._sums_of_found(selection)
        return self.sums_by(selection, [selection.since, selection.until])[0]

    def sums_by(self, selection: Selection, edges: Sequence[int]) -> tuple[Sums, list[Bucket]]:
        """Add up the paid sales of a selection, and also from each edge (unix seconds, in order) to the next, without
        taxes.

        Between the first edge and the last, whatever time the selection is about; it has no search. It reads as `sums`
        does, and both in one go.
        """
        sums, buckets = Sums(), [Bucket() for _ in edges[1:]]
        asked = replace(selection, since=edges[0], until=edges[-1])
        since: int | None = asked.since
        if asked.state is State.UNPAID or asked.since >= asked.until:
            return sums, buckets
        # No edge is inside of a slot.
        width = gcd(*edges) if len(edges) > 2 else asked.until
        # While a file is read nobody else has a turn: it adds so many up in some 10 ms. While a server adds up, all
        # else goes on: only its answer must not take too long.
        rows = self._at_a_time * (3 if self._is_file else 10)
        while since is not None:
            with self._read() as connection:
                part, slots, since = reports.sums(connection, self._network, asked, since, rows, width)
            sums += part
            for at, booked in slots:
                buckets[bisect_right(edges, max(at, asked.since)) - 1] += Bucket((booked,))
            self._give_way()
        return sums, buckets

    def count_open(self, channel: Channel, now: int, most: int) -> int:
        """Count the charges of a channel that are open at `now` (unix seconds), up to so many."""
        with self._begin() as connection:
            return charges.count_open(connection, self._network, channel, now, most)

    def count_open_of_jar(self, jar: str, now: int, most: int) -> int:
        """Count the charges of a tip jar that are open at `now` (unix seconds), up to so many."""
        with self._begin() as connection:
            return charges.count_open_of_jar(connection, self._network, jar, now, most)

    @contextmanager
    def listen(self) -> Iterator[Callable[[float], None]]:
        """Give a function that waits, so many seconds at most, until any process may have written an end down."""
        with self._transactions.errors():
            # A connection that is opened anew would make an empty file where the old one was.
            self._transactions.verify_file()
            with notify.listen(self.engine) as wait:
                yield wait

    def ended_among(self, charge_ids: Collection[str]) -> set[tuple[str, bool]]:
        """Return which of these charges are paid (True), and which are cancelled and not paid (False)."""
        with self._begin() as connection:
            return charges.ended_among(connection, charge_ids)

    def unpaid(self, wallet: str, expires_after: int) -> list[Unpaid]:
        """Return every charge of a wallet without a payment whose invoice expires after that time (unix seconds).

        Those from before wallets had names are any wallet's.
        """
        with self._begin() as connection:
            return charges.unpaid(connection, self._network, wallet, expires_after)

    def unheard(self, wallet: str, expires_after: int, expires_until: int) -> list[Unpaid]:
        """Return those of them of which the wallet has given no good answer since they ended."""
        with self._begin() as connection:
            return charges.unheard(connection, self._network, wallet, expires_after, expires_until)

    def unpaid_among(self, wallet: str, charge_ids: Collection[str]) -> list[Unpaid]:
        """Return those of these charges that are a wallet's and without a payment, whenever their invoices expire."""
        with self._begin() as connection:
            return charges.unpaid_among(connection, self._network, wallet, charge_ids)

    def left_behind(self, wallet: str, expires_after: int) -> list[LeftBehind]:
        """Count the charges of other wallets that are neither paid nor cancelled, and expire after that time."""
        with self._begin() as connection:
            return charges.left_behind(connection, self._network, wallet, expires_after)

    def look(self, charge_ids: Collection[str]) -> None:
        """Write down that screens look at these charges now."""
        with self._write() as connection:
            charges.look(connection, charge_ids)

    def note_answer(self, charge_id: str, asked_at: int) -> None:
        """Write down that the wallet, asked about an unpaid charge at `asked_at` (unix seconds), gave a good answer."""
        with self._write() as connection:
            charges.note_answer(connection, charge_id, asked_at)

    def note_silence(self, wallet: str, expires_after: int, now: int) -> None:
        """Write down that a wallet gives no answer now, in every charge of it of which no end is known.

        Those that expire before `expires_after` are left out. Times in unix seconds.
        """
        with self._write() as connection:
            charges.note_silence(connection, self._network, wallet, expires_after, now)

    def time(self) -> float | None:
        """Return what the database's clock says (unix seconds); None of a file, all of whose tills are on this host."""
        if self._is_file:
            return None
        with self._begin() as connection:
            return clock.read(connection)

    def tally(self, now: int) -> list[Tally]:
        """Tell what became of the charges of each channel, and what they brought; one without any counts, too."""
        with self._begin() as connection:
            return totals.tally(connection, self._network, now)

    def close(self) -> None:
        """Let go of every open connection; what is asked next opens new ones."""
        self._transactions.close()

    def check(self) -> None:
        """Prove that the database is there, sound and takes a write, and leave nothing behind that anybody reads.

        Raises OtherShape where another version of the till has brought it up to date under this one.
        """
        with self._write() as connection:
            if self._shape:
                probe.check_shape(connection, self._shape)
            charges.write_nothing(connection)
            probe.write(connection)
        self._transactions.check_file()

    def _page(self, found: list[Found], older: Place | None) -> Page:
        with self._read() as connection:
            return Page(reports.read(connection, [it.sale_id for it in found]), older)

    def _sums_of_found(self, selection: Selection) -> Sums:
        sums, after = Sums(), None
        while True:
            page = self.page(selection, after, self._at_a_time, furthest=None)
            sums += summed(page.entries)
            if page.older is None:
                return sums
            after = page.older

    def _add(self, connection: Connection, charge: Charge, sale: Sale) -> None:
        charges.add(connection, self._network, charge)
        sales.add_taxes(connection, self._network, charge, sale)
        told = {"amount_sat": charge.amount_sat}
        events.add(connection, self._network, Event(Kind.CHARGE_MADE, charge.id, charge.created_at, told))

    def _count_made(self, connection: Connection, charge: Charge) -> None:
        totals.add_made(connection, charge.sale_id)
        if charge.till:
            notify.tell(connection, till_topic(charge.till))
