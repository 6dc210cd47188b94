"""The kiosk's settings: what it offers, and the pictures of it."""

from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from pos.domain.kiosk import Offer
from pos.domain.money import SAT, Money
from pos.domain.rate import Rate
from pos.settings import Settings, SettingsError
from tests.settings.start import read

RATE = Rate("EUR", Decimal(50_000), 0, ("fixed",))


def offers(settings: Settings, name: str = "") -> list[tuple[str, Money]]:
    kiosk = settings.kiosk(name, None)
    assert kiosk
    return [(it.name, it.price) for it in kiosk.offers]


def test_a_whole_number_is_sat_as_it_always_was(tmp_path: Path) -> None:
    expected = [("", Money(21, SAT)), ("", Money(42, SAT))]
    assert offers(read(tmp_path, POS_KIOSK_AMOUNTS="21, 42")) == expected
    assert offers(read(tmp_path, POS_KIOSK_AMOUNTS="21,42", POS_CURRENCY="EUR")) == expected


def test_what_has_a_name_or_decimals_is_in_the_shops_currency_unless_it_says_otherwise(tmp_path: Path) -> None:
    written = "Wash:4.00, Dry 60: 2 ,0.5,Coffee:2100 sat,1000 sats,3 eur,Tea: iced:1.25EUR"
    assert offers(read(tmp_path, POS_KIOSK_AMOUNTS=written, POS_CURRENCY="EUR")) == [
        ("Wash", Money(400, "EUR")),
        ("Dry 60", Money(200, "EUR")),
        ("", Money(50, "EUR")),
        ("Coffee", Money(2100, SAT)),
        ("", Money(1000, SAT)),
        ("", Money(300, "EUR")),
        ("Tea: iced", Money(125, "EUR")),
    ]


def test_without_a_currency_what_has_a_name_is_in_sat(tmp_path: Path) -> None:
    assert offers(read(tmp_path, POS_KIOSK_AMOUNTS="Coffee:2100")) == [("Coffee", Money(2100, SAT))]


@pytest.mark.parametrize(
    ("written", "currency", "problem"),
    [
        ("Wash:4.00", "", "has the amount 4.00, but sat have no decimals, and POS_CURRENCY is not set"),
        ("Wash:4.00", "", "(a currency of the office counts for amounts that are set there)"),
        ("Wash:4.5 sat", "EUR", "has the amount 4.5, but sat have no decimals"),
        ("Wash:4.005", "EUR", "has the amount 4.005, but EUR has 2 decimals at most"),
        ("Wash:4.5", "JPY", "has the amount 4.5, but JPY has 0 decimals at most"),
        ("Wash:4 USD", "EUR", "has an amount in USD, and POS_CURRENCY is EUR"),
        ("4 EUR", "", "has an amount in EUR, and POS_CURRENCY is not set"),
        ("Wash:0.00", "EUR", "has the amount 0.00, for which nothing can be sold"),
        ("0", "EUR", "has the amount 0, for which nothing can be sold"),
        ("Wash:4,Wash:4.00", "EUR", "must have each amount of a name once"),
        ("Wash:4,50", "EUR", "has 4,50 after a name: a dot stands before decimals"),
        ("1000,,2000", "EUR", "must be amounts as 1000, 2.50, Wash:4.00"),
        ("Wash", "EUR", "must be amounts as"),
        ("Wash:4 pounds", "EUR", "must be amounts as"),
        ("Wash:-4", "EUR", "must be amounts as"),
        (f"{'x' * 41}:4", "EUR", "must have names of at most 40 characters"),
        ("Wa\tsh:4", "EUR", "must have names of at most 40 characters"),
        (",".join(map(str, range(1, 26))), "EUR", "must be at most 24 amounts"),
        ("9" * 16, "EUR", "for which nothing can be sold"),
        ("10000001", "EUR", "must be amounts up to 10000000 sat (POS_MAX_SAT), and 10,000,001 sat is more"),
    ],
)
def test_what_cannot_be_offered_stops_the_start(tmp_path: Path, written: str, currency: str, problem: str) -> None:
    for name, value in (("POS_KIOSK_AMOUNTS", written), ("POS_KIOSKS", f"bar={written}")):
        with pytest.raises(SettingsError) as stopped:
            read(tmp_path, POS_CURRENCY=currency, **{name: value})
        assert str(stopped.value).startswith(f"{name} ")
        assert problem in str(stopped.value)


