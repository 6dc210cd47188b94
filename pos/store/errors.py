"""How the store fails."""

from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence


class StoreError(Refusal):
    """The database did not take or give what was asked: locked, full, gone."""

    def __init__(self, reason: str) -> None:
        sentence = Sentence("The till cannot read or write its database right now. Try again in a moment.")
        super().__init__(sentence, 503, reason)


class InvoiceTaken(Exception):
    """Another charge already has this invoice."""
