"""The receipt on paper, as a picture: what the printer burns is what was drawn, and a phone reads its code."""

from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageOps

from pos.domain.charge import Channel
from pos.domain.money import SAT, Money
from pos.domain.picture import read_picture
from pos.domain.rate import Rate
from pos.domain.receipt import Receipt
from pos.domain.refund import Refund, RefundPayment
from pos.domain.sale import Fiat, Line, Sale, price_of
from pos.domain.tax import parse_tax_rate
from pos.printing import device
from pos.printing.slip import NAME, TEXT, Letterhead
from tests.printing.paper_roll import epson, star
from tests.printing.receipts import ADDRESS, FONTS, HEADS, PREIMAGE, place_of, receipt, slip, texts

SAMPLES = Path(__file__).parents[1] / "samples" / "paper"
WIDTHS = {80: 576, 58: 384}
LANGUAGES = ("en", "de", "ar", "ja")
# Another version of a font moves a dot here and there.
SAME = 0.02


def on_paper(picture: Image.Image, *, as_star: bool = False) -> Image.Image:
    """Print a picture on python-escpos's dummy, and return what is on the paper."""
    printer = device.load_escpos().Dummy()
    device.send(printer, picture, star=as_star)
    (printed,) = (star if as_star else epson)(printer.output).cut
    return printed


def black(picture: Image.Image) -> int:
    return ImageOps.invert(picture.convert("L")).histogram()[255]


def differs(one: Image.Image, other: Image.Image) -> bool:
    return (one.size, one.tobytes()) != (other.size, other.tobytes())


@pytest.mark.parametrize(("language", "mm"), [*product(LANGUAGES, WIDTHS)])
def test_a_printed_receipt_looks_as_it_did_when_somebody_looked_at_it(language: str, mm: int) -> None:
    """If it is to look otherwise: delete the sample, run this test, and look at the new one."""
    printed = on_paper(slip(language, WIDTHS[mm]).draw(receipt(language), again=False))
    sample = SAMPLES / f"{language}-{mm}.png"
    if not sample.exists():
        printed.save(sample, optimize=True)
    with Image.open(sample) as image:
        looked_at = image.convert("1")
    assert printed.width == looked_at.width == WIDTHS[mm]
    assert abs(printed.height - looked_at.height) <= 4
    lower = min(printed.height, looked_at.height)
    boxes = (0, 0, printed.width, lower)
    other = ImageChops.logical_xor(printed.crop(boxes), looked_at.crop(boxes)).convert("L")
    assert other.histogram()[255] < SAME * printed.width * lower


@pytest.mark.parametrize(("language", "mm"), [*product(LANGUAGES, WIDTHS)])
def test_the_code_on_it_leads_to_the_receipt(language: str, mm: int) -> None:
    sold = receipt(language)
    printed = on_paper(slip(language, WIDTHS[mm]).draw(sold, again=False))
    (code,) = zxingcpp.read_barcodes(printed.convert("L"))
    assert code.text == ADDRESS.format(sold.charge.id)


def test_every_figure_of_the_sale_is_on_it_in_its_place() -> None:
    sold = receipt()
    written = texts(sold)
    for row in (
        ["Lemon Crate", "Arch Lane 4", "10115 Sampletown", "Tax number 00/000/00000"],
        ["No. 2026-1047", "Nov 25, 2026, 9:47 AM (UTC)", "Breakfast for two, to take away"],
        ["A 7.60", "Lemonade 2 × 3.80", "B 2.50", "Bread", "B 0.90", "1.95", "Tip", "Total"],
        ["€12.95", "13,632 sat", "1 BTC = €95,000.00, kraken, coinbase, at 9:46 AM"],
        ["Tax", "Net", "Tax", "Gross", "A 19%", "6.39", "1.21", "7.60", "B 7%", "3.18", "0.22", "3.40"],
        ["Paid by Lightning", "Payment hash"],
    ):
        at = written.index(row[0])
        assert written[at : at + len(row)] == row
    digits = "".join(written).replace(" ", "")
    assert sold.charge.invoice.payment_hash in digits
    assert PREIMAGE in digits


