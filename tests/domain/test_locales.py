"""Babel's data of languages, which is one language's alone."""

from datetime import date

from babel.dates import format_date

from pos.domain.locales import locale


def test_what_was_written_in_one_language_is_not_read_in_another() -> None:
    """Two that have no names of their own for days and months that stand alone, and three that are read after them."""
    november, friday = date(2026, 11, 1), date(2026, 11, 27)
    assert format_date(november, "LLLL", locale=locale("he")) == "נובמבר"
    assert format_date(friday, "cccc", locale=locale("sw")) == "Ijumaa"
    assert [format_date(november, "LLLL", locale=locale(code)) for code in ("da", "lv", "ro")] == [
        "november",
        "novembris",
        "noiembrie",
    ]
    assert [format_date(friday, "cccc", locale=locale(code)) for code in ("da", "lv", "ro")] == [
        "fredag",
        "Piektdiena",
        "vineri",
    ]
