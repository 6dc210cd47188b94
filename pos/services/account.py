"""What an owner does with their own account and those of the others: a new name or password, one more, one less."""

from pos.domain.owner import Owner, check_password, clean_name
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.services.claim import FOR_ANOTHER, LINK_IS_GOOD_FOR, OwnerNameTaken
from pos.services.passwords import hashed, turn
from pos.services.sign_in import From, confirm
from pos.services.tokens import digest_of, new_token
from pos.shop import Shop


class LastOwner(Refusal):
    """Without this one nobody would own the shop."""

    def __init__(self) -> None:
        super().__init__(Sentence("The last owner stays: first add another one."), 409)


def change_password(shop: Shop, owner: Owner, old: str, new: str, token: str, asked_from: From) -> None:
    """Give an owner a new password, and end all sessions but that of `token`.

    Raises BadPassword, WrongPassword, TooManyGuesses, TooManyAtOnce or StoreError.
    """
    fit = check_password(new)
    checked = confirm(shop, owner, old, asked_from)
    with turn(shop, asked_from.is_device):
        password_hash = hashed(fit)
    shop.store.accounts.change_password(owner, checked, password_hash, digest_of(token), shop.now())


def end_session(shop: Shop, owner: Owner, session_id: str) -> None:
    """Sign an owner out in one browser. Raises StoreError."""
    shop.store.accounts.end_session(owner, session_id, shop.now())


def end_others(shop: Shop, owner: Owner, token: str) -> None:
    """Sign an owner out everywhere but where this token is. Raises StoreError."""
    shop.store.accounts.end_others(owner, digest_of(token), shop.now())


def rename(shop: Shop, owner: Owner, name: str) -> None:
    """Give an owner another name. Raises BadName, OwnerNameTaken or StoreError."""
    cleaned = clean_name(name)
    if cleaned != owner.name and not shop.store.accounts.rename(owner, cleaned, shop.now()):
        raise OwnerNameTaken


def invite_another(shop: Shop, owner: Owner, password: str, asked_from: From) -> str:
    """Make the token of a link by which somebody else becomes an owner, within an hour and once.

    Raises WrongPassword, TooManyGuesses, TooManyAtOnce or StoreError.
    """
    checked = confirm(shop, owner, password, asked_from)
    token, now = f"{FOR_ANOTHER}{new_token()}", shop.now()
    shop.store.accounts.invite(owner, checked, digest_of(token), now, now + LINK_IS_GOOD_FOR)
    return token


def remove(shop: Shop, owner: Owner, whom: str, password: str, asked_from: From) -> None:
    """Remove an owner by their id. Raises LastOwner, WrongPassword, TooManyGuesses, TooManyAtOnce or StoreError."""
    checked = confirm(shop, owner, password, asked_from)
    if not shop.store.accounts.remove(whom, owner, checked, shop.now()):
        raise LastOwner


def forget_code(shop: Shop, owner: Owner, password: str, asked_from: From) -> None:
    """Ask an owner for no codes any more. Raises WrongPassword, TooManyGuesses, TooManyAtOnce or StoreError."""
    checked = confirm(shop, owner, password, asked_from)
    shop.store.accounts.forget_code(owner, checked, shop.now())
