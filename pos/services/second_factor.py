"""The second factor of an owner: a code of an app on the phone, another every 30 s, each good once (TOTP, RFC 6238)."""

import hmac
import json
import logging
from datetime import UTC, datetime

import pyotp

from pos.domain.figures import plain_figures
from pos.domain.owner import Owner
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.services.guesses import may_guess
from pos.services.passwords import turn
from pos.services.sealed import seal, unseal
from pos.services.sign_in import From, TooManyGuesses, confirm
from pos.services.tokens import digest_of
from pos.shop import Shop

log = logging.getLogger(__name__)

# Seconds, of one code.
_STEP = 30
# Seconds to type a code after the password, and to set an app up.
_TICKET_IS_GOOD_FOR, _NEW_IS_GOOD_FOR = 5 * 60, 15 * 60
_KEPT, _NEW, _TICKET = "owner: second factor", "owner: new second factor", "owner: signing in"


class WrongCode(Refusal):
    """A code that is wrong, too old, or was used before."""

    def __init__(self) -> None:
        super().__init__(Sentence("That is not the code of now, or it was used already. Wait for the next one."), 403)


class StartOver(Refusal):
    """A form that was open too long, or is none of ours."""

    def __init__(self) -> None:
        super().__init__(Sentence("That took too long. Begin again."), 410)


def new_secret(shop: Shop, owner: Owner) -> tuple[str, str]:
    """Make a secret for an owner: as an app takes it, and sealed for the form that asks for its first code."""
    secret = pyotp.random_base32()
    return secret, seal(shop, _NEW, json.dumps([owner.id, secret]))


def unsealed(shop: Shop, owner: Owner, sealed: str) -> str:
    """Return the secret that was made for an owner a moment ago. Raises StartOver."""
    text = unseal(shop, _NEW, sealed, _NEW_IS_GOOD_FOR)
    made_for, secret = json.loads(text) if text else ("", "")
    if made_for != owner.id:
        raise StartOver
    return str(secret)


def address_of(shop: Shop, owner: Owner, secret: str) -> str:
    """Return what the QR of a secret says to an app."""
    return pyotp.TOTP(secret).provisioning_uri(name=owner.name, issuer_name=shop.settings.shop_name)


def set_up(shop: Shop, owner: Owner, sealed: str, code: str, password: str, asked_from: From) -> None:
    """Ask an owner for codes from now on, once one shows that the app has the secret.

    And once the password shows that the browser is theirs: codes of somebody else's app would keep the owner out.
    Raises StartOver, WrongCode, WrongPassword, TooManyGuesses, TooManyAtOnce or StoreError.
    """
    secret = unsealed(shop, owner, sealed)
    step = _step_of(secret, code, shop.now())
    if step is None:
        raise WrongCode
    checked = confirm(shop, owner, password, asked_from)
    shop.store.accounts.set_code(owner, checked, seal(shop, _KEPT, secret), step, shop.now())


def ticket_for(shop: Shop, owner: Owner, checked: str) -> str:
    """Return what says, for the form that asks for the code, that the password was right: by the hash of it."""
    return seal(shop, _TICKET, json.dumps([owner.id, digest_of(checked)]))


def owner_of(shop: Shop, ticket: str) -> tuple[Owner, str]:
    """Return whose password was right a moment ago, and still is; and its hash. Raises StartOver or StoreError."""
    text = unseal(shop, _TICKET, ticket, _TICKET_IS_GOOD_FOR)
    owner_id, password = json.loads(text) if text else ("", "")
    owner = next((it for it in shop.store.owners.listed() if it.id == owner_id), None)
    checked = shop.store.accounts.secrets(owner)[0] if owner else ""
    if owner is None or password != digest_of(checked):
        raise StartOver
    return owner, checked


def check_code(shop: Shop, owner: Owner, code: str, asked_from: From) -> None:
    """Use an owner's code up. A wrong one makes the next try wait longer.

    Raises WrongCode, TooManyGuesses, TooManyAtOnce or StoreError.
    """
    asked = asked_from.counted(f"code of {owner.id}", "code ")
    with turn(shop, asked_from.is_device), may_guess(shop, asked, TooManyGuesses):
        if not _is_good(shop, owner, code):
            log.warning("a wrong code, from %s", asked_from.name)
            raise WrongCode


def _is_good(shop: Shop, owner: Owner, code: str) -> bool:
    _, sealed = shop.store.accounts.secrets(owner)
    secret = unseal(shop, _KEPT, sealed)
    if secret is None:
        log.error("the codes of an owner cannot be checked, as the secret key is another: flask owner turns them off")
        return False
    step = _step_of(secret, code, shop.now())
    return step is not None and shop.store.accounts.use_step(owner, step)


def _step_of(secret: str, code: str, now: int) -> int | None:
    """Return the step of time that a code belongs to: this one, or one beside it, as no two clocks agree."""
    typed = "".join(plain_figures(code).split()).encode("utf-8", "surrogateescape")
    codes, of_now = pyotp.TOTP(secret), now // _STEP
    for step in (of_now, of_now - 1, of_now + 1):
        if hmac.compare_digest(codes.at(datetime.fromtimestamp(step * _STEP, UTC)).encode(), typed):
            return step
    return None
