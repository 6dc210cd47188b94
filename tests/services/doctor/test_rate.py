"""What the doctor says of what a bitcoin costs."""

from dataclasses import replace
from decimal import Decimal

from pos import create_app
from pos.rates import Fixed, Ignored, Report, SourcePrice
from pos.services.doctor import Verdict
from pos.settings import Settings
from pos.shop import Shop
from tests.command import run
from tests.fakes import NOON, FakeClock, FakeRates, FakeWallet
from tests.services.doctor.findings import findings


def with_report(shop: Shop, *prices: str, ignored: str = "") -> Shop:
    reported = tuple(SourcePrice(f"source{number}", Decimal(price)) for number, price in enumerate(prices))
    said = Report(reported, (Ignored("kraken", ignored),) if ignored else ())
    return replace(shop, rates=FakeRates(said=said))


def test_the_doctor_does_not_speak_of_rates_where_the_till_takes_sat_only(shop: Shop) -> None:
    assert "rate" not in findings(shop)


def test_the_doctor_says_what_a_bitcoin_costs_and_who_says_so(shop: Shop) -> None:
    finding = findings(with_report(shop, "50000.50", "50100", "50200"))["rate"]
    assert finding.verdict is Verdict.GOOD
    assert finding.sentence == "1 bitcoin is 50,100 EUR, the median of: source0, source1, source2."


def test_the_doctor_says_that_the_rate_is_the_shops_own(shop: Shop) -> None:
    finding = findings(replace(shop, rates=Fixed("EUR", Decimal(50_000), lambda: NOON)))["rate"]
    assert finding.sentence == "1 bitcoin is 50,000 EUR, from POS_RATE_FIXED."


def test_the_doctor_warns_of_a_source_that_is_ignored_and_says_why(shop: Shop) -> None:
    finding = findings(with_report(shop, "50000", "50000", ignored="answers HTTP 500"))["rate"]
    assert finding.verdict is Verdict.WARNING
    assert "1 bitcoin is 50,000 EUR" in finding.sentence
    assert "Ignored: kraken answers HTTP 500." in finding.sentence


def test_the_doctor_finds_that_too_few_sources_agree(shop: Shop) -> None:
    finding = findings(with_report(shop, ignored="answers HTTP 500"))["rate"]
    assert finding.verdict is Verdict.BAD
    assert "sat only: kraken answers HTTP 500." in finding.sentence


def test_sources_that_fail_alike_are_named_together(shop: Shop) -> None:
    ignored = tuple(Ignored(name, "cannot be reached", "no network") for name in ("kraken", "coinbase"))
    finding = findings(replace(shop, rates=FakeRates(said=Report((), ignored))))["rate"]
    assert "sat only: kraken, coinbase cannot be reached (no network)." in finding.sentence


def test_the_doctor_knows_the_shops_own_price(settings: Settings, wallet: FakeWallet, clock: FakeClock) -> None:
    own = replace(settings, currency="EUR", rate_fixed=Decimal(50_000))
    _, output = run(create_app(own, wallet=wallet, clock=clock), "doctor")
    assert "rate: 1 bitcoin is 50,000 EUR" in output
