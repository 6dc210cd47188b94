"""What the office has set lies over what stands in the code, and under what the environment and `.env` say."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from pos.domain.kept_setting import Entered, KeptSetting
from pos.settings import Settings, SettingsError
from pos.settings.office import OFFERED, lay_over, refusals
from tests.settings.start import read

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


def kept(**texts: str) -> list[KeptSetting]:
    return [KeptSetting(name, Entered(text), 1) for name, text in texts.items()]


def with_office(below: Settings, **texts: str) -> Settings:
    return lay_over(below, kept(**texts), 1)


def problems(settings: Settings) -> dict[str, str]:
    assert settings.office
    return dict(settings.office.problems)


def test_what_the_office_sets_is_read_as_it_would_be_in_env(tmp_path: Path) -> None:
    texts = {
        "POS_SHOP_NAME": "Ada's",
        "POS_CURRENCY": "eur",
        "POS_TIP_PERCENT": "5, 10%",
        "POS_TAX_RATES": "19,+7",
        "POS_KIOSK_AMOUNTS": "Wash:4.00",
        "POS_SHOP_ADDRESS": "Arch Lane 4|10115 Sampletown",
    }
    there, here = read(tmp_path, **texts), with_office(read(tmp_path), **texts)
    assert here == there
    assert here.currency == "EUR"
    assert problems(here) == {}


def test_what_the_environment_sets_wins(tmp_path: Path) -> None:
    below = read(tmp_path, POS_SHOP_NAME="Marta's")
    settings = with_office(below, POS_SHOP_NAME="Ada's", POS_SOUND="off")
    assert (settings.shop_name, settings.sound) == ("Marta's", "off")
    assert below.given["shop_name"].text == "Marta's"


def test_an_empty_text_is_the_default_again(tmp_path: Path) -> None:
    assert with_office(read(tmp_path), POS_SOUND="", POS_CURRENCY="") == read(tmp_path)


def test_a_secret_that_is_set_is_not_kept_a_second_time(tmp_path: Path) -> None:
    given = read(tmp_path, POS_API_TOKEN="a-long-enough-token", POS_PORT="7000").given
    assert (given["api_token"].text, given["port"].text) == ("", "7000")


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("POS_TIP_PERCENT", "many", "must be at most 4 whole percentages"),
        ("POS_CURRENCY", "XXQ", "must be the code of a currency"),
        ("POS_ACCENT", "#ffffff", "is too light"),
        ("POS_LANGUAGE", "tlh", "must be one of"),
    ],
)
def test_what_cannot_be_read_is_told_and_its_default_used(tmp_path: Path, name: str, text: str, problem: str) -> None:
    settings = with_office(read(tmp_path), **{name: text, "POS_SHOP_NAME": "Ada's"})
    assert settings == with_office(read(tmp_path), POS_SHOP_NAME="Ada's")
    assert problem in problems(settings)[name]


def test_what_a_newer_version_has_set_is_nobodys(tmp_path: Path) -> None:
    assert with_office(read(tmp_path), POS_FLAVOUR="sweet", POS_PORT="1") == read(tmp_path)


def test_what_does_not_go_together_any_more_is_left_out_and_nothing_else(tmp_path: Path) -> None:
    settings = with_office(read(tmp_path, POS_MAX_SAT="1500"), POS_TIP_AMOUNTS="1000,2000", POS_CURRENCY="EUR")
    assert settings.tip_amounts == (1000,)
    assert settings.currency == "EUR"
    assert problems(settings) == {
        "POS_TIP_AMOUNTS": "must be amounts from 1 to 1500 sat (POS_MAX_SAT) with commas between"
    }


def test_amounts_in_a_currency_go_with_it(tmp_path: Path) -> None:
    settings = with_office(read(tmp_path), POS_KIOSK_AMOUNTS="Wash:4.00 EUR", POS_CURRENCY="QQQ")
    assert settings == read(tmp_path)
    assert list(problems(settings)) == ["POS_CURRENCY", "POS_KIOSK_AMOUNTS"]


def test_where_what_env_sets_would_not_fit_any_more_the_office_gives_way(tmp_path: Path) -> None:
    below = replace(read(tmp_path), rate_fixed=Decimal(50_000))
    assert with_office(below, POS_SOUND="off", POS_CURRENCY="EUR").currency == "EUR"
    without = with_office(below, POS_SOUND="off")
    assert without == below
    assert "POS_CURRENCY does not say in which currency" in problems(without)["POS_SOUND"]


def test_a_picture_is_read_from_the_database_and_never_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret.svg").write_bytes(SVG)
    picture = KeptSetting("POS_LOGO", Entered("ab12", SVG), 1)
    path = KeptSetting("POS_LOGO", Entered(str(tmp_path / "secret.svg")), 1)
    settings = lay_over(read(tmp_path), [picture], 1)
    assert settings.logo and settings.logo.data == SVG
    assert lay_over(read(tmp_path), [path], 1).logo is None


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("tip_percent", "5,10,15,20,25"),
        ("currency", "bitcoins"),
        ("accent", "#ffffff"),
        ("accent", "blue"),
        ("tax_rates", "19,19"),
        ("kiosk_amounts", "Wash:4.00"),
        ("tip_amounts", "0"),
        ("sound", "loud"),
        ("shop_address", "a|b|c|d|e|f|g|h|i"),
        ("shop_name", "x" * 101),
    ],
)
def test_nonsense_is_refused_with_the_sentence_of_env(tmp_path: Path, field: str, text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, **{OFFERED[field].name: text})
    assert list(refusals(read(tmp_path), {field: Entered(text)}).values()) == [str(caught.value)]


def test_what_goes_together_is_taken(tmp_path: Path) -> None:
    assert refusals(read(tmp_path), {"currency": Entered("EUR")}) == {}
    euros = with_office(read(tmp_path), POS_CURRENCY="EUR")
    assert refusals(euros, {"kiosk_amounts": Entered("Wash:4.00")}) == {}


def test_what_would_leave_another_setting_wrong_is_refused(tmp_path: Path) -> None:
    euros = with_office(read(tmp_path), POS_CURRENCY="EUR", POS_KIOSK_AMOUNTS="Wash:4.00 EUR")
    told = refusals(euros, {"currency": Entered("USD")})
    assert "POS_KIOSK_AMOUNTS has an amount in EUR, and POS_CURRENCY is USD" in told["kiosk_amounts"]
    assert refusals(euros, {"currency": Entered("USD"), "kiosk_amounts": Entered("Wash:4.00")}) == {}


def test_what_is_kept_and_cannot_be_used_keeps_nobody_from_another_change(tmp_path: Path) -> None:
    settings = with_office(read(tmp_path), POS_TAX_RATES="nineteen")
    assert refusals(settings, {"shop_name": Entered("Ada's")}) == {}


def test_what_env_sets_is_not_set_here(tmp_path: Path) -> None:
    told = refusals(read(tmp_path, POS_SOUND="on"), {"sound": Entered("off")})
    assert told == {"sound": "POS_SOUND is set in the environment or in .env: change it there."}
