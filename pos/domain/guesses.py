"""Wrong passwords and codes of late, by whatever they were tried for: each makes the next try wait longer."""

from dataclasses import dataclass

# Seconds after which wrong ones are forgotten.
FORGOTTEN_AFTER = 15 * 60
# So many are free: fingers slip.
_FREE = 3
# Seconds: the first wait, which doubles with each wrong one, and the longest.
_FIRST, _LONGEST = 2, 60


@dataclass(frozen=True, slots=True)
class Guesses:
    """So many wrong ones in a row, the last of them at `wrong_at` (unix seconds)."""

    wrong: int = 0
    wrong_at: int = 0

    def wait(self, now: int) -> int:
        """Return the seconds until another try is taken; 0 if it is now."""
        if self.wrong < _FREE or self._is_forgotten(now):
            return 0
        longest = min(_FIRST << min(self.wrong - _FREE, 10), _LONGEST)
        # A clock that was set back makes nobody wait until it is where it was.
        is_set_back = self.wrong_at - now > longest
        return 0 if is_set_back else min(max(0, self.wrong_at + longest - now), longest)

    def one_more(self, now: int) -> "Guesses":
        """Count another one."""
        return Guesses(1 if self._is_forgotten(now) else self.wrong + 1, now)

    def _is_forgotten(self, now: int) -> bool:
        return now - self.wrong_at >= FORGOTTEN_AFTER
