"""The declaration of a setting."""

from dataclasses import dataclass, replace

import pytest

from pos.environment import Group, Wrong, declarations, fresh_secret, setting
from pos.environment.readers import Number, secret


@dataclass(frozen=True, kw_only=True)
class Bakery(Group):
    """A bakery."""

    ovens: int = setting("OVENS", Number(1, 9), default="2", example="3", about="How many ovens.", aliases=("HEATERS",))
    loaves: int | None = setting("LOAVES", Number(1, 99), default=None, example="40", about="How many loaves.")
    recipe: str = setting("RECIPE", secret, example=fresh_secret, about="How it is done.", secret=True)
    bread: str = "rye"


def test_a_setting_is_a_field_like_any_other() -> None:
    bakery = Bakery(recipe="a-good-recipe", ovens=4)
    assert (bakery.ovens, bakery.loaves) == (4, None)
    assert replace(bakery, loaves=7).loaves == 7


def test_a_default_is_written_as_in_the_file_and_read_once() -> None:
    assert Bakery(recipe="a-good-recipe").ovens == 2
    with pytest.raises(Wrong):
        setting("OVENS", Number(1, 9), default="none", example="3", about="How many ovens.")


def test_a_setting_without_a_default_has_to_be_given() -> None:
    with pytest.raises(TypeError, match="recipe"):
        Bakery()


def test_the_declarations_are_those_of_the_settings_alone() -> None:
    assert list(declarations(Bakery)) == ["ovens", "loaves", "recipe"]
    assert declarations(Bakery)["ovens"].names == ("OVENS", "HEATERS")


def test_the_example_of_a_secret_is_a_new_one_each_time() -> None:
    recipe = declarations(Bakery)["recipe"]
    assert len(recipe.an_example()) >= 32
    assert recipe.an_example() != recipe.an_example()
    assert declarations(Bakery)["ovens"].an_example() == "3"
