"""Programs around what others have made, and how one is started and stopped."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
INSTALLED = Path(__file__).parents[3] / "var/peers"
NOSTR, LNBITS = INSTALLED / "nostr/bin/python", INSTALLED / "lnbits/bin/python"


@contextmanager
def running(*command: str | Path, **environment: str) -> Iterator[str]:
    """Run a program until the block ends, and give the first line that it says."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_alone(environment)) as process:
        try:
            assert process.stdout
            line = process.stdout.readline().strip()
            assert line, f"{command[0]} said nothing"
            yield line
        finally:
            process.kill()


def said(*command: str | Path, **environment: str) -> str:
    """Run a program to its end, and return what it said."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env=_alone(environment))
    return done.stdout


def _alone(environment: Mapping[str, str]) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(INSTALLED), **environment}
