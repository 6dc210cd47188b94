"""How the tests are shared out: each to whichever process is free, but some of them one after another."""

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

# Those of a row run one at a time, and rows of many tests begin first. `--dist=loadgroup` would do the same by a mark,
# but pytest-xdist 3.8 does not see its own mark under pytest 9.2.
_REAL = {
    "real time": ("tests/test_transport.py", "tests/test_watching.py"),
    "real tills": (
        "tests/browser/test_processes.py",
        "tests/test_crash.py",
        "tests/test_printing.py",
        "tests/test_push.py",
        "tests/test_serving.py",
        "tests/test_soak.py",
        "tests/test_workers.py",
        "tests/wallets/test_killed.py",
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


class Turns(LoadScopeScheduling):  # type: ignore[misc]
    """Gives out single tests, and rows of them as a whole."""

    def _split_scope(self, nodeid: str) -> str:
        return _ROW_OF.get(_file(nodeid), nodeid)

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        super().mark_test_complete(node, item_index, duration)
        # All that a process ever did would be counted again after each of its tests: ten thousand, ten thousand times.
        row, given = self._split_scope(self.registered_collections[node][item_index]), self.assigned_work[node]
        if all(given[row].values()):
            del given[row]
