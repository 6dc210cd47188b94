"""The strings that hold a connection to LND: lndconnect, which node apps show as a QR code, and BTCPay Server's."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from pos.environment import Wrong
from pos.wallets.connection import need, parts_of

_EXAMPLE = "lndconnect://umbrel.local:8080?cert=MIIC...&macaroon=AgED..."
_BTCPAY = "type=lnd-rest;server=https://umbrel.local:8080/;macaroon=0201...;certthumbprint=ABCD..."
_GRPC_PORT = 10009


def from_string(text: str) -> dict[str, str] | None:
    """Read what a string holds for LND, by the names of the settings. Raises Wrong."""
    if re.match(r"(?i)lndconnect:", text):
        return _lndconnect(text)
    if parts_of(text, "lnd-grpc") is not None:
        raise Wrong(f"is for LND's gRPC, and the till speaks LND's REST, as in {_BTCPAY}")
    told = parts_of(text, "lnd-rest")
    return None if told is None else _btcpay(told)


def _lndconnect(text: str) -> dict[str, str]:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host:
        raise Wrong(f"is an lndconnect string without the address of a node, as in {_EXAMPLE}")
    if port in (None, _GRPC_PORT):
        raise Wrong(
            f"is an lndconnect string for LND's gRPC, whose port is {_GRPC_PORT}: take the one for REST, or write the"
            f" port of REST there, which is 8080 by default, as in {_EXAMPLE}"
        )
    told = {name: values[0].replace(" ", "+") for name, values in parse_qs(parts.query).items()}
    address = f"[{host}]" if ":" in host else host
    macaroon = need(told, "macaroon", "an lndconnect string", _EXAMPLE)
    return _settings(f"https://{address}:{port}", macaroon, told.get("cert"))


def _btcpay(told: Mapping[str, str]) -> dict[str, str]:
    server = need(told, "server", "a connection to LND", _BTCPAY)
    # Without https no certificate is shown, and none has to be allowed.
    if told.get("allowinsecure", "").lower() == "true" and not server.lower().startswith("http://"):
        raise Wrong(
            "allows a connection to whoever answers (allowinsecure), which the till never makes: write the"
            f" certthumbprint or the certfilepath of LND's tls.cert in its place, as in {_BTCPAY}"
        )
    macaroon = told.get("macaroonfilepath") or need(told, "macaroon", "a connection to LND", _BTCPAY)
    return _settings(server, macaroon, told.get("certfilepath") or told.get("certthumbprint"))


def _settings(server: str, macaroon: str, certificate: str | None) -> dict[str, str]:
    settings = {"LND_REST_URL": server.rstrip("/"), "LND_REST_MACAROON": macaroon}
    return settings | ({"LND_REST_CERT": certificate} if certificate else {})
