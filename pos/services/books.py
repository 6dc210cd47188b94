"""The books: a page of the sales that somebody asks for, and what all of these come to."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from pos.domain.bars import Bucket
from pos.domain.day import begins_at
from pos.domain.number import Number, read_number
from pos.domain.refusal import Refusal
from pos.domain.report import Entry, Page, Place, Search, Selection, Sums, summed
from pos.domain.sentence import Sentence
from pos.domain.span import Span
from pos.runtime.turnstile import Crowded
from pos.shop import Shop

ROWS = 50
# How many sales are looked through for what somebody searches, before they are asked whether to go on; and how many of
# them may be found for a sum.
FURTHEST = 20_000
SUMMED = 1000
# The letters that are taken for figures, on paper and on a phone.
_FIGURES = str.maketrans("OoIl", "0011")


@dataclass(frozen=True, slots=True)
class Books:
    """A page of a selection, and the sums of it all; None where a search finds too much to add it up.

    `buckets` is what it comes to piece by piece, if somebody asked for that.
    """

    page: Page
    sums: Sums | None
    buckets: list[Bucket] | None = None


class TooManyLook(Refusal):
    """More people look through many sales than may at once."""

    retry_after = 10

    def __init__(self) -> None:
        super().__init__(Sentence("Too many look at the sales at once. Try again in a moment."), 503)


@contextmanager
def turn(shop: Shop) -> Iterator[None]:
    """Wait until few look through many sales. Raises TooManyLook."""
    try:
        with shop.looking.turn():
            yield
    except Crowded as error:
        raise TooManyLook from error


def read_books(
    shop: Shop,
    selection: Selection,
    after: Place | None,
    edges: Sequence[int] = (),
    furthest: int = FURTHEST,
    summed_up: int = SUMMED,
) -> Books:
    """Return the page that follows on a place, or the first one, and the sums. Raises StoreError.

    The first page has the sums from edge to edge too, where there are any, from the beginning of the selection to its
    end. Where each sale has to be looked at there are none; it looks through `furthest` sales, and adds up so many at
    most.
    """
    page = shop.store.page(selection, after, ROWS, furthest)
    if not selection.is_picked:
        if after is None and edges:
            return Books(page, *shop.store.sums_by(selection, edges))
        return Books(page, shop.store.sums(selection))
    if after is None and len(page.entries) < ROWS:
        # It has looked at all there is, or as far as it may.
        return Books(page, summed(page.entries) if page.older is None else None)
    found = shop.store.page(selection, None, summed_up, furthest)
    return Books(page, summed(found.entries) if found.older is None else None)


def times_of(shop: Shop, span: Span) -> tuple[int, int]:
    """Return when a span begins, and when the next one does (unix seconds), on the shop's clock."""
    first, following = (
        begins_at(day, shop.settings.day_ends, shop.settings.timezone)
        for day in (span.first, span.last + timedelta(days=1))
    )
    return first, following


def meant_by(shop: Shop, search: Search) -> Entry | None:
    """Return the one sale that somebody may mean by a number, misread or not, or by a payment hash, whenever it was."""
    year = shop.day(shop.now()).year
    number = search.number or read_number(search.words.translate(_FIGURES), year) or _by_hash(shop, search)
    return shop.store.entry(number) if number else None


def _by_hash(shop: Shop, search: Search) -> Number | None:
    charge = shop.store.find_by_payment_hash(search.payment_hash)
    return charge.number if charge else None
