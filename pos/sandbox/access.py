"""Who is asking, and whether they may: LNPay's three ways to send a key, and the rights of each key."""

from werkzeug import Request

from pos.sandbox.account import Account
from pos.sandbox.errors import ApiError
from pos.sandbox.keys import RIGHTS, Right, Role
from pos.sandbox.lnpay_wallet import LNPayWallet


class NoKeyError(ApiError):
    """A request without any key; the answer names the way to send one."""

    def __init__(self) -> None:
        super().__init__(401, _INVALID)


_INVALID = "Your request was made with invalid credentials."
_WRONG_KEY = "Invalid Wallet Access Key. Keys prefixed with waka_, waki_, wakr, waklw are valid when using pak_"
_NOT_LISTED = "This resource can only be access with secret access key."


def sign_in(account: Account, request: Request) -> str:
    """Return the API key of the request, if it is one of ours: a wallet key will do. Raises ApiError."""
    api_key = _sent_key(request)
    if api_key is None:
        raise NoKeyError
    if api_key not in account.keys.api_keys and account.ledger.wallet_key(api_key) is None:
        raise ApiError(401, _INVALID)
    return api_key


def enter(account: Account, api_key: str, name: str, right: Right) -> LNPayWallet:
    """Let the API key use the wallet of that name for that purpose, and return the wallet. Raises ApiError.

    The secret key opens a wallet by any of its names; the public key needs a wallet key that has the right.
    """
    is_public = api_key == account.keys.public_key
    wallet_id, role = account.ledger.wallet_key(name) or (name, None)
    wallet = account.ledger.wallet(wallet_id) if api_key in account.keys.api_keys else None
    if wallet is None or (is_public and role is None):
        raise ApiError(401, _WRONG_KEY if is_public else f"Wallet not found: {name}")
    if is_public and role and right not in RIGHTS[Role(role)]:
        raise ApiError(401, f"{name.partition('_')[0]}_ access key provided does not permission to do this: {right}")
    return wallet


def check_may_create(account: Account, api_key: str) -> None:
    """Refuse a wallet key, which is for one wallet and makes no other. Raises ApiError."""
    if api_key not in account.keys.api_keys:
        raise ApiError(401, _INVALID)


def check_may_list(account: Account, api_key: str) -> None:
    """Refuse all but the secret key: lists are over all wallets of the account (LNPay docs). Raises ApiError."""
    if api_key != account.keys.secret_key:
        raise ApiError(401, _NOT_LISTED)


def _sent_key(request: Request) -> str | None:
    """Return the key that is sent first in LNPay's order, right or wrong, or None if there is none at all."""
    header = request.headers.get("X-Api-Key")
    if header is not None:
        return header
    token = request.args.get("access-token")
    if token is not None:
        return token
    try:
        return request.authorization.username if request.authorization else None
    except ValueError:
        # What is no base64 of a name and a password, Werkzeug hands on to Python.
        return ""