def test_tax_that_comes_on_top_is_a_row_of_what_is_to_be_paid() -> None:
    on_top = parse_tax_rate("+8.25")
    lines = (Line(1000, 1, "Cap", on_top), Line(500, 1, "Mug", on_top))
    sold = receipt()
    sale = Sale(Money(price_of(lines), "USD"), lines=lines)
    written = texts(replace(sold, sale=sale, charge=replace(sold.charge, fiat=None, memo="", tip_sat=0)))
    assert [it for it in written if it.startswith(("A ", "Tax 8"))] == [
        "A 10.00",
        "A 5.00",
        "A 1.24",
        "Tax 8.25%",
        "A 8.25%",
    ]
    assert "$16.24" in written


def test_a_receipt_in_sat_says_what_that_was_worth_and_one_of_the_shop_s_own_rate_says_so() -> None:
    sold = receipt()
    rate = Rate("EUR", Decimal(95_000), 0, ("fixed",))
    sale = Sale(Money(2100, SAT))
    worth = Fiat(Money(200, "EUR"), Money(0, "EUR"), rate, typed=False)
    written = texts(replace(sold, sale=sale, charge=replace(sold.charge, fiat=worth, memo="", amount_sat=2100)))
    assert written[written.index("Total") + 1 :][:2] == ["2,100 sat", "€2.00"]
    assert "1 BTC = €95,000.00, the shop's own rate" in written


def test_what_a_jar_got_is_a_tip_unless_it_was_the_price_of_a_thing() -> None:
    usual = parse_tax_rate("19")

    def rows(sale: Sale) -> list[str]:
        sold = receipt()
        charge = replace(sold.charge, channel=Channel.LNURL, jar=sale.jar, memo=sale.memo, fiat=None, tip_sat=0)
        written = texts(Receipt(sale, charge))
        return written[written.index("Nov 25, 2026, 9:47 AM (UTC)") + 1 : written.index("Total")]

    price = Money(250, "EUR")
    assert rows(Sale(price, "Lovely!", jar="cello")) == ["Lovely!", "2.50", "Tip"]
    assert rows(replace(Sale.all_told(price, usual, "Lovely!", "Espresso"), jar="espresso")) == [
        "Lovely!",
        "A 2.50",
        "Espresso",
    ]
    # From before a thing had its name there.
    assert rows(replace(Sale.all_told(price, usual, "Lovely!"), jar="espresso")) == ["Lovely!", "A 2.50"]
    assert rows(Sale(price, till="till")) == ["2.50"]


def test_on_paper_from_right_to_left_what_is_written_in_latin_letters_stays_as_it_was_written() -> None:
    sold = receipt("ar")
    lines = (*sold.sale.lines[:2], replace(sold.sale.lines[2], text="2 x Tee, 3 x Saft"))
    sold = replace(sold, sale=replace(sold.sale, lines=lines), charge=replace(sold.charge, memo="3 Tea"))
    head = Letterhead("4 Seasons Café", ("12 Main Street",), footer=("100 Thanks",))
    paper = slip("ar", head=head).draw(sold, again=False)
    for text, size, bold in (
        (head.shop_name, NAME, True),
        ("12 Main Street", TEXT, False),
        ("2 x Tee, 3 x Saft", TEXT, False),
        ("3 Tea", TEXT, False),
        ("100 Thanks", TEXT, True),
    ):
        assert place_of(FONTS.draw(text, size, bold=bold), paper), text


def test_who_sold_it_stands_below_the_time_where_receipts_name_them() -> None:
    written = texts(replace(receipt(), cashier="Ana"))
    at = written.index("Served by Ana")
    assert written[at - 1].endswith("(UTC)")
    assert written[at + 1] == "Breakfast for two, to take away"


@pytest.mark.parametrize("as_star", [False, True])
def test_what_is_burned_is_what_was_drawn_dot_by_dot(as_star: bool) -> None:
    drawn = slip().draw(receipt(), again=False)
    assert not differs(on_paper(drawn, as_star=as_star), drawn)


def test_a_shop_without_an_address_of_its_own_has_no_code_on_its_receipts() -> None:
    drawn = slip(head=Letterhead("Lemon Crate")).draw(receipt(), again=False)
    assert zxingcpp.read_barcodes(drawn.convert("L")) == []


def test_one_that_was_printed_before_says_so_in_white_on_black() -> None:
    first, again = (slip().draw(receipt(), again=again) for again in (False, True))
    assert again.height > first.height
    sign = again.crop((0, 170, again.width, 220))
    assert 0.6 * sign.width < black(sign) / 46 < 0.95 * sign.width
    assert differs(slip("de").draw(receipt("de"), again=True).crop((0, 170, 576, 220)), sign)


