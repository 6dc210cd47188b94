"""What the doctor asks over the network: the hook, as the wallet does, and an address, as a payer's wallet does."""

from contextlib import closing

from pos.services.doctor import Unreached
from pos.transport import Transport, TransportError
from pos.wallets.base import Hinting


def ping(wallet: Hinting, address: str) -> int:
    """Send the hook at an address a message about nothing, and return the HTTP status. Raises WalletError."""
    # Over the network even where the wallet is in this process, as its messages come that way.
    with closing(Transport()) as transport:
        return wallet.ping_webhook(transport, address)


def get(address: str) -> bytes:
    """Ask an address, and return what is answered. Raises Unreached."""
    try:
        with closing(Transport()) as transport:
            return transport.call("GET", address, headers={"Accept": "application/json"}, timeout=10).body
    except TransportError as error:
        raise Unreached(str(error)) from error
