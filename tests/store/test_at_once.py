"""What is unique, and wanted by several at the same moment: one has it, and each of the others is told so."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from pos.domain.device import Face
from pos.domain.owner import Owner, WrongPassword
from pos.domain.pairing import Pairing
from pos.domain.pin import Tries
from pos.domain.staff import PinTaken, Role, Staff, StaffNameTaken
from pos.store import Store
from tests.store.test_charges import open_store
from tests.store.test_jars import CELLO

# As many as an engine keeps connections for.
MANY = 5
MARTA = Owner("o", "Marta", 1000)
BAR = Pairing(Face.TILL, "Bar", "bar", 5000, "Marta")
ANA = Staff("s", "Ana", Role.CASHIER, 1000)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = open_store(database_url)
    yield store
    store.close()


def at_once(store: Store, do: Callable[[int], object]) -> list[object]:
    """Let many do it, each with a connection of its own, and return what it came to: what was raised, by its name."""
    start = Barrier(MANY)

    def one(n: int) -> object:
        with store.engine.connect():
            # So that nobody has to connect first, and is late.
            start.wait()
        start.wait()
        try:
            return do(n)
        except (StaffNameTaken, PinTaken) as error:
            return type(error).__name__

    with ThreadPoolExecutor(MANY) as people:
        return list(people.map(one, range(MANY)))


def sign_in(store: Store, session: str = "session", checked: str = "hash") -> bool:
    return store.owners.begin_session(MARTA, checked, session, "a browser", 1000, 5000)


@pytest.fixture
def marta(store: Store) -> Owner:
    """The owner, who has signed in."""
    store.owners.add_link("of Marta", 1000, 5000)
    assert store.owners.claim("of Marta", MARTA, "hash", renews=False)
    assert sign_in(store)
    return MARTA


def offer(store: Store, link: str, code: str) -> bool:
    return store.pairings.add(BAR, link, code, MARTA, "session", 1000)


def test_of_owner_links_that_are_used_with_one_new_name_one_is(store: Store) -> None:
    for n in range(MANY):
        store.owners.add_link(f"link {n}", 1000, 5000)

    def claim(n: int) -> object:
        return store.owners.claim(f"link {n}", Owner(f"o{n}", ("Marta", "MARTA")[n % 2], 2000), f"{n}", renews=False)

    claimed = [it for it in at_once(store, claim) if it]
    assert claimed == store.owners.listed()
    assert len(claimed) == 1
    # The links of the others are good for another name.
    assert sum(store.owners.is_link_good(f"link {n}", 2000) for n in range(MANY)) == MANY - 1


def test_of_owners_who_want_one_name_one_has_it(store: Store) -> None:
    store.owners.add_link("link", 1000, 5000)
    made = [Owner(f"o{n}", f"owner {n}", 2000) for n in range(MANY)]
    for it in made:
        store.owners.add_link(it.id, 1000, 5000)
        store.owners.claim(it.id, it, "hash", renews=False)
    assert sorted(map(bool, at_once(store, lambda n: store.accounts.rename(made[n], "Marta", 3000)))) == [False] * (
        MANY - 1
    ) + [True]


def test_of_new_people_with_one_name_or_one_pin_one_comes(store: Store) -> None:
    named = at_once(store, lambda n: store.staff.add(replace(ANA, id=f"a{n}"), f"pin {n}", "Marta"))
    assert sorted(map(str, named)) == ["None"] + ["StaffNameTaken"] * (MANY - 1)
    of_pin = at_once(store, lambda n: store.staff.add(replace(ANA, id=f"b{n}", name=f"Ben {n}"), "one pin", "Marta"))
    assert sorted(map(str, of_pin)) == ["None"] + ["PinTaken"] * (MANY - 1)
    assert len(store.staff.listed()) == 2


def test_of_people_who_are_given_one_name_or_one_pin_one_has_it(store: Store) -> None:
    staff = [replace(ANA, id=f"s{n}", name=f"Somebody {n}") for n in range(MANY)]
    for it in staff:
        store.staff.add(it, it.id, "Marta")
    named = at_once(store, lambda n: store.staff.change(replace(staff[n], name="Ana"), None, "Marta", 2000))
    assert sorted(map(str, named)) == ["StaffNameTaken"] * (MANY - 1) + ["True"]
    of_pin = at_once(store, lambda n: store.staff.change(staff[n], "one pin", "Marta", 2000))
    assert sorted(map(str, of_pin)) == ["PinTaken"] * (MANY - 1) + ["True"]


@pytest.mark.usefixtures("marta")
def test_of_browsers_that_take_one_offer_one_is_the_device(store: Store) -> None:
    assert offer(store, "link", "code")
    taken = at_once(store, lambda n: store.pairings.use(("link", "code")[n % 2], f"browser {n}", 2000))
    assert sorted(map(bool, taken)) == [False] * (MANY - 1) + [True]
    assert offer(store, "link 2", "code 2")
    # A page that is sent several times is one browser.
    assert at_once(store, lambda _: store.pairings.use("link 2", "the page", 2000)) == [True] * MANY
    assert len(store.devices.listed()) == 2


@pytest.mark.usefixtures("marta")
def test_nobody_is_let_in_by_a_pin_that_was_changed_while_it_was_looked_at(store: Store) -> None:
    assert offer(store, "link", "code")
    store.pairings.use("link", "browser", 2000)
    store.staff.add(ANA, "old pin", "Marta")
    [device], found = store.devices.listed(), store.staff.find_by_pin("old pin")
    assert found
    assert store.staff.change(ANA, "new pin", "Marta", 2000)
    assert not store.pins.let_in(device, found, "old pin", Tries(1, 2000), Tries(), 2000)
    assert store.staff.at_devices() == {}
    assert store.pins.let_in(device, found, "new pin", Tries(1, 2000), Tries(), 2000)
    store.staff.remove(ANA, "Marta", 2000)
    assert not store.pins.let_in(device, found, "new pin", Tries(1, 2000), Tries(), 2000)


@pytest.mark.usefixtures("marta")
def test_a_password_that_was_looked_at_before_it_was_changed_opens_nothing(store: Store) -> None:
    store.accounts.change_password(MARTA, "hash", "new hash", "session", 2000)
    assert not sign_in(store, "late")
    for late in (
        lambda: store.accounts.invite(MARTA, "hash", "link", 2000, 5000),
        lambda: store.accounts.change_password(MARTA, "hash", "another", "late", 2000),
        lambda: store.accounts.remove("o", MARTA, "hash", 2000),
        lambda: store.accounts.set_code(MARTA, "hash", "sealed", 0, 2000),
        lambda: store.accounts.forget_code(MARTA, "hash", 2000),
    ):
        with pytest.raises(WrongPassword):
            late()
    assert not store.owners.is_link_good("link", 2000)
    assert store.accounts.secrets(MARTA) == ("new hash", "")
    assert sign_in(store, "new", "new hash")


def test_nothing_comes_back_of_an_owner_who_was_removed_meanwhile(store: Store, marta: Owner) -> None:
    ana = Owner("o2", "Ana", 1000)
    store.owners.add_link("of Ana", 1000, 5000)
    assert store.owners.claim("of Ana", ana, "hash", renews=False)
    assert store.accounts.remove(marta.id, ana, "hash", 2000)
    assert not sign_in(store, "late")
    assert not offer(store, "link", "code")
    with pytest.raises(WrongPassword):
        store.accounts.invite(marta, "hash", "link", 2000, 5000)
    assert store.pairings.find("link", 2000) is None
    assert not store.owners.is_link_good("link", 2000)


@pytest.mark.usefixtures("marta")
@pytest.mark.parametrize("ended", ["others", "password"])
def test_a_session_offers_no_device_or_ends_with_what_it_offered(store: Store, ended: str) -> None:
    assert sign_in(store, "here")

    def do(n: int) -> object:
        if n:
            offer(store, f"link {n}", f"code {n}")
        elif ended == "others":
            store.accounts.end_others(MARTA, "here", 2000)
        else:
            store.accounts.change_password(MARTA, "hash", "new hash", "here", 2000)
        return True

    assert all(at_once(store, do))
    assert [store.pairings.find(f"link {n}", 2000) for n in range(1, MANY)] == [None] * (MANY - 1)
    assert not offer(store, "link", "code")


def test_of_jars_of_one_name_one_is_set_up(store: Store) -> None:
    assert sorted(map(bool, at_once(store, lambda n: store.jars.add(replace(CELLO, title=f"Jar {n}"))))) == [False] * (
        MANY - 1
    ) + [True]
