"""Crashes a till again and again while staff and programs sell, customers pay and shifts are closed, and checks that
nothing was lost over it, and nobody's sale is another's."""

import argparse
import logging
import os
import secrets
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from bench.caller import WrongAnswer
from bench.commands import invite, verify
from bench.counted import miscounted
from bench.named import misattributed, misnamed
from bench.server import Server
from bench.signals import end_tidily
from bench.street import Street
from bench.verdict import Verdict, judge
from pos.sandbox import Sandbox
from pos.store import Store
from tests.databases import NoServer, postgres_server
from tests.faulty import FaultyLNPay, Kind, faulty_lnpay, late

ROUNDS = 200
_HOOK_SECRET = "a secret for webhooks"
_NETWORK = "bcrt"
# More than are ever written.
_MOST_REPORTS = 100_000
# A life that sold less than this shows little; on a busy machine it lasts longer for it.
SALES_OF_A_LIFE = 4
# Seconds: a till lives so long after it answers, stays down so long, and has so long in the end to notice payments.
_LIFE = (0.2, 1.2)
_DOWN = (0.0, 0.4)
_SETTLING = 60
_BETWEEN_LOOKS = 0.1
# LNPay takes its time, so that the till is killed now and then between an invoice and the database.
_WAY_BACK = 0.05
# Characters.
_LOG_END = 4000

# Gives the address of an empty database. It may use the folder.
Database = Callable[[Path], str]


