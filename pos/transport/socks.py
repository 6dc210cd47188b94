"""The way to an .onion address: through a SOCKS 5 proxy (RFC 1928), which looks the name up itself. No other host's.

Forty lines of our own, as PySocks gives every wait the whole time of a call, and a call has one deadline here.
"""

import socket
from time import monotonic

_VERSION, _NO_PASSWORD, _CONNECT, _BY_NAME = 5, 0, 1, 3
# How long the address is that follows in an answer, by its kind; of a name its first byte says it.
_ADDRESS_LENGTHS = {1: 4, 4: 16}
# RFC 1928, section 6, and beyond 8 what Tor says (its extension 304).
_REFUSALS = {
    2: "it is not allowed to",
    3: "the network is unreachable",
    4: "the host is unreachable",
    5: "nothing listens at that port",
    6: "the way there took too long",
    0xF0: "there is no such onion service",
    0xF1: "there is no such onion service",
    0xF2: "the onion service does not answer",
    0xF3: "the onion service does not answer",
    0xF6: "the address is no onion service's",
}


class ProxyError(OSError):
    """The proxy does not lead to the host. The text says why, and is for people."""


def is_onion(host: str) -> bool:
    """Tell whether a host is one that only Tor knows: no name server may be asked about it (RFC 7686)."""
    return host.lower().endswith(".onion")


def reach(proxy: socket.socket, host: str, port: int, deadline: float) -> None:
    """Have a proxy that is connected lead to a host. Raises TimeoutError at the deadline, or ProxyError."""
    name = host.encode("ascii")
    _send(proxy, bytes([_VERSION, 1, _NO_PASSWORD]), deadline)
    version, method = _receive(proxy, 2, deadline)
    if version != _VERSION:
        raise ProxyError("what listens at POS_SOCKS_PROXY is no SOCKS 5 proxy")
    if method != _NO_PASSWORD:
        raise ProxyError("the SOCKS proxy wants a password, and the till has none for it")
    asked = bytes([_VERSION, _CONNECT, 0, _BY_NAME, len(name)]) + name + port.to_bytes(2, "big")
    _send(proxy, asked, deadline)
    _, refusal, _, kind = _receive(proxy, 4, deadline)
    if refusal:
        raise ProxyError(f"the SOCKS proxy finds no way to its host: {_REFUSALS.get(refusal, 'it does not say why')}")
    length = _ADDRESS_LENGTHS.get(kind) or _receive(proxy, 1, deadline)[0]
    # Where the proxy sits in the end is of no use to anybody.
    _receive(proxy, length + 2, deadline)


def _send(proxy: socket.socket, message: bytes, deadline: float) -> None:
    proxy.settimeout(max(deadline - monotonic(), 0.001))
    proxy.sendall(message)


def _receive(proxy: socket.socket, length: int, deadline: float) -> bytes:
    message = b""
    while len(message) < length:
        proxy.settimeout(max(deadline - monotonic(), 0.001))
        part = proxy.recv(length - len(message))
        if not part:
            raise ProxyError("what listens at POS_SOCKS_PROXY hung up: is it a SOCKS 5 proxy?")
        message += part
    return message
