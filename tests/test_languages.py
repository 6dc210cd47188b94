"""Which language somebody gets who asks for several."""

import pytest

from pos.translations.languages import best, tag

CHINESE = ("de", "en", "zh_Hans")


@pytest.mark.parametrize(
    ("tags", "language"),
    [
        *((["zh"], "zh_Hans"), (["zh-CN"], "zh_Hans"), (["zh-Hans-SG"], "zh_Hans"), (["ZH-cn", "en"], "zh_Hans")),
        *((["zh-TW", "zh", "en-US", "en"], "en"), (["zh-Hant-HK", "de"], "de"), (["zh-HK"], "zh_Hans")),
        *((["zh-TW", "zh", "fr"], "zh_Hans"), (["zh-CN", "zh-TW", "en"], "zh_Hans"), (["de", "zh-TW"], "de")),
    ],
)
def test_who_reads_the_older_letters_of_chinese_gets_the_newer_only_if_nothing_else_is_spoken(
    tags: list[str], language: str
) -> None:
    assert best(tags, CHINESE) == language


def test_a_page_says_its_language_as_browsers_call_it() -> None:
    assert tag("zh_Hans") == "zh-Hans"
