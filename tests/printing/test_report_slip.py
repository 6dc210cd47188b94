"""The report of a shift on a roll: all that is on its page, in whichever language and width."""

from dataclasses import replace

import pytest

from pos.domain.report import GivenBack, Part
from pos.domain.shift import Shift, takings
from pos.domain.z_report import ZReport
from pos.printing.report_slip import ReportSlip
from pos.printing.slip import TEXT
from tests.domain.test_shift import JAR, TEA, report
from tests.printing.receipts import FONTS, ReadFonts, place_of, slip
from tests.printing.test_slip import black, on_paper

SHIFT = Shift("till", 112, takings([TEA, JAR]), Part(1, 7), open_count=1, open_sat=99, cancelled=4, is_full=True)
BACK = (GivenBack("EUR", 1, 980, 10_316),)


def drawn_by(language: str = "en", dots: int = 576) -> ReportSlip:
    receipts = slip(language, dots)
    return ReportSlip(receipts.words, receipts.fonts, dots)


@pytest.mark.parametrize("language", ["en", "de", "ar", "ja"])
@pytest.mark.parametrize("dots", [576, 384])
def test_a_report_goes_through_the_printer_as_it_was_drawn(language: str, dots: int) -> None:
    picture = drawn_by(language, dots).draw(report(replace(SHIFT, given_back=BACK)))
    assert picture.width == dots
    assert black(on_paper(picture)) == black(picture)


@pytest.mark.parametrize(
    "other",
    [
        report(replace(SHIFT, given_back=BACK)),
        report(replace(SHIFT, cancelled=5)),
        report(replace(SHIFT, carried=Part(2, 8))),
        report(replace(SHIFT, open_count=0)),
        report(replace(SHIFT, is_full=False)),
        report(replace(SHIFT, number=113)),
        report(replace(SHIFT, takings=takings([TEA]))),
        replace(report(SHIFT), before=""),
        replace(report(SHIFT), closing=replace(report(SHIFT).closing, by="", tax_id="")),
    ],
)
def test_whatever_differs_shows_on_paper(other: ZReport) -> None:
    assert drawn_by().draw(other).tobytes() != drawn_by().draw(report(SHIFT)).tobytes()


@pytest.mark.parametrize(("language", "written"), [("en", "1,234"), ("de", "1.234")])
def test_a_count_of_thousands_is_written_as_the_language_does(language: str, written: str) -> None:
    fonts = ReadFonts(FONTS.folders)
    shift = replace(SHIFT, takings=takings([TEA] * 1234), open_count=1234, cancelled=1234)
    replace(drawn_by(language), fonts=fonts).draw(report(shift))
    assert "1234" not in fonts.written
    # The sales, those who sold them, those that were cancelled, and those still open.
    assert fonts.written.count(written) == 4


def test_on_paper_from_right_to_left_what_is_written_in_latin_letters_stays_as_it_was_written() -> None:
    told = report(replace(SHIFT, till="2 Bar"))
    told = replace(told, closing=replace(told.closing, shop_name="4 Seasons", shop_address=("12 Main Street",)))
    paper = drawn_by("ar").draw(told)
    # The till stands after the shop, in the direction of the paper.
    assert place_of(FONTS.draw("2 Bar ,4 Seasons", TEXT), paper)
    assert place_of(FONTS.draw("12 Main Street", TEXT), paper)
