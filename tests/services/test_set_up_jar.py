"""Setting up a jar: whoever looks at its page hears of it at once."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from pos.domain.charge import Channel
from pos.domain.jar import Jar, JarPicture, jar_topic
from pos.domain.jar_rules import JarError
from pos.domain.money import SAT
from pos.services.charge import charge
from pos.services.jars import find_jar
from pos.services.set_up_jar import add_jar, change_jar, close_jar, open_jar, set_picture, start_again
from pos.services.settle import settle
from pos.shop import Shop
from tests.conftest import in_sat
from tests.fakes import FakeWallet

PICTURE = JarPicture("0123", b"page", b"thumbnail")


@pytest.fixture(params=["cello", "tips"])
def jar(shop: Shop, request: pytest.FixtureRequest) -> Jar:
    """One that was set up, or the first one, of which the settings tell."""
    if request.param == "cello":
        add_jar(shop, Jar(name="cello", title="Cello", currency=SAT))
    return find_jar(shop, request.param)


@pytest.mark.parametrize(
    "change", [change_jar, close_jar, start_again, lambda shop, jar: set_picture(shop, jar, PICTURE)]
)
def test_its_page_hears_of_each_change(shop: Shop, jar: Jar, change: Callable[[Shop, Jar], None]) -> None:
    with shop.broker.subscribe(jar_topic(jar.name)) as page:
        change(shop, jar)
        assert page.wait(0)


def test_what_is_open_or_closed_already_stays_as_it_is(shop: Shop, jar: Jar) -> None:
    with shop.broker.subscribe(jar_topic(jar.name)) as page:
        open_jar(shop, jar)
        assert not page.wait(0)


def test_a_picture_of_the_first_jar_leaves_what_the_settings_tell(shop: Shop, jar: Jar) -> None:
    set_picture(shop, jar, PICTURE)
    found = find_jar(shop, jar.name)
    assert (found.title, found.amounts, found.picture) == (jar.title, jar.amounts, "0123")
    assert found.live_token


def test_none_is_set_up_twice(shop: Shop, jar: Jar) -> None:
    with pytest.raises(JarError, match="already"):
        add_jar(shop, jar, PICTURE)
    assert shop.store.jars.picture(jar.name) is None


def test_what_was_written_for_the_shop_and_its_screen_is_not_put_on_the_page_later(
    shop: Shop, wallet: FakeWallet, jar: Jar
) -> None:
    change_jar(shop, replace(jar, shows_messages=False))
    tip = replace(in_sat(21, "I am ill"), jar=jar.name, shown=True)
    paid, waits = charge(shop, Channel.TIPS, tip, "k1"), charge(shop, Channel.TIPS, tip, "k2")
    wallet.settle(paid.invoice, 21)
    settle(shop, paid)
    change_jar(shop, replace(jar, shows_messages=True))
    wallet.settle(waits.invoice, 21)
    settle(shop, waits)
    new = charge(shop, Channel.TIPS, replace(tip, memo="Hello"), "k3")
    wallet.settle(new.invoice, 21)
    settle(shop, new)
    change_jar(shop, replace(jar, shows_messages=True, title="Another"))
    assert [it.message for it in shop.store.jars.contents(jar.name, 5, shown_only=True).latest] == ["Hello"]
