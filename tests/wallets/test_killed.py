"""Each wallet in a till as it is served, chosen by the one string where it has one: kill -9, and start again."""

import json
import shutil
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from pos.domain.invoice import Invoice
from pos.wallets.registry import WALLETS
from tests.fakes import FakeClock
from tests.processes import RealTill, real_till, until
from tests.wallets.subjects import subject_of


@pytest.mark.parametrize("name", WALLETS)
def test_what_is_paid_while_the_till_is_dead_is_found_paid_when_it_is_started_again(
    name: str, tmp_path: Path, migrated_file: Path
) -> None:
    # Where the sandbox has its money, too.
    folder = tmp_path / "var" / name
    folder.mkdir(parents=True)
    shutil.copy(migrated_file, tmp_path / "var" / "till.db")
    with (
        subject_of(name, FakeClock(time.time()), folder) as subject,
        real_till(tmp_path, POS_NETWORK="bcrt", **subject.chosen_by) as shop,
    ):
        charge = shop.sell("k1")
        shop.till.kill()
        subject.pay(Invoice("", charge["payment_request"], charge["payment_hash"], charge["expires_at"]))
        shop.till.start()
        until(lambda: shop.status(charge["id"])["status"] == "paid")
        assert shop.status(charge["id"])["received_sat"] == charge["amount_sat"] == 2100
        assert told_of(charge["id"], shop) == [("charge.made", None), ("charge.paid", 2100)]


def told_of(charge_id: str, shop: RealTill) -> list[tuple[str, int | None]]:
    """Return the events of a charge in their order, and what each says was received."""
    engine = create_engine(f"sqlite:///{shop.folder / 'var' / 'till.db'}")
    with engine.connect() as book:
        rows = book.execute(text("SELECT kind, data FROM event WHERE subject = :id ORDER BY seq"), {"id": charge_id})
        told = [(kind, json.loads(data).get("received_sat")) for kind, data in rows]
    engine.dispose()
    return told
