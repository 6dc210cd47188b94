"""The ways in which a wallet can fail, and what a cashier is told of each."""

from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence


class CannotOpen(Exception):
    """The wallet cannot even be made, so the till does not start. The text says what to do, and holds no key."""


class WalletError(Refusal):
    """The wallet did not do what was asked. The text holds no key."""

    sentence = Sentence(
        "The shop's wallet answered something that the till cannot use. Nothing was charged. Try again."
    )
    status = 502

    def __init__(self, reason: str) -> None:
        super().__init__(self.sentence, self.status, reason)


class WalletUnreachable(WalletError):
    """No connection, or a broken one. Worth another try."""

    sentence = Sentence("The shop's wallet does not answer. Nothing was charged. Try again.")


class WalletTimeout(WalletUnreachable):
    """No whole answer in time. Worth another try."""

    sentence = Sentence("The shop's wallet took too long to answer. Nothing was charged. Try again.")
    status = 504


class WalletBusy(WalletError):
    """The wallet asks us to slow down. Worth another try after `retry_after` seconds."""

    retry_after: int
    sentence = Sentence("The shop's wallet is too busy right now. Nothing was charged. Wait a moment, then try again.")

    def __init__(self, text: str, retry_after: int) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class KeyRefused(WalletError):
    """The wallet does not take our key. Only the owner can mend that."""

    sentence = Sentence(
        "The shop's wallet refused the till's key. Nothing was charged. The owner has to check the settings."
    )


class InvoiceRefused(WalletError):
    """The wallet does not make this invoice, for a reason of its own. Another amount or memo may do.

    `most_sat` is how much it takes at once, where that is the reason and it says so.
    """

    def __init__(self, reason: str, most_sat: int | None = None) -> None:
        super().__init__(reason)
        self.most_sat = most_sat
        self.sentence = Sentence(
            "The shop's wallet refused this sale: {reason}. Nothing was charged.", {"reason": reason.rstrip(".")}
        )


class WrongInvoice(WalletError):
    """The wallet made an invoice that is not what was asked for. It must not be shown."""

    sentence = Sentence("The shop's wallet sent a wrong invoice, so it is not shown. Nothing was charged. Try again.")


class WrongPayee(WrongInvoice):
    """The wallet made an invoice that another node signed than the one that has to."""


class UnpayableInvoice(WrongInvoice):
    """The wallet made an invoice that no customer's wallet pays. Another try makes another one like it."""

    sentence = Sentence(
        "The shop's wallet made an invoice that customers' wallets refuse to pay, so it is not shown. Nothing was"
        " charged. The owner has to check the shop's wallet."
    )


class WrongClock(WrongInvoice):
    """The clocks of till and wallet are so far apart that an invoice which was just made has expired already.

    `seconds` is by how much the till's is ahead.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(f"the till's clock is {seconds} s ahead of the wallet's: what it makes has already expired")
        self.seconds = seconds
        self.sentence = Sentence(
            "The till's clock is wrong, or its wallet's: they are {minutes} min apart, so no invoice can be shown."
            " Nothing was charged. The owner has to set the clock.",
            {"minutes": seconds // 60},
        )


class BadAnswer(WalletError):
    """The wallet answered nonsense, or failed inside."""


class HintRefused(Exception):
    """A message to the hook that is not the wallet's. `status` is the HTTP status of the answer. It holds no secret."""

    status = 403


class HintUnreadable(HintRefused):
    """A message that is the wallet's, and yet none that it sends."""

    status = 400
