"""What Linux says about a process in /proc: its children, its CPU time, its memory."""

import os
from contextlib import suppress
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    """Return the processes that this one started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def descendants(pid: int, name: str) -> list[int]:
    """Return the processes below this one, at any depth, whose program is called so."""
    below = [*children(pid)]
    for child in below:
        with suppress(FileNotFoundError, ProcessLookupError):
            below += children(child)
    return [it for it in below if _name(it).startswith(name)]


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process took so far, in the kernel and out of it."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS


def is_stopped(pid: int) -> bool:
    """Tell whether a signal has stopped a process, until another one lets it go on."""
    return _stat(pid)[0] == "T"


def resident_mb(pid: int) -> float:
    """Return the memory that a process has in RAM, what it shares with others included."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def proportional_bytes(pid: int) -> int:
    """Return the memory of a process in RAM, of what it shares with others its share (PSS)."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(rollup.partition("Pss:")[2].split()[0]) * 1024


def _stat(pid: int) -> list[str]:
    """Return what there is on a process from its state on."""
    # The name of the process comes second and may hold spaces, but it ends with the last bracket (proc(5)).
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _name(pid: int) -> str:
    with suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""
