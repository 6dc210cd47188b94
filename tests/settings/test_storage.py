"""The settings of what is kept."""

from pathlib import Path

import pytest

from pos.settings import SettingsError
from pos.store.backup import database_file
from tests.settings.start import read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POS_DATABASE_URL", "mysql://host/till"),
        ("POS_DATABASE_URL", "postgres://till@db/till"),
        ("POS_DATABASE_URL", "postgresql://till@db/till"),
        ("POS_DATABASE_URL", "postgresql+psycopg2://till@db/till"),
        ("POS_DATABASE_URL", "postgresql+psycopg://till@db"),
        ("POS_DATABASE_URL", "postgresql+psycopg://till@db/"),
        ("POS_DATABASE_URL", "postgresql+psycopg://db/till"),
        ("POS_DATABASE_URL", "postgresql+psycopg://till@/till"),
        ("POS_DATABASE_URL", "postgresql+psycopg://till@db:x/till"),
        ("POS_DATABASE_URL", "postgresql+psycopg://till:a%00b@db/till"),
        ("POS_DATABASE_URL", "postgresql+psycopg://till@db/till?options=-cstatement_timeout=0"),
        ("POS_DATABASE_URL", "postgresql+psycopg://till@/till?host=socket"),
        ("POS_DATABASE_URL", "sqlite:///"),
        ("POS_DATABASE_URL", "sqlite://"),
        ("POS_DATABASE_URL", "sqlite:///:memory:"),
        ("POS_DATABASE_URL", "sqlite:///till.db?timeout=abc"),
    ],
)
def test_a_bad_setting_stops_the_start_with_its_name_the_problem_and_an_example(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=rf"^{name} .+ Example: {name}=.+$"):
        read(tmp_path, **{name: value})


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////srv/till.db",
        "postgresql+psycopg://till:p%40ss@db.example.com:5433/till",
        "postgresql+psycopg://till@[::1]/till?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        "postgresql+psycopg://till@/till?host=/run/postgresql",
        "postgresql+psycopg://till@/till?host=/run/postgresql&port=5433",
    ],
)
def test_the_book_may_be_a_file_or_a_postgresql(tmp_path: Path, url: str) -> None:
    assert read(tmp_path, POS_DATABASE_URL=url).database_url == url


@pytest.mark.parametrize("url", ["postgres://till:hunter2@db/till", "postgresql+psycopg://till:hunter2@db"])
def test_a_databases_password_is_never_repeated_in_a_message(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, POS_DATABASE_URL=url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("name", ["Shop #1", "a?b", "100%41", "Bäckerei"])
def test_the_book_is_in_the_folder_of_the_till_whatever_that_is_called(tmp_path: Path, name: str) -> None:
    assert database_file(read(tmp_path / name).database_url) == tmp_path / name / "till.db"


def test_a_folder_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"POS_VAR cannot be used"):
        read(tmp_path / "file")
