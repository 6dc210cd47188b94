"""What root has made in the folder of the till is handed over to the user whose folder it is, who runs the till."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISDIR

from pos.store.backup import COMPANIONS


def hand_over(folder: Path, database: Path | None) -> None:
    """Give all that is root's in the folder to its owner, at the end of a command that root has given.

    A database may lie in another folder, of which its own files alone are the till's.
    """
    if os.geteuid() != 0:
        return
    _hand_over_all(folder)
    if database:
        _hand_over_database(database)


def _hand_over_all(folder: Path) -> None:
    if not folder.is_dir() or (owner := folder.stat()).st_uid == 0:
        return
    # By the folder that is open, and through no link: its owner could otherwise have root give away any file.
    for _, folders, files, opened in os.fwalk(folder):
        for name in (*folders, *files):
            # A till that runs takes files away at any time.
            with suppress(FileNotFoundError):
                _hand_over(name, opened, owner)


def _hand_over_database(database: Path) -> None:
    with suppress(FileNotFoundError, NotADirectoryError), _opened(database.parent) as opened:
        owner = os.fstat(opened)
        if owner.st_uid == 0:
            return
        for companion in ("", *COMPANIONS):
            with suppress(FileNotFoundError):
                _hand_over(f"{database.name}{companion}", opened, owner)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield opened
    finally:
        os.close(opened)


def _hand_over(name: str, opened: int, owner: os.stat_result) -> None:
    found = os.stat(name, dir_fd=opened, follow_symlinks=False)
    # What has a second name may be root's elsewhere.
    if found.st_uid == 0 and (S_ISDIR(found.st_mode) or found.st_nlink == 1):
        os.chown(name, owner.st_uid, owner.st_gid, dir_fd=opened, follow_symlinks=False)
