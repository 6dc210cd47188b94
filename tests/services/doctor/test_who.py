"""What the doctor says of whose the shop is, and of what its screens need."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from pos import close, create_app
from pos.services.doctor import Verdict
from pos.shop import Shop
from tests.people import People
from tests.services.doctor.findings import findings, verdicts


@pytest.mark.parametrize(
    ("reached_by", "verdict"),
    [
        ({}, Verdict.WARNING),
        ({"wallet": "sandbox"}, None),
        ({"wallet": "sandbox", "host": "0.0.0.0"}, Verdict.WARNING),
        ({"host": "0.0.0.0"}, Verdict.BAD),
        ({"proxies": 1}, Verdict.BAD),
        ({"public_url": "https://till.example.com"}, Verdict.BAD),
    ],
)
def test_the_doctor_says_that_nobody_owns_a_shop_that_others_reach(
    app: Flask, shop: Shop, reached_by: dict[str, Any], verdict: Verdict | None
) -> None:
    reached = replace(shop, settings=replace(shop.settings, **reached_by))
    assert verdicts(reached).get("owner") == verdict
    People(app).claim()
    assert verdicts(reached)["owner"] is Verdict.GOOD


@pytest.mark.parametrize("kind", ["lnpay", "sandbox"])
@pytest.mark.parametrize("left", ["a device", "somebody"])
def test_doctor_and_log_say_that_a_shop_with_devices_or_staff_has_lost_its_owners(
    app: Flask, shop: Shop, kind: str, left: str, caplog: pytest.LogCaptureFixture
) -> None:
    People(app).device() if left == "a device" else People(app).somebody()
    lost = replace(shop, settings=replace(shop.settings, wallet=kind))
    assert verdicts(lost)["owner"] is Verdict.BAD
    caplog.clear()
    close(create_app(lost.settings, wallet=shop.wallet))
    assert "has devices or staff, and no owner" in caplog.text
    People(app).claim()
    assert verdicts(lost)["owner"] is Verdict.GOOD


@pytest.mark.parametrize(
    ("host", "public_url", "warned"),
    [
        ("127.0.0.1", None, False),
        ("::1", None, False),
        ("localhost", None, False),
        ("0.0.0.0", None, True),
        ("192.168.1.7", None, True),
        ("0.0.0.0", "https://till.example", False),
        ("127.0.0.1", "http://till.lan", True),
    ],
)
def test_the_doctor_warns_of_screens_that_go_dark(shop: Shop, host: str, public_url: str | None, warned: bool) -> None:
    there = replace(shop, settings=replace(shop.settings, host=host, public_url=public_url))
    assert ("screens" in findings(there)) is warned
