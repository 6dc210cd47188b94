"""The figures of one process. How those of several add up is in test_workers.py."""

import pytest

from pos.runtime.prometheus import Prometheus


@pytest.fixture
def prometheus() -> Prometheus:
    return Prometheus()


def lines(prometheus: Prometheus) -> list[str]:
    return prometheus.text([]).splitlines()


def test_calls_are_counted_and_sorted_by_how_long_they_took(prometheus: Prometheus) -> None:
    for seconds in (0.2, 4, 119):
        prometheus.called("look_up", seconds)
    assert 'till_wallet_seconds_bucket{call="look_up",le="0.25"} 1.0' in lines(prometheus)
    assert 'till_wallet_seconds_bucket{call="look_up",le="5.0"} 2.0' in lines(prometheus)
    assert 'till_wallet_seconds_bucket{call="look_up",le="120.0"} 3.0' in lines(prometheus)
    assert 'till_wallet_seconds_sum{call="look_up"} 123.2' in lines(prometheus)


def test_failures_are_counted_by_call_and_kind(prometheus: Prometheus) -> None:
    prometheus.failed("look_up", "WalletTimeout")
    prometheus.failed("look_up", "WalletTimeout")
    prometheus.failed("check_access", "KeyRefused")
    assert 'till_wallet_errors_total{call="look_up",kind="WalletTimeout"} 2.0' in lines(prometheus)
    assert 'till_wallet_errors_total{call="check_access",kind="KeyRefused"} 1.0' in lines(prometheus)


def test_what_comes_and_goes_is_told_as_it_is_now(prometheus: Prometheus) -> None:
    assert {"till_open_screens 0.0", "till_watch_lag_seconds 0.0"} <= set(lines(prometheus))
    prometheus.screens(3)
    prometheus.screens(2)
    prometheus.lag(1.5)
    assert {"till_open_screens 2.0", "till_watch_lag_seconds 1.5"} <= set(lines(prometheus))
