"""A card whose issuer nobody here wrote: the `lnurl` of npm, at a name of the web."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from werkzeug import Request, Response

from pos.domain.charge import Channel
from pos.services.charge import charge
from pos.shop import Shop
from tests.certificates import self_signed
from tests.conftest import Cashier, in_sat, stored
from tests.fakes import FakeClock, FakeWallet
from tests.issuer import found
from tests.peers.programs import HERE, INSTALLED

TAPS = 2


@dataclass
class Front:
    """What stands before a program on loopback, as a proxy with the certificate does."""

    port: int = 0
    asked: list[str] = field(default_factory=list)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        path = Request(environ).full_path
        self.asked.append(path)
        answer = requests.get(f"http://127.0.0.1:{self.port}{path}", timeout=10)
        return Response(answer.content, answer.status_code, content_type=answer.headers["Content-Type"])(
            environ, start_response
        )


@pytest.fixture
def front() -> Front:
    return Front()


@pytest.fixture
def taps(app: Flask, front: Front, tmp_path: Path) -> Iterator[list[str]]:
    """The taps of a card, each as LNURL1...; the shop finds its issuer."""
    with found(front, self_signed(tmp_path)) as (address, issuers):
        command = ("node", HERE / "issuer.cjs", address, str(TAPS))
        environment = {"PATH": "/usr/bin:/usr/local/bin", "NODE_PATH": str(INSTALLED / "node_modules")}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as program:
            assert program.stdout
            front.port = int(program.stdout.readline())
            app.extensions["shop"] = replace(app.extensions["shop"], issuers=issuers)
            yield [program.stdout.readline().strip() for _ in range(TAPS)]
            program.kill()


def tap(cashier: Cashier, charge_id: str, card: str) -> tuple[int, str]:
    answer = cashier.send(f"/pay/{charge_id}/card", cashier.open(f"/pay/{charge_id}?card"), card=card)
    return answer.status_code, answer.text


@pytest.mark.parametrize("scheme", ["", "lightning:"])
def test_a_tap_is_good_for_one_sale_and_its_issuers_word_is_no_payment(
    cashier: Cashier,
    app: Flask,
    wallet: FakeWallet,
    clock: FakeClock,
    front: Front,
    taps: list[str],
    scheme: str,
) -> None:
    shop: Shop = app.extensions["shop"]
    coffee, tea = (charge(shop, Channel.TILL, in_sat(sat), str(sat)) for sat in (2100, 300))
    assert tap(cashier, coffee.id, scheme + taps[0])[0] == 303
    assert len(front.asked) == 2
    assert coffee.invoice.payment_request in front.asked[1]
    assert cashier.status(coffee.id)["status"] == "open"
    # The issuer pays nothing: the test does.
    wallet.settle(coffee.invoice, 2100)
    clock.move(1)
    assert cashier.status(coffee.id)["status"] == "paid"
    # The same tap once more, and the next one.
    status, page = tap(cashier, tea.id, taps[0])
    assert status == 422
    assert "issuer refuses" in page
    assert tap(cashier, tea.id, taps[1].upper())[0] == 303
    assert stored(shop, tea.id).payment is None
