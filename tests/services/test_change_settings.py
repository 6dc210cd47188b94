"""Owners change settings in the office, one after the other or at once."""

from dataclasses import replace

import pytest

from pos.domain.kept_setting import Entered
from pos.environment import Given
from pos.services.change_settings import ChangedMeanwhile, NotTaken, change_settings
from pos.settings import Settings
from pos.settings.kiosk import kiosks
from pos.shop import Shop
from pos.store import Store
from tests.fakes import NOON

ALL = 1 << 60


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, given={"tip_percent": Given("POS_TIP_PERCENT", "5")})


def texts(shop: Shop) -> dict[str, str]:
    return {it.name: it.entered.text for it in shop.store.settings.read()[0]}


def change(shop: Shop, made_from: int | None = None, by: str = "Marta", **entered: str) -> None:
    seen = shop.store.settings.version() if made_from is None else made_from
    change_settings(shop, {field: Entered(text) for field, text in entered.items()}, seen, by)


def test_what_is_set_is_kept_with_who_did_it(shop: Shop) -> None:
    change(shop, currency=" EUR ")
    [told] = shop.store.settings.history("", ALL, 10)
    assert (told.name, told.old, told.new, told.at, told.by) == ("POS_CURRENCY", "", "EUR", NOON, "Marta")


def test_nonsense_changes_nothing(shop: Shop) -> None:
    with pytest.raises(NotTaken) as caught:
        change(shop, currency="EUR", tax_rates="much")
    assert list(caught.value.told) == ["tax_rates"]
    assert caught.value.told["tax_rates"].startswith("POS_TAX_RATES must be at most 6 different percentages")
    assert texts(shop) == {}


def test_what_env_sets_is_not_changed(shop: Shop) -> None:
    with pytest.raises(NotTaken):
        change(shop, tip_percent="10")


def test_what_goes_together_is_looked_at_with_what_others_have_set_by_now(shop: Shop) -> None:
    seen = shop.store.settings.version()
    change(shop, currency="EUR")
    change(shop, seen, "Ada", kiosk_amounts="Wash:4.00")
    assert texts(shop) == {"POS_CURRENCY": "EUR", "POS_KIOSK_AMOUNTS": "Wash:4.00"}
    with pytest.raises(NotTaken, match="Nothing was changed"):
        change(shop, currency="")


@pytest.mark.parametrize(("before", "after"), [("", "EUR"), ("EUR", "KRW"), ("EUR", "")])
def test_another_currency_makes_no_other_price_of_what_a_kiosk_offers(shop: Shop, before: str, after: str) -> None:
    change(shop, currency=before)
    change(shop, kiosk_amounts="1000,Tea:5 sat,Coffee:3")
    with pytest.raises(NotTaken) as caught:
        change(shop, currency=after)
    told = caught.value.told["kiosk_amounts"]
    assert f"has Coffee:3, which is in {before or 'sat'} and would be in {after or 'sat'} at once" in told
    assert texts(shop).get("POS_CURRENCY", "") == before
    # Said in sat it costs the same; and so does what is said anew together with the currency.
    change(shop, kiosk_amounts="1000,Tea:5 sat,Coffee:3 sat")
    change(shop, currency=after)
    change(shop, currency=before, kiosk_amounts="Coffee:3")
    assert texts(shop)["POS_KIOSK_AMOUNTS"] == "Coffee:3"


def test_another_currency_makes_no_other_price_of_what_env_says_that_a_kiosk_offers(shop: Shop) -> None:
    shop = replace(shop, settings=replace(shop.settings, office=None, kiosks=kiosks("bar=Beer:3000")))
    with pytest.raises(NotTaken) as caught:
        change(shop, currency="EUR")
    assert caught.value.told["kiosks"].startswith("POS_KIOSKS has Beer:3000, which is in sat")


def test_the_second_of_two_owners_sees_what_the_first_has_set_and_writes_nothing(shop: Shop) -> None:
    seen = shop.store.settings.version()
    change(shop, seen, "Marta", shop_name="Marta's")
    with pytest.raises(ChangedMeanwhile) as caught:
        change(shop, seen, "Ada", shop_name="Ada's")
    assert caught.value.kept["shop_name"].entered.text == "Marta's"
    assert texts(shop) == {"POS_SHOP_NAME": "Marta's"}
    change(shop, by="Ada", shop_name="Ada's")
    assert texts(shop) == {"POS_SHOP_NAME": "Ada's"}


def test_two_owners_who_set_the_same_agree(shop: Shop) -> None:
    seen = shop.store.settings.version()
    change(shop, seen, shop_name="Ours")
    change(shop, seen, shop_name="Ours")
    assert len(shop.store.settings.history("", ALL, 10)) == 1


def test_two_owners_who_set_two_things_do_not_meet(shop: Shop) -> None:
    seen = shop.store.settings.version()
    change(shop, seen, shop_name="Ours")
    change(shop, seen, sound="off")
    assert texts(shop) == {"POS_SHOP_NAME": "Ours", "POS_SOUND": "off"}


def test_a_default_that_is_left_as_it_stands_is_not_set(shop: Shop) -> None:
    change(shop, sound="on", leading_unit="typed")
    assert texts(shop) == {}
    change(shop, sound="off")
    change(shop, sound="on")
    assert texts(shop) == {"POS_SOUND": ""}


def test_a_change_between_reading_and_writing_is_looked_at_again(shop: Shop) -> None:
    class Hasty:
        """Another owner is always a little faster, once."""

        def __init__(self) -> None:
            self.before = ["sat"]

        def __getattr__(self, name: str) -> object:
            return getattr(shop.store.settings, name)

        def change(self, entered: dict[str, Entered], seen: int, at: int, by: str) -> bool:
            if self.before:
                unit = self.before.pop()
                assert shop.store.settings.change({"POS_LEADING_UNIT": Entered(unit)}, seen, at, "Ada")
            return shop.store.settings.change(entered, seen, at, by)

    store = Store(shop.settings.database_url, shop.settings.network)
    store.settings = Hasty()  # type: ignore[assignment]
    change(replace(shop, store=store), 0, shop_name="Ours")
    store.close()
    assert texts(shop) == {"POS_LEADING_UNIT": "sat", "POS_SHOP_NAME": "Ours"}