def test_what_came_is_told_where_it_is_not_what_was_asked() -> None:
    sold = receipt()
    less = replace(sold.charge, payment=replace(sold.payment, received_sat=sold.charge.amount_sat - 1))
    assert differs(slip().draw(replace(sold, charge=less), again=False), slip().draw(sold, again=False))


def test_a_second_payment_of_a_sale_says_that_it_came_on_top() -> None:
    sold = receipt()
    on_top = slip().draw(replace(sold, surplus=True), again=False)
    assert differs(on_top, slip().draw(sold, again=False))


def test_a_second_payment_of_a_sale_lists_nothing_of_it_and_no_tip_alone() -> None:
    written = texts(replace(receipt(), surplus=True))
    # However wide the font is in which it is written.
    assert "This sale had been paid before. This payment came on top of it. Total" in " ".join(written)


def test_what_was_given_back_is_told_with_each_refund_and_whether_it_was_proven() -> None:
    sold = receipt()
    refund = Refund("r", "s", sold.charge.channel, "", Money(500, "EUR"), 10_000, "Cold", 1000)
    proven, by_hand = (replace(refund, payment=RefundPayment(2000, "", it)) for it in (PREIMAGE, None))
    plain, one, marked, both = (
        slip().draw(replace(sold, refunds=refunds), again=False).height
        for refunds in ((), (proven,), (by_hand,), (proven, by_hand))
    )
    assert plain < one < marked
    written = texts(replace(sold, refunds=(by_hand,)))
    at = written.index("Given back")
    assert written[at - 1 : at + 2] == ["€5.00", "Given back", "10,000 sat"]
    # Why is nothing to anybody but the shop.
    assert "Cold" not in written
    assert both - plain == (one - plain) + (marked - plain)
    in_sat = replace(proven, amount=Money(10_000, SAT))
    assert slip().draw(replace(sold, refunds=(in_sat,)), again=False).height < one


def test_a_preimage_that_proves_nothing_is_not_shown_as_a_proof() -> None:
    sold = receipt()
    unproven = replace(sold.charge, payment=replace(sold.payment, proven=False))
    shorter = slip().draw(replace(sold, charge=unproven), again=False)
    assert shorter.height < slip().draw(sold, again=False).height - 60


def test_the_shop_s_picture_is_on_top_of_it_if_it_is_not_a_drawing(tmp_path: Path) -> None:
    file = tmp_path / "logo.png"
    Image.new("RGB", (400, 200), "black").save(file)
    plain = slip(head=Letterhead("Lemon")).draw(receipt(), again=False)
    with_logo = slip(head=Letterhead("Lemon", logo=read_picture(file.read_bytes()))).draw(receipt(), again=False)
    assert with_logo.height == plain.height + 100 + 12
    assert with_logo.crop((188, 0, 388, 100)).histogram()[255] == 0
    drawing = read_picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert not differs(slip(head=Letterhead("Lemon", logo=drawing)).draw(receipt(), again=False), plain)


@pytest.mark.parametrize("mm", WIDTHS)
@pytest.mark.parametrize(
    "memo", ["x" * 200, "word " * 40, "\u202edrow\u202c", "緑" * 200, "=1\t@", "🍋" * 200, "ل" * 200]
)
def test_nothing_that_somebody_types_runs_out_of_the_paper(memo: str, mm: int) -> None:
    sold = receipt()
    typed = replace(sold, charge=replace(sold.charge, memo=memo), sale=replace(sold.sale, memo=memo))
    drawn = slip(dots=WIDTHS[mm], head=replace(HEADS["en"], shop_name=memo)).draw(typed, again=False)
    assert drawn.width == WIDTHS[mm]
    assert drawn.height < 4000


def test_the_doctor_says_which_letters_would_be_left_out() -> None:
    assert list(slip("ja").shortcomings()) == []
    thai = slip(head=Letterhead("ร้านมะนาว"))
    assert [it for it in thai.shortcomings() if "apt install fonts-dejavu-core" in it]


def test_the_doctor_says_that_a_drawing_is_no_logo_on_paper() -> None:
    drawing = read_picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert any("POS_LOGO is an SVG" in it for it in slip(head=Letterhead("Lemon", logo=drawing)).shortcomings())
