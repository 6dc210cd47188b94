"""Export: all sales of a selection, written out piece by piece, so that it takes no more memory for more of them."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from pos.domain.export import ExportedSale, as_json, csv_rows, header
from pos.domain.report import Entry, Place, Selection
from pos.services.recent import outcome_of
from pos.shop import Shop

# Nobody else has a turn while so many are read and written, so they are few.
AT_A_TIME = 50


class Format(StrEnum):
    """What a file of the sales is."""

    CSV = "csv"
    JSON = "json"


def export(
    shop: Shop, selection: Selection, file_format: Format, *, lines: bool = False, alone: bool = False
) -> Iterator[bytes]:
    """Write sales out, the oldest first; with `lines`, a CSV has a row for each line, and JSON has the lines anyway.

    Between two pieces no transaction is open. Each takes its turn, unless it is `alone`, in a process where nobody
    sells. A sale that is paid meanwhile comes where it was paid, and may have come before, when it was open. Raises
    StoreError, and what was written is cut off there.
    """
    parts = _sales(shop, selection)
    pieces = _json(parts) if file_format is Format.JSON else _csv(parts, lines=lines)

    def piece() -> str | None:
        return next(pieces, None)

    while (it := piece() if alone else shop.turns.take(piece)) is not None:
        yield it.encode()


def tell(shop: Shop, entry: Entry, now: int) -> ExportedSale:
    """Return a sale as an export tells it at `now` (unix seconds)."""
    zone = shop.settings.timezone
    # Where the zone is the machine's, a time does not have it yet.
    return ExportedSale(
        entry, outcome_of(entry.charge, now), shop.day(entry.at), lambda at: shop.local_time(at).astimezone(zone)
    )


def _csv(parts: Iterable[list[ExportedSale]], *, lines: bool) -> Iterator[str]:
    before = header(lines=lines)
    for sales in parts:
        yield before + csv_rows(sales, lines=lines)
        before = ""


def _json(parts: Iterable[list[ExportedSale]]) -> Iterator[str]:
    before = "[\n"
    for sales in parts:
        # Nothing is a piece as well: it took its time.
        yield before + ",\n".join(map(as_json, sales)) if sales else ""
        before = ",\n" if sales else before
    yield "\n]\n" if before == ",\n" else "[]\n"


def _sales(shop: Shop, selection: Selection) -> Iterator[list[ExportedSale]]:
    after: Place | None = None
    while True:
        entries, after = shop.store.following(selection, after, AT_A_TIME)
        now = shop.now()
        yield [tell(shop, it, now) for it in entries]
        if after is None:
            return
