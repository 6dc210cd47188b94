"""The secret that nobody has set."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pos.settings import SettingsError
from tests.disk import full_after
from tests.settings.start import read


def test_the_secret_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    var = tmp_path / "var"
    first = read(var).secret_key
    assert len(first) >= 32
    assert read(var).secret_key == first
    assert stat.S_IMODE((var / "secret_key").stat().st_mode) == 0o600


def test_processes_that_start_at_once_have_the_same_secret_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: read(tmp_path).secret_key, range(8)))) == 1


def test_an_empty_secret_key_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(SettingsError, match="delete that file"):
        read(tmp_path)


def test_a_damaged_secret_key_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="is damaged: delete that file"):
        read(tmp_path)


def test_a_disk_that_is_full_stops_the_start_and_keeps_nothing_of_a_key(tmp_path: Path) -> None:
    with full_after(8), pytest.raises(SettingsError, match=rf"POS_VAR cannot be used: {tmp_path}/secret_key: "):
        read(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert read(tmp_path).secret_key
