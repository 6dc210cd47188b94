"""Claiming a shop: a link that is good once makes whoever opens it an owner, or gives one a new password."""

import secrets

from pos.domain.owner import Owner, check_password, clean_name
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.services.passwords import hashed, turn
from pos.services.tokens import digest_of, new_token
from pos.shop import Shop

# What a token begins with that an owner has made: it makes another one, and changes nobody's password.
FOR_ANOTHER = "another-"
# Seconds.
LINK_IS_GOOD_FOR = 60 * 60


class LinkIsNotGood(Refusal):
    """A link that was used, is too old, or was never made."""

    def __init__(self) -> None:
        sentence = Sentence(
            "This link was used already, or is too old. Type flask owner on the till's machine for a new one."
        )
        super().__init__(sentence, 410)


class OwnerNameTaken(Refusal):
    """A name that another owner has."""

    def __init__(self) -> None:
        super().__init__(Sentence("Another owner has this name."))


def invite(shop: Shop) -> str:
    """Make a link's token: who has it may become an owner, within an hour and once. Raises StoreError."""
    token = new_token()
    shop.store.owners.add_link(digest_of(token), shop.now(), shop.now() + LINK_IS_GOOD_FOR)
    return token


def first_invitation(shop: Shop) -> str | None:
    """Make the token for a shop that nobody has claimed, if none was made before. Raises StoreError."""
    owners = shop.store.owners
    return None if owners.exist() or owners.was_invited() else invite(shop)


def is_abandoned(shop: Shop) -> bool:
    """Tell whether a shop has no owner, though somebody had set it up as theirs: it is open to all again.

    The office removes no last owner; a database that was mended by hand, or put together of two, may lack one. Raises
    StoreError.
    """
    return not shop.store.owners.exist() and (shop.store.staff.exist() or bool(shop.store.devices.listed()))


def check_link(shop: Shop, token: str) -> None:
    """Raise LinkIsNotGood where a link makes nobody an owner; or StoreError."""
    if not shop.store.owners.is_link_good(digest_of(token), shop.now()):
        raise LinkIsNotGood


def claim(shop: Shop, token: str, name: str, password: str) -> tuple[Owner, str]:
    """Use a link up: make an owner, or give the one of that name a new password and end all sessions of it.

    Returns the owner, and the hash of the password.

    The link that an owner has made for another one makes just that, and so does any other with a name that somebody
    takes at the same moment: nobody's password is changed who was not there before. Raises LinkIsNotGood,
    OwnerNameTaken, BadName, BadPassword, TooManyAtOnce or StoreError.
    """
    check_link(shop, token)
    known = shop.store.owners.find(name) is not None
    if known and token.startswith(FOR_ANOTHER):
        raise OwnerNameTaken
    new = Owner(secrets.token_urlsafe(8), clean_name(name), shop.now())
    checked = check_password(password)
    with turn(shop):
        password_hash = hashed(checked)
    owner = shop.store.owners.claim(digest_of(token), new, password_hash, renews=known)
    if owner is None:
        check_link(shop, token)
        raise OwnerNameTaken
    return owner, password_hash
