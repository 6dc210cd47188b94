"""How the tests are shared out: each to whichever process is free, but some of them one after another.

And what the processes tell each other meanwhile: to do so for ten thousand tests took a tenth of a run.
"""

from collections.abc import Sequence
from typing import Any

import pytest
from xdist import workermanage
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

# Those of a row run one at a time, and rows of many tests begin first. `--dist=loadgroup` would do the same by a mark,
# but pytest-xdist 3.8 does not see its own mark under pytest 9.2. These strain the machine, and mostly wait: the other
# processes have its cores meanwhile.
_REAL = {
    "real time": (
        "tests/browser/test_processes.py",
        "tests/printing/test_printer.py",
        "tests/test_crash.py",
        "tests/test_faulty.py",
        "tests/test_printing.py",
        "tests/test_push.py",
        "tests/test_serving.py",
        "tests/test_soak.py",
        "tests/test_transport.py",
        "tests/test_watching.py",
        "tests/test_workers.py",
        "tests/wallets/nwc/test_client.py",
        "tests/wallets/nwc/test_relays.py",
        "tests/wallets/test_killed.py",
        "tests/wallets/test_stream.py",
    ),
}
# These begin with what is dear to make: one process makes it for all.
_DEAR = {
    "older tills": ("tests/store/test_migrations.py",),
    "years": ("tests/store/test_plans.py",),
    "posters": ("tests/web/tip_jar/test_poster.py",),
    "words": ("tests/test_words.py",),
    "glossary": ("tests/test_glossary.py",),
}
_ROW_OF = {file: row for row, files in (_REAL | _DEAR).items() for file in files}


def waits(nodeid: str) -> bool:
    """Tell whether a test strains the machine."""
    return _ROW_OF.get(_file(nodeid)) in _REAL


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]


class _Numbered(list[str]):
    """The tests of a process. xdist looks for each from the first on, ten thousand times."""

    def __init__(self, tests: Sequence[str]) -> None:
        super().__init__(tests)
        self._numbers = {test: number for number, test in enumerate(tests)}

    def index(self, test: str, *_bounds: object) -> int:
        return self._numbers[test]


class Turns(LoadScopeScheduling):  # type: ignore[misc]
    """Gives out tests with all that they are run with, those of a browser one by one, and rows of them as a whole."""

    def _split_scope(self, nodeid: str) -> str:
        alone = nodeid if nodeid.startswith("tests/browser/") else nodeid.partition("[")[0]
        return _ROW_OF.get(_file(nodeid), alone)

    def add_node_collection(self, node: WorkerController, collection: Sequence[str]) -> None:
        super().add_node_collection(node, collection)
        if node in self.registered_collections:
            self.registered_collections[node] = _Numbered(collection)

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        super().mark_test_complete(node, item_index, duration)
        # All that a process ever did would be counted again after each of its tests: ten thousand, ten thousand times.
        row, given = self._split_scope(self.registered_collections[node][item_index]), self.assigned_work[node]
        if all(given[row].values()):
            del given[row]

    def remove_node(self, node: WorkerController) -> str | None:
        """Give what a process that died had left to the others; not what it died of, of which they would die, too."""
        given = self.assigned_work[node]
        left = ((row, test) for row, tests in given.items() for test, is_over in tests.items() if not is_over)
        row, died_of = next(left, ("", None))
        if died_of:
            given[row][died_of] = True
            if all(given[row].values()):
                del given[row]
        super().remove_node(node)
        return died_of


class _Gathered:
    """The line of a process to the one that shares out: what becomes of a test is told all at once."""

    def __init__(self, line: Any) -> None:
        self._line = line
        self._held: list[tuple[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)

    def send(self, event: tuple[str, Any]) -> None:
        self._held.append(event)
        if event[0] not in ("logstart", "testreport", "logfinish"):
            self._line.send(("gathered", {"events": self._held}))
            self._held = []


class _Listener(WorkerController):  # type: ignore[misc]
    """Who hears what a process tells."""

    def process_from_remote(self, eventcall: Any) -> None:
        gathered = isinstance(eventcall, tuple) and eventcall[0] == "gathered"
        for event in eventcall[1]["events"] if gathered else [eventcall]:
            super().process_from_remote(event)


def talk_less(config: pytest.Config) -> None:
    """Let the processes of a run tell each other what they have to in few words."""
    workermanage.WorkerController = _Listener
    for plugin in config.pluginmanager.get_plugins():
        if type(plugin).__name__ == "WorkerInteractor":
            plugin.channel = _Gathered(plugin.channel)
