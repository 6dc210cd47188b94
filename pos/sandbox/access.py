"""Who is asking, and whether they may: LNPay's three ways to send a key, and the rights of each key."""

from werkzeug import Request

from pos.sandbox.errors import ApiError
from pos.sandbox.keys import Keys, Right


class NoKeyError(ApiError):
    """A request without any key; the answer names the way to send one."""

    def __init__(self) -> None:
        super().__init__(401, _INVALID)


_INVALID = "Your request was made with invalid credentials."
_WRONG_KEY = "Invalid Wallet Access Key. Keys prefixed with waka_, waki_, wakr, waklw are valid when using pak_"


def sign_in(keys: Keys, request: Request) -> str:
    """Return the API key of the request, if it is one of ours. Raises ApiError."""
    api_key = _sent_key(request)
    if api_key is None:
        raise NoKeyError
    if api_key not in keys.api_keys:
        raise ApiError(401, _INVALID)
    return api_key


def enter(keys: Keys, api_key: str, wallet_key: str, right: Right) -> None:
    """Let the API key use the wallet under that name for that purpose, or raise ApiError.

    The secret key opens the wallet by any of its names; the public key needs a wallet key that has the right.
    """
    if api_key == keys.secret_key:
        known = wallet_key == keys.wallet_id or wallet_key in keys.rights
    else:
        known = api_key == keys.public_key and wallet_key in keys.rights
    if not known:
        raise ApiError(401, _WRONG_KEY if api_key == keys.public_key else f"Wallet not found: {wallet_key}")
    if api_key == keys.public_key and right not in keys.rights[wallet_key]:
        prefix = wallet_key.partition("_")[0]
        raise ApiError(401, f"{prefix}_ access key provided does not permission to do this: {right}")


def _sent_key(request: Request) -> str | None:
    """Return the key that is sent first in LNPay's order, right or wrong, or None if there is none at all."""
    header = request.headers.get("X-Api-Key")
    if header is not None:
        return header
    token = request.args.get("access-token")
    if token is not None:
        return token
    return request.authorization.username if request.authorization else None
