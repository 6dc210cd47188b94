"""Text in dots: every script that a font of the machine has, and a sign for what none has."""

import os
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from pos.printing.fonts import FOLDERS, Fonts, usual_folders
from pos.printing.paper import Paper
from pos.translations.collect import languages, read
from tests.printing.receipts import FONTS

# As on most machines, on which there is none for Japanese.
USUAL = Fonts(FOLDERS)
# As in a container, where there is none at all.
NONE = Fonts(())


def stands_at(line: Image.Image, part: Image.Image, left: int) -> bool:
    """Tell whether a part of a line is there, give or take two dots, as letters move towards one another."""

    def others(shift: int) -> int:
        there = line.crop((left + shift, 0, left + shift + part.width, line.height))
        return ImageChops.logical_xor(there, part).convert("L").histogram()[255]

    return min(map(others, range(-2, 3))) < part.convert("L").histogram()[0] / 3


def test_the_usual_fonts_have_the_letters_of_all_our_languages_but_those_of_the_far_east() -> None:
    lacking = {code for code in languages() for it in read(code) if USUAL.lacks("".join(it.string or ()))}
    assert lacking <= {"ja", "ko", "zh_Hans"}


def test_whoever_has_no_home_on_this_machine_prints_with_the_fonts_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)
    assert usual_folders() == FOLDERS[:2]


def test_arabic_letters_are_joined_and_run_from_right_to_left() -> None:
    joined = FONTS.width("سلام", 40)
    apart = sum(FONTS.width(letter, 40) for letter in "سلام")
    assert joined < 0.9 * apart
    # It begins on the right: what is read first is drawn last.
    line = FONTS.draw("سلام abc", 40, turned=True)
    arabic = FONTS.draw("سلام", 40, turned=True)
    assert stands_at(line, arabic, line.width - arabic.width)
    assert not stands_at(line, arabic, 0)


def test_a_figure_in_an_arabic_line_reads_as_it_does_everywhere() -> None:
    line = FONTS.draw("رقم 1047", 40, turned=True)
    figure = FONTS.draw("\u06271047", 40, turned=True)
    # As wide as the figure is in that font.
    digits = figure.crop((0, 0, figure.width - FONTS.width("\u0627", 40), figure.height))
    assert stands_at(line, digits, 0)


def test_each_letter_has_the_best_font_that_knows_it() -> None:
    families = [(part, face.path.stem if face.path else "") for part, face in FONTS.runs("Tea 緑茶 2", bold=True)]
    assert families == [("Tea ", "LiberationSans-Bold"), ("緑茶 ", "NotoSansJP-Regular"), ("2", "LiberationSans-Bold")]


def test_a_letter_that_no_font_has_leaves_a_sign_and_an_emoji_nothing() -> None:
    assert USUAL.readable("Tea 緑茶, 🍋 please") == "Tea …, please"
    assert FONTS.readable("Tea 緑茶 🍋🍋, please") == "Tea 緑茶, please"
    assert USUAL.readable("👩\u200d🌾❤\ufe0f  Marta\n\tStall").endswith("Marta Stall")
    assert not USUAL.lacks("Tea 🍋")
    assert USUAL.lacks("緑茶")


@pytest.mark.parametrize("text", ["緑", "ก", "\ue000"])
def test_no_font_s_own_sign_for_a_letter_that_it_lacks_is_ever_drawn(text: str) -> None:
    for face in USUAL.faces(bold=False):
        assert not face.has(text)


def test_a_machine_without_fonts_still_prints_latin_letters() -> None:
    assert NONE.readable("Zitronen für 5 € سلام") == "Zitronen fur 5 EUR …"
    assert NONE.lacks("für")
    assert NONE.draw("Zitronen", 30).getbbox()


def test_a_family_without_a_bold_file_is_drawn_plain(tmp_path: Path) -> None:
    plain = next(face.path for face in FONTS.faces(bold=False) if face.path and face.path.stem == "NotoSansJP-Regular")
    (tmp_path / plain.name).symlink_to(plain)
    assert [face.path.name for face in Fonts((tmp_path,)).faces(bold=True) if face.path] == [plain.name]


def test_a_line_ends_between_words_and_in_japanese_anywhere_but_before_a_full_stop() -> None:
    paper = Paper(384, FONTS)
    lines = paper.lines("Two lemonades and a piece of cake to take away", 25, 384)
    assert len(lines) > 1
    assert " ".join(lines) == "Two lemonades and a piece of cake to take away"
    words = "お茶とケーキを二つずつ、持ち帰りでお願いします。" * 4
    dense = paper.lines(words, 25, 384)
    assert "".join(dense) == words
    assert not [line for line in dense if line[0] in "、。"]
    assert all(FONTS.width(line, 25) <= 384 for line in (*lines, *dense))


def test_a_word_that_is_wider_than_the_paper_is_cut() -> None:
    lines = Paper(384, FONTS).lines("x" * 200, 25, 384)
    assert "".join(lines) == "x" * 200
    assert all(FONTS.width(line, 25) <= 384 for line in lines)
