"""A sentence for a person, before it is known which language they read."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pos.domain.money.amount import Money


@dataclass(frozen=True, slots=True)
class Sentence:
    """English words with `{names}` in the places of the values. `str` gives it in English, for logs and programs.

    The words are the key of their translation; web/i18n.py translates them and writes the values as the reader does.
    """

    words: str
    values: "dict[str, Money | int | str]" = field(default_factory=dict)

    def __str__(self) -> str:
        return self.words.format_map(self.values)
