"""What root's commands make belongs to the user of the till."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import ROOT, flask


@pytest.mark.real_time
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make files for somebody else")
def test_what_root_makes_in_the_folder_of_the_till_belongs_to_the_user_of_the_till(tmp_path: Path) -> None:
    var, backup = tmp_path / "var", tmp_path / "backup.db"
    var.mkdir(mode=0o700)
    os.chown(var, 1234, 1234)
    (tmp_path / "of root").touch()
    (var / "two names").hardlink_to(tmp_path / "of root")
    (var / "a link").symlink_to(tmp_path / "of root")
    for words in (["owner"], ["backup", backup], ["restore", backup]):
        command = [Path(sys.executable).with_name("flask"), "--app", ROOT / "app.py", *words]
        settings = {"POS_WALLET": "sandbox", "POS_VAR": str(var)}
        done = subprocess.run(command, env=settings, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    made = {it.name: it.stat() for it in var.rglob("*") if it.name not in ("two names", "a link")}
    assert {"secret_key", "till.db", "migrate.lock", "static", "sandbox"} <= set(made)
    assert {(it.st_uid, it.st_gid) for it in made.values()} == {(1234, 1234)}
    assert (tmp_path / "of root").stat().st_uid == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make files for somebody else")
@pytest.mark.parametrize("owner", [1234, 0], ids=["the till's", "root's"])
def test_a_database_that_root_makes_in_another_folder_belongs_to_whoever_has_that(tmp_path: Path, owner: int) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    os.chown(disk, owner, owner)
    (disk / "photo.jpg").touch()
    settings = {"POS_WALLET": "sandbox", "POS_VAR": "var", "POS_DATABASE_URL": f"sqlite:///{disk}/till.db"}
    done = flask(tmp_path, "owner", **settings)
    assert done.exit_code == 0, done.output
    made = {it.name: (it.stat().st_uid, it.stat().st_gid) for it in disk.iterdir()}
    assert made.pop("photo.jpg") == (0, 0)
    assert made
    assert set(made.values()) == {(owner, owner)}
