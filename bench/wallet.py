"""An LNPay in a process of its own: as far from the till as another process is, and not in the way of who measures."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.server import ROOT
from bench.signals import end_tidily
from pos.sandbox import Sandbox
from tests.faulty import faulty_lnpay


@dataclass(frozen=True, slots=True)
class Wallet:
    """A running one, and the settings of a till that has its money there."""

    pid: int
    settings: Mapping[str, str]


@contextmanager
def wallet(folder: Path) -> Iterator[Wallet]:
    """Serve the wallet of that folder until the block is left, whichever way: it ends when the pipe to it closes."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.wallet", folder], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin and process.stdout
        try:
            yield Wallet(process.pid, json.loads(process.stdout.readline()))
        finally:
            process.stdin.close()


def main() -> None:
    """Serve, say the settings, and end with the input."""
    end_tidily()
    with faulty_lnpay(Sandbox(Path(sys.argv[1]))) as lnpay:
        print(json.dumps(lnpay.settings), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
