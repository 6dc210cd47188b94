"""How the store fails."""

from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence


class StoreError(Refusal):
    """The database did not take or give what was asked: locked, full, gone."""

    sentence = Sentence("The till cannot read or write its database right now. Try again in a moment.")

    def __init__(self, reason: str) -> None:
        super().__init__(self.sentence, 503, reason)


class DatabaseGone(StoreError):
    """The file that the till has open was deleted, or another one is in its place. Only the owner can mend that."""

    sentence = Sentence("The till's database is gone, so nothing can be sold. Tell the owner.")


class OtherShape(StoreError):
    """The database has the shape that another version of the till gives it."""


class TrialDatabase(StoreError):
    """The database is from before the first release, and no till of today can use it."""


class DatabaseInUse(StoreError):
    """Somebody has the database open whom it would be changed under."""


class SalePaid(Exception):
    """The sale is paid by now: nobody is to pay it once more."""


class InvoiceTaken(Exception):
    """Another charge already has this invoice."""
