"""The issuers of cards, and whoever is paid at a Lightning address: asked where strangers say, on the internet alone,
once, and a few at a time.

What they answer is read in domain/lnurl_withdraw.py and domain/lnurl_payee.py.
"""

from threading import BoundedSemaphore

from pos.domain.lnurl_service import NoAnswer
from pos.transport import Transport, TransportError

MOST_BYTES = 64 * 1024
# Of one process. Each may take its whole time, and nobody else's customers are to wait for strangers.
AT_ONCE = 16
# Whose line is kept open costs the till a file.
HEADERS = {"Accept": "application/json", "Connection": "close"}


class PublicLnurlServices:
    """Asks over a transport that goes to public addresses alone."""

    def __init__(self, transport: Transport, at_once: int = AT_ONCE) -> None:
        self._transport = transport
        self._free = BoundedSemaphore(at_once)

    def ask(self, url: str, timeout: float) -> bytes:
        """Return what a service answers, whatever its status: LUD-01 gives that no meaning. Raises NoAnswer."""
        if not self._free.acquire(blocking=False):
            raise NoAnswer("too many services are asked at once")
        try:
            body = self._transport.call("GET", url, headers=HEADERS, timeout=timeout).body
        except TransportError as error:
            raise NoAnswer(str(error)) from error
        finally:
            self._free.release()
        if len(body) > MOST_BYTES:
            raise NoAnswer(f"the answer is longer than {MOST_BYTES} bytes")
        return body
