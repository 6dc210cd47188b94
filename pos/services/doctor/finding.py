"""What the doctor finds, and how serious it is."""

from dataclasses import dataclass
from enum import Enum, auto

from pos.domain.sentence import Sentence


class Verdict(Enum):
    """How serious a finding is."""

    GOOD = auto()
    WARNING = auto()
    BAD = auto()


@dataclass(frozen=True, slots=True)
class Finding:
    """What the doctor says about one part of the till.

    `words` are for every reader; as a text they are for who knows the machine, and stay English. So is `told`, which
    follows them: what a wallet or another program says.
    """

    verdict: Verdict
    part: str
    words: Sentence | str
    told: str = ""

    @property
    def sentence(self) -> str:
        """All of it in English."""
        return " ".join(filter(None, (str(self.words), self.told)))


class Unreached(Exception):
    """Nobody answers at an address; the text says why."""