@dataclass(frozen=True, slots=True)
class Configuration:
    """A till as it may be set up. `database` is the name of one."""

    database: str
    workers: int

    def __str__(self) -> str:
        return f"{self.database}, {self.workers} worker{'s' if self.workers > 1 else ''}"


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one configuration. `kills` counts single workers, too; `counts` has what people did, by _DONE."""

    configuration: Configuration
    rounds: int
    shown: int
    paid: int
    kills: int
    reports: int
    counts: Counter[str]
    verdict: Verdict

    def __str__(self) -> str:
        verdict = self.verdict
        seen = (self.rounds, self.shown, self.paid, self.kills, self.reports, *(self.counts[it] for it in _DONE))
        bad = (verdict.lost, verdict.unnoticed, verdict.unearned, verdict.miscounted, verdict.misnamed)
        return f"| {self.configuration} | {' | '.join(map(str, (*seen, *map(len, bad))))} |"


_DONE = (
    *("devices", "unlocks", "wrong PINs", "refused while locked", "cut short"),
    *("sold by staff", "sold again by another", "answers lost", "sales sent again"),
)
_BAD = ("charges lost", "paid, not shown so", "shown as paid, not", "miscounted", "misnamed")
_HEADS = ("till", "rounds", "charges shown", "paid", "kills", "reports", *_DONE, *_BAD)
_HEAD = f"| {' | '.join(_HEADS)} |\n|---|{'--:|' * (len(_HEADS) - 1)}"


def main() -> None:
    """Soak, print a table, and end with 1 if anything was violated."""
    end_tidily()
    # Every webhook that meets a dead till.
    logging.getLogger("pos.sandbox.webhook").setLevel(logging.ERROR)
    arguments = _arguments()
    print(f"Seed {arguments.seed}\n\n{_HEAD}", flush=True)
    with databases() as found:
        configurations = [Configuration(database, workers) for database in found for workers in (1, 2)]
        rounds = -(-arguments.rounds // len(configurations))
        wrong: list[str] = []
        for configuration in configurations:
            report = soak(configuration, found[configuration.database], rounds, arguments.seed)
            print(report, flush=True)
            wrong += [f"{configuration}: {violation}" for violation in report.verdict.violations]
    print("", *wrong, f"{len(wrong)} violations", sep="\n")
    sys.exit(bool(wrong))


@contextmanager
def databases() -> Iterator[Mapping[str, Database]]:
    """Yield the databases that are at hand, by name."""
    with ExitStack() as stack:
        found: dict[str, Database] = {"SQLite": sqlite}
        try:
            server = stack.enter_context(postgres_server())
        except NoServer as error:
            print(f"NO POSTGRESQL AT HAND, only SQLite is soaked: {error}", file=sys.stderr, flush=True)
        else:
            found["PostgreSQL"] = lambda _folder: server.create()
        yield found


def sqlite(folder: Path) -> str:
    """Return the address of a file."""
    return f"sqlite:///{folder / 'till.db'}"


def soak(configuration: Configuration, database: Database, rounds: int, seed: str) -> Report:
    """Crash a till that often, then let it live, and judge. Raises WrongAnswer or NoServer."""
    seed = f"{seed} {configuration}"
    fate, wires = Random(f"{seed} fate"), Random(f"{seed} wires")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="till-soak-")))
        lnpay = stack.enter_context(faulty_lnpay(Sandbox(folder / "wallet")))
        lnpay.fault(Kind.ANY, late(lambda: wires.uniform(0, _WAY_BACK)))
        till = Server(folder, _settings(configuration, lnpay, database(folder)))
        stack.callback(till.close)
        announcing = Sandbox(folder / "wallet", f"{till.address}/hooks/lnpay", _HOOK_SECRET)
        stack.callback(announcing.close)
        street = Street(till.port, (lnpay.sandbox, announcing), invite(till.environment), seed)
        try:
            with street.busy():
                kills = sum(_live_and_die(till, street, fate) for _ in range(rounds))
                till.start()
        except WrongAnswer as error:
            error.add_note(f"The end of the till's log:\n{till.log()[-_LOG_END:]}")
            raise
        _wait_until_noticed(street, lnpay)
        street.close_shift()
        reports = list(street.owner.reports())
        return Report(
            configuration,
            rounds,
            len(street.sales),
            len(lnpay.received()),
            kills,
            len(reports),
            street.counts,
            _judge(street, lnpay, reports, till.environment),
        )


def _judge(street: Street, lnpay: FaultyLNPay, reports: list[str], environment: Mapping[str, str]) -> Verdict:
    """Ask for all that there is, and judge."""
    book = {sale.charge_id: street.look(sale) for sale in street.sales}
    sold = {charge["number"]: sale for sale in street.sales if (charge := book[sale.charge_id])}
    listed = street.owner.listed()
    counted = [*miscounted(reports, lnpay.received(), street.closed), *verify(environment)]
    counted += misattributed(listed, reports, _counted(environment["POS_DATABASE_URL"]))
    named = [*misnamed(sold, listed), *street.unpaired()]
    return replace(judge(street.sales, lnpay.received(), book), miscounted=counted, misnamed=named)


def _counted(database_url: str) -> list[list[str]]:
    """Return the numbers of the sales that each report counts, as the database has them."""
    with closing(Store(database_url, _NETWORK)) as store:
        kept = store.shifts.listed("till", None, _MOST_REPORTS)
    return [[line.partition(".")[0] for line in it.sales.splitlines()] for it in reversed(kept)]


def _settings(configuration: Configuration, lnpay: FaultyLNPay, database_url: str) -> dict[str, str]:
    return {
        **lnpay.settings,
        "LNPAY_WEBHOOK_SECRET": _HOOK_SECRET,
        "POS_DATABASE_URL": database_url,
        "POS_WORKERS": str(configuration.workers),
        "POS_WATCH_BUDGET": "100",
    }


def _live_and_die(till: Server, street: Street, fate: Random) -> int:
    """Start it, kill it at some moment, and tell how often something was killed."""
    till.start()
    street.sells(SALES_OF_A_LIFE)
    time.sleep(fate.uniform(*_LIFE))
    kills = 1
    if len(till.workers) > 1 and fate.random() < 1 / 3:
        os.kill(fate.choice(till.workers), signal.SIGKILL)
        time.sleep(fate.uniform(*_LIFE))
        kills = 2
    till.kill()
    time.sleep(fate.uniform(*_DOWN))
    return kills


def _wait_until_noticed(street: Street, lnpay: FaultyLNPay) -> None:
    """Look at what was paid until all of it is shown as paid, or too much time is gone."""
    deadline = time.monotonic() + _SETTLING
    paid = {payment_request for payment_request, _ in lnpay.received()}
    waiting = [sale for sale in street.sales if sale.payment_request in paid]
    while waiting and time.monotonic() < deadline:
        waiting = [sale for sale in waiting if (charge := street.look(sale)) and charge["status"] != "paid"]
        time.sleep(_BETWEEN_LOOKS)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="crashes in all (default: %(default)s)")
    parser.add_argument("--seed", default=secrets.token_hex(4), help="to do the same again, as far as time allows")
    return parser.parse_args()


if __name__ == "__main__":
    main()
