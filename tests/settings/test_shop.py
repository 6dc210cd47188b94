"""The shop's settings: how it looks, and what its screens offer."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pos.settings import SettingsError
from tests.settings.start import read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POS_TILLS", "Bar"),
        ("POS_TILLS", "bar,bar"),
        ("POS_TILLS", "bar,,door"),
        ("POS_TILLS", "../bar"),
        ("POS_TILLS", "x" * 33),
        ("POS_TIP_PERCENT", "0"),
        ("POS_TIP_PERCENT", "101"),
        ("POS_TIP_PERCENT", "12.5"),
        ("POS_TIP_PERCENT", "-5"),
        ("POS_TIP_PERCENT", "5,10,15,20,25"),
        ("POS_TIP_AT", "door"),
        ("POS_TIP_AT", "till,,kiosk"),
        ("POS_TIP_AT", "till,till"),
        ("POS_DISPLAY_PICTURES", "nowhere"),
        ("POS_PAID_SECONDS", "601"),
        ("POS_PAID_SECONDS", "-1"),
        ("POS_OPENING_LANGUAGES", "de"),
        ("POS_OPENING_LANGUAGES", "kiosk=tlh"),
        ("POS_OPENING_LANGUAGES", "office=de"),
        ("POS_OPENING_LANGUAGES", "kiosk=de,kiosk=en"),
        ("POS_SOUND", "loud"),
        ("POS_SHOP_NAME", "Marta\udce9"),
        ("POS_SHOP_NAME", "x" * 101),
        ("POS_SHOP_NAME", "Marta\0"),
        ("POS_SHOP_ADDRESS", "|".join("123456789")),
        ("POS_SHOP_ADDRESS", "x" * 101),
        ("POS_SHOP_ADDRESS", "Arch Lane 4|a\tb"),
        ("POS_TAX_ID", "x" * 101),
        ("POS_RECEIPT_FOOTER", "x" * 101),
    ],
)
def test_a_bad_setting_stops_the_start_with_its_name_the_problem_and_an_example(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=rf"^{name} .+ Example: {name}=.+$"):
        read(tmp_path, **{name: value})


def test_a_shop_name_may_hold_emoji(tmp_path: Path) -> None:
    assert read(tmp_path, POS_SHOP_NAME="👩\u200d🌾 Marta").shop_name == "👩\u200d🌾 Marta"


def test_tills_have_names_that_stand_in_addresses(tmp_path: Path) -> None:
    assert read(tmp_path, POS_TILLS="counter, bar-2").tills == ("counter", "bar-2")


def test_tips_are_whole_percentages_with_or_without_a_sign(tmp_path: Path) -> None:
    assert read(tmp_path, POS_TIP_PERCENT="5, 10 %,100%").tip_percent == (5, 10, 100)


def test_tips_are_asked_for_at_the_till_unless_the_shop_says_otherwise(tmp_path: Path) -> None:
    assert read(tmp_path).tip_at == ("till",)
    assert not read(tmp_path).asks_for_tip("till")
    settings = read(tmp_path, POS_TIP_PERCENT="5", POS_TIP_AT="kiosk, display")
    assert [settings.asks_for_tip(it) for it in ("till", "kiosk", "display", "tips")] == [False, True, True, False]


def test_a_shop_has_a_colour_and_a_logo_of_its_own(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    settings = read(tmp_path, POS_ACCENT="#0B6E4F", POS_LOGO=str(logo))
    assert str(settings.accent) == "#0b6e4f"
    assert settings.logo
    assert settings.logo.media_type == "image/svg+xml"
    assert (read(tmp_path).accent, read(tmp_path).logo) == (None, None)


@pytest.mark.parametrize(
    ("colour", "problem"),
    [
        ("green", r"must be a colour as #rrggbb, not 'green'"),
        ("#ffb81c", r"is too light: #ffb81c has a contrast of 1\.6 to the cream text on it, and needs 4\.5"),
        ("#3ccb74", r"is too light: #3ccb74 has a contrast of 2\.0"),
    ],
)
def test_a_colour_that_cannot_be_read_on_stops_the_start(tmp_path: Path, colour: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=rf"POS_ACCENT {problem}.*Example: POS_ACCENT=#0b6e4f"):
        read(tmp_path, POS_ACCENT=colour)


def test_a_logo_that_cannot_be_shown_stops_the_start(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    with pytest.raises(SettingsError, match=r"POS_LOGO cannot be read: .*logo\.png.*Example: POS_LOGO=var/logo\.png"):
        read(tmp_path, POS_LOGO=str(logo))
    logo.write_text("red")
    with pytest.raises(SettingsError, match=r"POS_LOGO is no PNG, JPEG, WebP or SVG: .*logo\.png"):
        read(tmp_path, POS_LOGO=str(logo))
    logo.write_bytes(b"<svg>".ljust(200_001))
    with pytest.raises(SettingsError, match="POS_LOGO is larger than 200 kB"):
        read(tmp_path, POS_LOGO=str(logo))


def test_the_time_zone_is_one_of_iana(tmp_path: Path) -> None:
    assert read(tmp_path, POS_TIMEZONE="Asia/Tokyo").timezone == ZoneInfo("Asia/Tokyo")
    assert read(tmp_path).timezone is None


@pytest.mark.parametrize(
    "name", ["Berlin", "CEST", "Europe/Nowhere", "../etc/passwd", "/etc/localtime", "Europe", "x" * 300]
)
def test_a_time_zone_that_is_none_stops_the_start(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=r"^POS_TIMEZONE must be a time zone by its IANA name"):
        read(tmp_path, POS_TIMEZONE=name)


def test_an_address_and_a_footer_have_lines(tmp_path: Path) -> None:
    settings = read(tmp_path, POS_SHOP_ADDRESS=" Arch Lane 4 |10115 Sampletown|", POS_RECEIPT_FOOTER="Bye!")
    assert settings.shop_address == ("Arch Lane 4", "10115 Sampletown")
    assert settings.receipt_footer == ("Bye!",)
    assert read(tmp_path, POS_TAX_ID="DE 123").tax_id == "DE 123"


def test_a_receipt_has_no_address_tax_number_or_footer_unless_they_are_set(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert (settings.shop_address, settings.tax_id, settings.receipt_footer) == ((), None, ())


def test_faces_open_in_the_browsers_language_unless_the_shop_says_otherwise(tmp_path: Path) -> None:
    settings = read(tmp_path, POS_OPENING_LANGUAGES="kiosk=de, display = zh_Hans")
    assert [settings.opens_in(it) for it in ("till", "kiosk", "display")] == [None, "de", "zh_Hans"]
    assert read(tmp_path).opens_in("kiosk") is None
