"""A text on its way through other hands: signed, with the time at which it was, so that only the till can have."""

from typing import Any

from flask import current_app
from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from pos.domain.charge import READ_WITHIN
from pos.web.context import current_shop


class _Signer(TimestampSigner):
    def get_timestamp(self) -> int:
        return current_shop().now()


def seal(purpose: str, written: list[Any]) -> str:
    """Write something as a text for an address; for another purpose it cannot be read."""
    return str(_serializer(purpose).dumps(written))


def unseal(purpose: str, token: str, max_age: int) -> Any:
    """Return what was written. Raises BadSignature; SignatureExpired if it is older than `max_age` seconds."""
    written, signed_at = _serializer(purpose).loads(token, return_timestamp=True)
    # What is from later than that was signed by a clock that was ahead, and who knows how old it is.
    if not -READ_WITHIN <= current_shop().now() - int(signed_at.timestamp()) <= max_age:
        raise SignatureExpired("too old, or not from before now")
    return written


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), purpose, signer=_Signer)
