"""What a macaroon of LND allows, read in the macaroon itself. It is not checked: only the node can do that.

A macaroon is binary, version 2: fields of a type, a length and so many bytes, of which the identifier says in
protobuf what is allowed (LND's lnrpc/lightning.proto, MacaroonId). Caveats, which follow, can only take away from it.
"""

from collections.abc import Iterator

_VERSION = 2
_END, _LOCATION, _IDENTIFIER = 0, 1, 2
# What the bakery writes before the protobuf, and the numbers of the fields in it.
_ID_VERSION = 3
_NONCE, _STORAGE, _OPS = 1, 2, 3
_ENTITY, _ACTION = 1, 2
_LONGEST = 10

# Nothing here moves money or makes another key. What LND may add one day is not known here, and so can spend.
_HARMLESS = {
    ("address", "read"),
    ("address", "write"),
    ("info", "read"),
    ("info", "write"),
    ("invoices", "read"),
    ("invoices", "write"),
    # It lists the ids of keys, and checks one. To make a key takes macaroon:generate, to delete them macaroon:write.
    ("macaroon", "read"),
    ("message", "read"),
    ("message", "write"),
    ("offchain", "read"),
    ("onchain", "read"),
    ("peers", "read"),
    ("peers", "write"),
    *(("uri", f"/lnrpc.Lightning/{it}") for it in ("AddInvoice", "GetInfo", "ListInvoices", "LookupInvoice")),
    ("uri", "/lnrpc.Lightning/SubscribeInvoices"),
    *(("uri", f"/invoicesrpc.Invoices/{it}") for it in ("CancelInvoice", "LookupInvoiceV2", "SubscribeSingleInvoice")),
}
_INFO = {("info", "read"), ("uri", "/lnrpc.Lightning/GetInfo")}

Permission = tuple[str, str]


class _Unreadable(Exception):
    """Not as LND writes them."""


def permissions(macaroon: bytes) -> frozenset[Permission] | None:
    """Return what it allows, as pairs like ("invoices", "read"). None if it cannot be read, whatever is wrong."""
    try:
        return frozenset(_permissions(_identifier(macaroon))) or None
    except (_Unreadable, IndexError, UnicodeDecodeError):
        return None


def can_spend(allowed: frozenset[Permission] | None) -> bool | None:
    """Tell whether somebody with these permissions can take the money; None if they are not known."""
    return None if allowed is None else not allowed <= _HARMLESS


def may_ask_who(allowed: frozenset[Permission] | None) -> bool:
    """Tell whether the node says who it is; what is not known may be asked for."""
    return allowed is None or bool(allowed & _INFO)


def _identifier(macaroon: bytes) -> bytes:
    """Return the identifier, which stands in the first section, after the location if there is one."""
    if macaroon[0] != _VERSION:
        raise _Unreadable
    kind, content, at = _field(macaroon, 1)
    if kind == _LOCATION:
        kind, content, at = _field(macaroon, at)
    if kind != _IDENTIFIER or macaroon[at] != _END:
        raise _Unreadable
    return content


def _permissions(identifier: bytes) -> Iterator[Permission]:
    if identifier[0] != _ID_VERSION:
        raise _Unreadable
    for number, content in _fields(identifier[1:]):
        if number == _OPS:
            yield from _op(content)
        elif number not in (_NONCE, _STORAGE):
            raise _Unreadable


def _op(content: bytes) -> Iterator[Permission]:
    """Read one entity and its actions. Of an entity that stands there twice the last one counts, so none may."""
    fields = [(number, text.decode()) for number, text in _fields(content)]
    entities = [text for number, text in fields if number == _ENTITY]
    actions = [text for number, text in fields if number == _ACTION]
    if len(entities) != 1 or len(entities) + len(actions) != len(fields):
        raise _Unreadable
    yield from ((entities[0], action) for action in actions)


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Read protobuf in which every field is bytes or text: its number, and its content."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        if tag & 7 != 2:
            raise _Unreadable
        content, at = _counted(message, at)
        yield tag >> 3, content


def _field(macaroon: bytes, at: int) -> tuple[int, bytes, int]:
    kind, at = _varint(macaroon, at)
    content, at = _counted(macaroon, at)
    return kind, content, at


def _counted(data: bytes, at: int) -> tuple[bytes, int]:
    """Read a length, and so many bytes; return them and where they end."""
    length, at = _varint(data, at)
    if at + length > len(data):
        raise _Unreadable
    return data[at : at + length], at + length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = 0
    for place in range(_LONGEST):
        byte = data[at + place]
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return number, at + place + 1
    raise _Unreadable
