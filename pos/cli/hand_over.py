"""What root has made in the folder of the till is handed over to the user whose folder it is, who runs the till."""

import os
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR


def hand_over(folder: Path) -> None:
    """Give all that is root's in the folder to its owner, at the end of a command that root has given."""
    if os.geteuid() != 0 or not folder.is_dir() or (owner := folder.stat()).st_uid == 0:
        return
    # By the folder that is open, and through no link: its owner could otherwise have root give away any file.
    for _, folders, files, opened in os.fwalk(folder):
        for name in (*folders, *files):
            # A till that runs takes files away at any time.
            with suppress(FileNotFoundError):
                _hand_over(name, opened, owner)


def _hand_over(name: str, opened: int, owner: os.stat_result) -> None:
    found = os.stat(name, dir_fd=opened, follow_symlinks=False)
    # What has a second name may be root's elsewhere.
    if found.st_uid == 0 and (S_ISDIR(found.st_mode) or found.st_nlink == 1):
        os.chown(name, owner.st_uid, owner.st_gid, dir_fd=opened, follow_symlinks=False)
