"""Payments that the wallet has told of and the book did not take: no screen of this process may say that it waits.

They cannot be written down, so other processes do not know of them, nor does this one after a new start. Each is asked
about again until the book takes it.
"""


class Unwritten:
    """The charges of which that is so, by their ids."""

    def __init__(self) -> None:
        self._charges: set[str] = set()

    def add(self, charge_id: str) -> None:
        """Note that the wallet says that a charge is paid, and that it could not be written down."""
        self._charges.add(charge_id)

    def discard(self, charge_id: str) -> None:
        """Forget a charge, as the book has its payment."""
        self._charges.discard(charge_id)

    def __contains__(self, charge_id: str) -> bool:
        """Tell whether a charge is one of them."""
        return charge_id in self._charges
