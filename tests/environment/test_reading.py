"""The reading of settings: of a bakery's, which are no till's."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pos.environment import Fault, Group, Reading, SettingsError, Wrong, setting
from pos.environment.readers import Number, secret, text

NO_FILE = Path("/nonexistent/.env")


def flour(given: str) -> str:
    """Take the name of a flour."""
    if given.isalpha():
        return given
    raise Wrong("must be the name of a flour", given)


@dataclass(frozen=True, kw_only=True)
class Bakery(Group):
    """A bakery."""

    ovens: int = setting(
        "BAKERY_OVENS", Number(1, 9), default="2", example="3", about="How many ovens.", aliases=("OVENS", "HEATERS")
    )
    loaves: int = setting("BAKERY_LOAVES", Number(1, 99), default="20", example="40", about="How many loaves.")
    door: str | None = setting("BAKERY_DOOR", flour, default=None, example="iron", about="Iron?", aliases=("DOOR",))
    baker: str = setting("BAKERY_BAKER", text, example="Jo", about="Who bakes.", needed="somebody has to bake")
    recipe: str | None = setting("BAKERY_RECIPE", secret, default=None, example="a-recipe", about="How.", secret=True)
    starter: str = setting(
        "BAKERY_STARTER", flour, default="rye", example="wheat", about="Where the dough begins.", secret=True
    )

    def faults(self) -> Iterator[Fault]:
        if self.loaves > 20 * self.ovens:
            yield "loaves", "are too many for the ovens"
        if self.ovens > 8 and not self.door:
            yield "door", "is not set, and so many ovens need one"
        if self.ovens > 8 and not self.recipe:
            yield "recipe", "is not set, and so many ovens need one"


def read(**environ: str) -> Bakery:
    reading = Reading({"BAKERY_BAKER": "Jo", **environ}, NO_FILE)
    bakery, _ = reading.read(Bakery)
    reading.check(bakery)
    reading.stop_if_wrong()
    return bakery


def complaint(**environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        read(**environ)
    return str(caught.value)


def unknown(**environ: str) -> list[str]:
    return Reading(environ, NO_FILE).unknown(Bakery)


def test_what_is_not_set_has_its_default() -> None:
    assert read() == Bakery(ovens=2, loaves=20, baker="Jo", recipe=None, starter="rye")


def test_what_is_set_is_read_without_the_spaces_around_it() -> None:
    assert read(BAKERY_OVENS=" 4\n").ovens == 4


def test_a_name_that_stands_alone_in_the_file_is_not_set(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("BAKERY_OVENS\nBAKERY_BAKER=Jo\n")
    bakery, given = Reading({}, tmp_path / ".env").read(Bakery)
    assert bakery.ovens == 2
    assert set(given) == {"baker"}


def test_an_empty_setting_is_one_that_is_not_set() -> None:
    assert read(BAKERY_OVENS=" ").ovens == 2


def test_the_names_of_the_fields_that_were_set_come_along() -> None:
    _, given = Reading({"BAKERY_BAKER": "Jo", "OVENS": "2", "BAKERY_LOAVES": ""}, NO_FILE).read(Bakery)
    assert set(given) == {"baker", "ovens"}


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("BAKERY_OVENS=3\nBAKERY_BAKER=Ann\n")
    bakery, _ = Reading({"BAKERY_OVENS": "4"}, file).read(Bakery)
    assert (bakery.ovens, bakery.baker) == (4, "Ann")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"\.env cannot be read: .+ Example: a text file in UTF-8"):
        (tmp_path / ".env").write_bytes(b"BAKERY_BAKER=Andr\xe9\n")
        Reading({}, tmp_path / ".env")


@pytest.mark.parametrize(
    "line",
    ["BAKERY_OVENS: s3cret", "BAKERY_OVENS:s3cret", "BAKERY_BAKER='s3cret", 'BAKERY_BAKER="s3cret', "my s3cret=1"],
)
def test_a_line_that_cannot_be_read_stops_the_start_with_its_number_and_without_its_text(
    tmp_path: Path, line: str
) -> None:
    (tmp_path / ".env").write_text(f"# The bakery\n\n\n{line}\nBAKERY_LOAVES=9\n\nno name\n")
    with pytest.raises(SettingsError) as caught:
        Reading({}, tmp_path / ".env")
    said = str(caught.value).split("\n")
    assert [it.split(" cannot be read: ")[0] for it in said] == [f"{tmp_path}/.env, line {at}," for at in (4, 7)]
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "line", ["BAKERY_BAKER=${HOME}$x", "BAKERY_BAKER='${HOME}$x'", 'BAKERY_BAKER="${HOME}$x"  # he']
)
def test_what_looks_like_another_name_in_the_file_stays_as_it_stands(tmp_path: Path, line: str) -> None:
    (tmp_path / ".env").write_text(line)
    assert Reading({}, tmp_path / ".env").read(Bakery)[0].baker == "${HOME}$x"


def test_a_setting_has_other_names_too_and_its_own_goes_first() -> None:
    assert read(OVENS="5").ovens == read(HEATERS="5").ovens == 5
    assert read(OVENS="5", BAKERY_OVENS="6", HEATERS="7").ovens == 6


def test_a_complaint_has_the_name_that_was_used_the_problem_and_an_example() -> None:
    problem = "must be a whole number from 1 to 9, not 'none'"
    assert complaint(BAKERY_OVENS="none") == f"BAKERY_OVENS {problem}. Example: BAKERY_OVENS=3"
    assert complaint(HEATERS="none") == f"HEATERS {problem}. Example: HEATERS=3"


def test_what_is_needed_and_not_set_says_why() -> None:
    assert complaint(BAKERY_BAKER="") == "BAKERY_BAKER is not set: somebody has to bake. Example: BAKERY_BAKER=Jo"


def test_everything_that_is_wrong_is_said_at_once() -> None:
    lines = complaint(BAKERY_OVENS="x", BAKERY_BAKER="", BAKERY_RECIPE="short", BAKERY_LOAVES="50").split("\n")
    assert [line.split()[0] for line in lines] == ["BAKERY_OVENS", "BAKERY_BAKER", "BAKERY_RECIPE", "BAKERY_LOAVES"]


def test_settings_that_do_not_go_together_are_told() -> None:
    assert complaint(BAKERY_LOAVES="41") == "BAKERY_LOAVES are too many for the ovens. Example: BAKERY_LOAVES=40"
    assert read(BAKERY_LOAVES="41", BAKERY_OVENS="3").loaves == 41


def test_what_is_wrong_counts_as_its_default_where_the_rest_is_looked_at() -> None:
    assert complaint(BAKERY_OVENS="0", BAKERY_LOAVES="40").count("\n") == 0
    assert "BAKERY_LOAVES" in complaint(BAKERY_OVENS="0", BAKERY_LOAVES="41")


@pytest.mark.parametrize("name", ["BAKERY_DOOR", "DOOR"])
def test_what_is_set_and_wrong_is_not_called_unset_as_well(name: str) -> None:
    both = complaint(BAKERY_OVENS="9").split("\n")
    assert [it.partition(",")[0] for it in both] == ["BAKERY_DOOR is not set", "BAKERY_RECIPE is not set"]
    told = complaint(**{"BAKERY_OVENS": "9", "BAKERY_RECIPE": "short", name: "1"}).split("\n")
    assert [it.split()[0] for it in told] == [name, "BAKERY_RECIPE"]
    assert "is not set" not in "".join(told)


def test_what_cannot_be_read_is_not_called_unset_as_well() -> None:
    assert "is not set" not in complaint(BAKERY_BAKER="Andr\udce9")
    said = complaint(BAKERY_OVENS="9", BAKERY_DOOR="iron", BAKERY_RECIPE_FILE="/nonexistent/recipe")
    assert "cannot be read" in said
    assert "is not set" not in said


def test_bytes_that_are_no_text_are_refused() -> None:
    assert complaint(BAKERY_BAKER="Andr\udce9").startswith("BAKERY_BAKER is not a text in UTF-8. Example:")
    assert complaint(BAKERY_RECIPE_FILE="/\udce9").startswith("BAKERY_RECIPE_FILE is not a text in UTF-8. Example:")


def test_a_secret_is_in_no_complaint_even_if_its_reader_does_not_know_that_it_is_one() -> None:
    said = complaint(BAKERY_STARTER="s3cret")
    assert said == "BAKERY_STARTER must be the name of a flour. Example: BAKERY_STARTER=wheat"


def test_a_secret_is_not_printed() -> None:
    assert "a-recipe" not in repr(read(BAKERY_RECIPE="a-recipe"))
    assert "baker='Jo'" in repr(read())


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "recipe"
    file.write_text("a-good-recipe\n")
    assert read(BAKERY_RECIPE_FILE=str(file)).recipe == "a-good-recipe"
    assert read(BAKERY_RECIPE="", BAKERY_RECIPE_FILE=str(file)).recipe == "a-good-recipe"


def test_the_mark_at_the_beginning_of_a_file_is_no_part_of_the_secret(tmp_path: Path) -> None:
    file = tmp_path / "recipe"
    file.write_text("\ufeffa-good-recipe\r\n", "utf-8")
    assert read(BAKERY_RECIPE_FILE=str(file)).recipe == "a-good-recipe"


def test_what_is_no_secret_stands_in_no_file(tmp_path: Path) -> None:
    file = tmp_path / "ovens"
    file.write_text("5")
    assert read(BAKERY_OVENS_FILE=str(file)).ovens == 2


def test_a_secret_stands_in_one_place(tmp_path: Path) -> None:
    file = tmp_path / "recipe"
    file.write_text("a-good-recipe")
    said = complaint(BAKERY_RECIPE="another-recipe", BAKERY_RECIPE_FILE=str(file))
    assert said.startswith("BAKERY_RECIPE and BAKERY_RECIPE_FILE are both set: only one may be. Example:")
    assert "another" not in said


@pytest.mark.parametrize("content", [None, b"\xe9"])
def test_the_file_of_a_secret_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "recipe"
    if content:
        file.write_bytes(content)
    said = complaint(BAKERY_RECIPE_FILE=str(file))
    assert said.startswith("BAKERY_RECIPE_FILE cannot be read: ")
    assert said.endswith(". Example: BAKERY_RECIPE_FILE=/run/secrets/bakery_recipe")


def test_a_secret_that_was_given_for_its_file_is_not_repeated() -> None:
    assert "s3cret" not in complaint(BAKERY_RECIPE_FILE="recipe://of?key=s3cret")
    assert "/nonexistent/recipe" in complaint(BAKERY_RECIPE_FILE="/nonexistent/recipe")


def test_an_empty_file_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "recipe").write_text("\n")
    said = complaint(BAKERY_RECIPE_FILE=str(tmp_path / "recipe"))
    assert said.startswith(f"BAKERY_RECIPE_FILE is a file in which nothing stands: {tmp_path / 'recipe'}. Example:")


def test_a_secret_out_of_a_file_is_looked_at_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "recipe").write_text("short")
    assert complaint(BAKERY_RECIPE_FILE=str(tmp_path / "recipe")).startswith("BAKERY_RECIPE is too short")


def test_a_name_that_nobody_reads_is_told_with_the_nearest_that_somebody_does() -> None:
    assert unknown(BAKERY_OVEN="3") == ["BAKERY_OVEN is not a setting, and nobody reads it: is BAKERY_OVENS meant?"]
    assert unknown(BAKERY_RECIPE_FILES="/f")[0].endswith("is BAKERY_RECIPE_FILE meant?")


def test_where_nothing_is_near_nothing_is_guessed() -> None:
    assert unknown(BAKERY_XYZ="3") == ["BAKERY_XYZ is not a setting, and nobody reads it."]


def test_names_that_nobody_reads_are_told_in_the_same_order_at_every_start() -> None:
    told = unknown(**{f"BAKERY_{letter * 4}": "3" for letter in "QXWZKV"})
    assert [it.split()[0][-1] for it in told] == ["K", "Q", "V", "W", "X", "Z"]


def test_a_name_in_the_file_is_told_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("BAKERY_LOAFS=20\n")
    assert len(Reading({}, tmp_path / ".env").unknown(Bakery)) == 1


def test_names_that_somebody_reads_or_that_begin_otherwise_or_are_empty_are_not_told() -> None:
    assert unknown(BAKERY_OVENS="3", OVENS="3", BAKERY_RECIPE_FILE="/f", PATH="/bin", MY_BAKERY_X="1") == []
    assert unknown(BAKERY_OVEN="") == []


def test_the_file_of_what_is_no_secret_is_told() -> None:
    assert len(unknown(BAKERY_OVENS_FILE="/f")) == 1
