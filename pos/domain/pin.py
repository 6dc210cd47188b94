"""A PIN: what it may be, and how long one waits after a wrong one. How PINs are kept is not known here."""

import re
from dataclasses import dataclass
from itertools import pairwise

from pos.domain.figures import plain_figures
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence

LEAST, MOST = 4, 8
_PIN = re.compile(rf"[0-9]{{{LEAST},{MOST}}}")
# Seconds: the longest wait, and the time after which one wrong PIN is forgotten.
_LONGEST = _FORGOTTEN_AFTER = 15 * 60
_STEPS = {1, 9}


class BadPin(Refusal):
    """What cannot be a PIN."""


@dataclass(frozen=True, slots=True)
class Tries:
    """The wrong PINs of late at one device, the last of them at `wrong_at` (unix seconds).

    Each makes the next try wait twice as long. They are forgotten by and by, and not by a right one: who has a PIN
    could else guess those of others between two of it.
    """

    wrong: int = 0
    wrong_at: int = 0

    def wait(self, now: int) -> int:
        """Return the seconds until another try is taken; 0 if it is now."""
        if not self.wrong:
            return 0
        longest = min(1 << min(self.wrong - 1, 20), _LONGEST)
        # A clock that was set back makes nobody wait until it is where it was.
        is_set_back = self.wrong_at - now > longest
        return 0 if is_set_back else min(max(0, self.wrong_at + longest - now), longest)

    def one_more(self, now: int) -> "Tries":
        """Count another wrong one."""
        forgotten = max(0, now - self.wrong_at) // _FORGOTTEN_AFTER
        return Tries(max(0, self.wrong - forgotten) + 1, now)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Wrong PINs at a device, by its id and its name."""

    device_id: str
    device: str
    tries: Tries


def read_pin(text: str) -> str | None:
    """Return the PIN that somebody typed, in the figures of any script; None where it cannot be one."""
    pin = plain_figures(text)
    return pin if _PIN.fullmatch(pin) else None


def new_pin(text: str) -> str:
    """Return what is to be somebody's PIN. Raises BadPin where it is none, or anybody's first guess."""
    pin = read_pin(text)
    if pin is None:
        raise BadPin(Sentence("A PIN has {least} to {most} figures.", {"least": LEAST, "most": MOST}))
    if _is_first_guess(pin):
        raise BadPin(Sentence("That PIN is too easy to guess: its figures are in a row, or all the same."))
    return pin


def _is_first_guess(pin: str) -> bool:
    """Tell whether it is one figure again and again, or counts up or down."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return len(steps) == 1 and steps <= {0, *_STEPS}
