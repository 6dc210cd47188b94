"""Setting up a jar: whoever looks at its page hears of it at once."""

from collections.abc import Callable

import pytest

from pos.domain.jar import Jar, JarPicture, jar_topic
from pos.domain.jar_rules import JarError
from pos.domain.money import SAT
from pos.services.jars import find_jar
from pos.services.set_up_jar import add_jar, change_jar, close_jar, open_jar, set_picture, start_again
from pos.shop import Shop

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
    assert shop.store.jar_picture(jar.name) is None
