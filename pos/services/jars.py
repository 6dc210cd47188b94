"""The tip jars of the shop: which there are, and which of them take anything."""

from pos.domain.jar import FIRST, SHOP, Jar
from pos.domain.money import SAT, Money
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.shop import Shop


class NoJar(Refusal):
    """A jar that is not there, or closed."""

    status = 404


class NoSuchJar(NoJar):
    """Nobody has set up a jar of that name."""

    def __init__(self) -> None:
        super().__init__(Sentence("There is no tip jar at this address."), self.status)


class JarClosed(NoJar):
    """The owner has closed the jar, and may open it again; or it is in a currency that the shop takes no more."""

    def __init__(self) -> None:
        super().__init__(Sentence("This tip jar is closed at the moment."), self.status)


def jars(shop: Shop) -> list[Jar]:
    """Return all of them, the first one first. Raises StoreError."""
    found = shop.store.jars.listed()
    own = next((it for it in found if it.name == FIRST), None)
    return [own or _first(shop), *(it for it in found if it.name != FIRST)]


def find_jar(shop: Shop, name: str) -> Jar:
    """Return a jar by its name, open or closed. Raises NoSuchJar or StoreError."""
    found = shop.store.jars.get(name)
    if found is None and name != FIRST:
        raise NoSuchJar
    return found or _first(shop)


def find_open_jar(shop: Shop, name: str) -> Jar:
    """Return a jar that takes something. Raises NoSuchJar, JarClosed or StoreError."""
    jar = find_jar(shop, name)
    if not takes(shop, jar):
        raise JarClosed
    return jar


def takes(shop: Shop, jar: Jar) -> bool:
    """Tell whether anything can be put in at a jar's page: no rate is known for what the shop had as its currency."""
    return jar.is_open and jar.currency in (SAT, shop.rates.currency)


def find_payable(shop: Shop, name: str) -> Jar:
    """Return the jar that a link is about which wallets pay, open or closed; the shop itself looks like one.

    Raises NoSuchJar or StoreError.
    """
    if name == SHOP:
        return Jar(name=SHOP, title=shop.settings.shop_name, currency=SAT)
    return find_jar(shop, name)


def _first(shop: Shop) -> Jar:
    """Return the jar that every shop has, as its settings say it."""
    settings = shop.settings
    amounts = tuple(Money(amount, SAT) for amount in settings.tip_amounts)
    return Jar(name=FIRST, title=settings.shop_name, currency=SAT, amounts=amounts)
