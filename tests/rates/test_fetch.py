"""Asking every source, and saying in the log who is not believed."""

import logging
import re
from decimal import Decimal
from threading import Event

import pytest

from pos.rates.base import Report
from pos.rates.fetch import DEADLINE, Fetcher
from pos.rates.sources import SOURCES
from pos.transport import Reply, TransportError, TransportTimeout
from tests.rates.world import FakeWeb, dressed, ok, price, saying
from tests.threads import none_left


@pytest.fixture
def web() -> FakeWeb:
    return FakeWeb()


def fetcher(web: FakeWeb, *names: str, deadline: int = DEADLINE) -> Fetcher:
    sources = [SOURCES[name] for name in names or SOURCES]
    return Fetcher("EUR", sources, web, deadline=deadline)  # type: ignore[arg-type]


def used(report: Report) -> list[str]:
    return [said.source for said in report.used]


def test_all_sources_are_asked_once_each_with_a_deadline(web: FakeWeb) -> None:
    report = fetcher(web).fetch()
    assert used(report) == list(SOURCES)
    assert report.ignored == ()
    assert report.price == (price("coinbase") + price("bitstamp")) / 2
    assert sorted(call[1] for call in web.calls) == sorted(source.address("EUR") for source in SOURCES.values())
    assert {(method, timeout) for method, _, _, timeout in web.calls} == {("GET", 4)}


def test_where_there_is_no_thread_to_ask_in_nobody_says_anything(web: FakeWeb) -> None:
    with none_left():
        report = fetcher(web).fetch()
    assert used(report) == []
    assert [it.source for it in report.ignored] == list(SOURCES)
    assert "can't start new thread" in str(report.ignored[0])
    assert used(fetcher(web).fetch()) == list(SOURCES)


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("nonsense", "is not a"),
        ("0", "cannot be"),
        ("-57000", "not a decimal text|cannot be"),
        ("40000", "too far off"),
        ("74200", "too far off"),
        (ok(b""), "does not answer in JSON"),
        (ok(b"{}"), "no price in EUR"),
        (Reply(404, {}, b"<html>"), "HTTP 404"),
        (Reply(302, {}, b""), "HTTP 302"),
        (TransportError("ConnectionError"), r"cannot be reached \(ConnectionError\)"),
        (TransportTimeout("no whole answer"), "does not answer within 4 s"),
    ],
    ids=str,
)
def test_a_source_that_is_wrong_is_ignored_and_named(
    web: FakeWeb, caplog: pytest.LogCaptureFixture, name: str, answer: str | Reply | Exception, reason: str
) -> None:
    if isinstance(answer, str):
        raw = '"nonsense"' if answer == "nonsense" else dressed(name, answer)
        web.answers[name] = ok(saying(name, raw))
    else:
        web.answers[name] = answer
    report = fetcher(web).fetch()
    assert used(report) == [other for other in SOURCES if other != name]
    [ignored] = report.ignored
    assert ignored.source == name
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    for text in (str(ignored), record.getMessage()):
        assert name in text
        assert re.search(reason, text)


def test_a_source_in_its_wrong_dress_is_ignored(web: FakeWeb) -> None:
    web.answers["kraken"] = ok(saying("kraken", "57000"))
    web.answers["bitpay"] = ok(saying("bitpay", '"57000"'))
    assert [ignored.source for ignored in fetcher(web).fetch().ignored] == ["kraken", "bitpay"]


def test_the_log_speaks_when_a_state_changes_and_not_each_minute(
    web: FakeWeb, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    asking = fetcher(web)
    for digits in ("80000", "80001", "80002"):
        web.say("kraken", digits)
        asking.fetch()
    assert len(caplog.records) == 1
    web.answers["kraken"] = TransportError("ConnectionError")
    asking.fetch()
    assert len(caplog.records) == 2
    web.say("kraken", "57000")
    asking.fetch()
    asking.fetch()
    assert [record.getMessage() for record in caplog.records[2:]] == ["rate: kraken is used again"]


def test_two_that_disagree_are_both_ignored(web: FakeWeb) -> None:
    web.say("kraken", "74000")
    report = fetcher(web, "kraken", "coinbase").fetch()
    assert (used(report), [ignored.source for ignored in report.ignored]) == ([], ["kraken", "coinbase"])


def test_one_that_is_left_of_two_is_too_few(web: FakeWeb) -> None:
    web.answers["kraken"] = TransportError("ConnectionError")
    report = fetcher(web, "kraken", "coinbase").fetch()
    assert used(report) == []
    assert {ignored.source for ignored in report.ignored} == {"kraken", "coinbase"}


def test_one_that_the_owner_named_alone_is_believed(web: FakeWeb) -> None:
    web.say("kraken", "74000")
    assert fetcher(web, "kraken").fetch().price == Decimal(74000)


def test_a_name_that_is_looked_up_for_ever_holds_up_nobody(web: FakeWeb) -> None:
    over = Event()

    def stuck() -> Reply:
        over.wait(30)
        return ok(b"")

    web.answers["kraken"] = stuck
    report = fetcher(web, deadline=1).fetch()
    over.set()
    assert used(report) == [name for name in SOURCES if name != "kraken"]
    assert str(report.ignored[0]) == "kraken does not answer within 1 s"


def test_a_mistake_of_ours_is_not_taken_for_a_source_that_is_down(web: FakeWeb) -> None:
    del web.answers["kraken"]
    with pytest.raises(KeyError):
        fetcher(web).fetch()