def test_a_price_is_held_against_the_limit_where_the_shop_has_a_rate_of_its_own(tmp_path: Path) -> None:
    own = {"POS_CURRENCY": "EUR", "POS_MAX_SAT": "8000"}
    with pytest.raises(SettingsError, match=r"amounts up to 8000 sat \(POS_MAX_SAT\), and 4.01 EUR is more"):
        read(tmp_path, POS_KIOSK_AMOUNTS="Wash:4.00,Dry:4.01", POS_RATE_FIXED="50000", **own)
    # The spread makes it dearer; what others will say a bitcoin costs, nobody knows.
    with pytest.raises(SettingsError, match=r"and 4.00 EUR is more"):
        read(tmp_path, POS_KIOSK_AMOUNTS="Wash:4.00", POS_RATE_FIXED="50000", POS_RATE_SPREAD="1", **own)
    read(tmp_path, POS_KIOSK_AMOUNTS="Wash:4.01", **own)


def test_a_shop_that_names_nothing_offers_what_is_usual(tmp_path: Path) -> None:
    usual = read(tmp_path, POS_CURRENCY="EUR", POS_MAX_SAT="3000")
    kiosk = usual.kiosk("", RATE)
    assert kiosk
    assert kiosk.offers == (Offer(Money(50, "EUR")), Offer(Money(100, "EUR")))
    assert offers(usual) == [("", Money(1000, SAT)), ("", Money(2100, SAT))]


def test_further_kiosks_go_by_their_names(tmp_path: Path) -> None:
    written = "laundry=Wash:4.00,Dry:2.50; bar = Beer=Ale:3.00"
    settings = read(tmp_path, POS_KIOSKS=written, POS_CURRENCY="EUR", POS_KIOSK_AMOUNTS="21")
    assert offers(settings, "laundry") == [("Wash", Money(400, "EUR")), ("Dry", Money(250, "EUR"))]
    assert offers(settings, "bar") == [("Beer=Ale", Money(300, "EUR"))]
    assert offers(settings) == [("", Money(21, SAT))]
    assert settings.kiosk("nowhere", None) is None


@pytest.mark.parametrize(
    "written", ["Bar=21", "bar=21;bar=42", "bar", "=21", "a b=21", f"{'x' * 33}=21", "rest=21", "tip=21", "till=21"]
)
def test_a_kiosk_has_a_name_of_its_own_that_stands_in_addresses(tmp_path: Path, written: str) -> None:
    with pytest.raises(SettingsError, match=r"^POS_KIOSKS .+ Example: POS_KIOSKS=laundry=.+$"):
        read(tmp_path, POS_KIOSKS=written)


def test_one_thing_and_no_other_amount_is_a_fixed_price(tmp_path: Path) -> None:
    def fixed(**settings: str) -> Offer | None:
        kiosk = read(tmp_path, **settings).kiosk("", None)
        assert kiosk
        return kiosk.fixed

    assert fixed(POS_KIOSK_AMOUNTS="21", POS_KIOSK_OTHER_AMOUNT="off") == Offer(Money(21, SAT))
    assert fixed(POS_KIOSK_AMOUNTS="21") is None
    assert fixed(POS_KIOSK_AMOUNTS="21,42", POS_KIOSK_OTHER_AMOUNT="off") is None


def draw(file: Path) -> None:
    file.parent.mkdir(exist_ok=True)
    Image.new("RGB", (8, 8)).save(file)


def test_pictures_go_by_the_names_of_what_they_show(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    draw(folder / "WASH_30-warm.png")
    draw(folder / "idle.jpg")
    (folder / ".hidden").write_text("of the machine's own")
    found = read(tmp_path, POS_KIOSK_PICTURES=str(folder)).kiosk_pictures
    assert found == {"wash 30 warm": folder / "WASH_30-warm.png", "idle": folder / "idle.jpg"}
    assert read(tmp_path).kiosk_pictures is None


def test_a_folder_with_anything_else_stops_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    for text, problem in (("", "cannot be read"), ("<svg/>", "is no PNG, JPEG or WebP")):
        with pytest.raises(SettingsError, match=rf"^POS_KIOSK_PICTURES .*{problem}"):
            read(tmp_path, POS_KIOSK_PICTURES=str(folder))
        folder.mkdir(exist_ok=True)
        (folder / "wash.svg").write_text(text or "<svg/>")
    (folder / "wash.svg").unlink()
    draw(folder / "wash 30.png")
    draw(folder / "Wash-30.webp")
    with pytest.raises(SettingsError, match=r"has two pictures of one name: Wash-30\.webp and wash 30\.png"):
        read(tmp_path, POS_KIOSK_PICTURES=str(folder))
