"""What the scripts reckon without a document: static/js/lib, run by the browser that will run it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from pos.web.headers import MARK

STATIC = Path(__file__).parents[2] / "static"
HERE = "http://lib.test"
# What the server answers to a question, by its address: the status, and the body.
ANSWERS = {
    "/open": (200, '{"status": "open"}'),
    "/cancelled": (200, '{"status": "cancelled"}'),
    "/nothing": (200, "null"),
    "/welcome": (200, "<h1>Welcome to our wifi</h1>"),
    "/broken": (503, '{"status": "open"}'),
    "/not-ours": (200, '{"status": "open"}'),
}
OURS = {MARK: "0.0.0"}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """An empty page, in which the modules are there to be imported."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HERE).partition("?")[0]
        if path.startswith("/js/"):
            # A module that is not there is an error to who imports it, and nothing to wait for.
            module = STATIC / path.removeprefix("/")
            route.fulfill(path=module, content_type="text/javascript") if module.exists() else route.abort()
        else:
            status, body = ANSWERS.get(path, (200, "{}"))
            kind = "text/html" if path == "/" else "application/json"
            route.fulfill(
                status=status, body=body, headers={"content-type": kind, **({} if path == "/not-ours" else OURS)}
            )

    page = browser.new_page()
    page.route("**/*", answer)
    page.goto(HERE)
    yield page
    page.close()


def run(page: Page, module: str, script: str, *values: Any) -> Any:
    """Run a script that gets the module as `lib` and some values as `it`."""
    return page.evaluate(
        f"async (it) => {{ const lib = await import('/js/lib/{module}.js'); {script} }}", json.loads(json.dumps(values))
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00"),
        (-5, "0:00"),
        (0.2, "0:01"),
        (59, "0:59"),
        (59.1, "1:00"),
        (600, "10:00"),
        (3599, "59:59"),
        (3600, "1:00:00"),
        (36_061, "10:01:01"),
    ],
)
def test_the_time_left_is_written_in_whole_seconds_rounded_up(page: Page, seconds: float, text: str) -> None:
    assert run(page, "charge", "return lib.clock(it[0])", seconds) == text


@pytest.mark.parametrize(
    ("text", "key", "decimals", "after"),
    [
        ("", "5", 0, "5"),
        ("5", "00", 0, "500"),
        ("", "00", 0, "0"),
        ("0", "7", 0, "7"),
        ("12", "rub", 0, "1"),
        ("", "rub", 0, ""),
        ("12", "sign", 2, "12,"),
        ("", "sign", 2, "0,"),
        ("12,", "sign", 2, "12,"),
        ("12", "sign", 0, "12"),
        ("12,5", "00", 2, "12,50"),
        ("12,50", "7", 2, "12,50"),
        ("0,0", "5", 2, "0,05"),
        ("9" * 20, "9", 0, "9" * 20),
    ],
)
def test_a_key_of_the_pad_does_what_it_says(page: Page, text: str, key: str, decimals: int, after: str) -> None:
    assert run(page, "typing", "return lib.press(it[0], it[1], ',', it[2])", text, key, decimals) == after


@pytest.mark.parametrize(
    ("keys", "decimals", "typed"),
    [
        ("12.50", 2, "12,50"),
        ("12,50", 2, "12,50"),
        ("12.50", 0, "12.50"),
        ("0.50", 0, "0.50"),
        ("1.234,50", 2, "1,234,50"),
        ("12,505", 2, "12,505"),
        ("007", 2, "7"),
        ("9" * 21, 2, "9" * 20),
    ],
)
def test_of_what_real_keys_type_nothing_is_left_out_but_what_is_too_long(
    page: Page, keys: str, decimals: int, typed: str
) -> None:
    script = """
        const [keys, decimals] = it;
        const kinds = {'.': 'sign', ',': 'sign'};
        return keys.reduce((text, key) => lib.press(text, kinds[key] ?? key, ',', decimals, text + key), '');
    """
    assert run(page, "typing", script, list(keys), decimals) == typed


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", ""),
        ("999", "999"),
        ("9999", "9.999"),
        ("1234567", "1.234.567"),
        ("1234567,", "1.234.567,"),
        ("1234,5678", "1.234,5678"),
        ("1234.5", "1234.5"),
        ("1,234,567", "1,234,567"),
        ("5000 €", "5000 €"),
    ],
)
def test_what_is_typed_is_written_with_the_readers_sign_between_thousands_and_nothing_else_of_it_is_changed(
    page: Page, text: str, written: str
) -> None:
    assert run(page, "typing", "return lib.grouped(it[0], ',', '.')", text) == written


def scanned(page: Page, keys: str, pauses: list[int], before: str = "12") -> Any:
    """Press keys, and then Enter, with pauses in between, in milliseconds; return what the scanner says of that.

    Of the pauses the last is the one before Enter, the others are taken in turns.
    """
    script = """
        const hear = lib.scanner();
        const [keys, pauses, before] = it;
        let at = 1000;
        keys.forEach((key, place) => {
            if (place) at += pauses[(place - 1) % (pauses.length - 1)];
            hear(key, at, place ? 'the amount by now' : before);
        });
        return hear('Enter', at + pauses.at(-1), 'the amount by now') ?? null;
    """
    return run(page, "typing", script, list(keys), pauses, before)


@pytest.mark.parametrize(
    ("keys", "pauses"),
    [
        ("4006381333931", [5, 5]),
        ("01234565", [40, 40]),
        ("01234565", [100, 100]),
        ("036000291452", [105, 98, 101, 110]),
        # One key of it takes longer, or the last.
        ("4006381333931", [20, 20, 20, 20, 20, 300, 20, 20, 20, 20, 20, 20, 20]),
        ("4006381333931", [40, 300]),
        ("AB-123456", [60, 60]),
        ("123.456789.12", [60, 60]),
        ("100.00", [5, 5]),
    ],
)
def test_what_comes_faster_than_anybody_types_is_a_scan(page: Page, keys: str, pauses: list[int]) -> None:
    assert scanned(page, keys, pauses) == {"text": keys, "before": "12"}


@pytest.mark.parametrize(
    ("keys", "pauses"),
    [
        # Too short.
        ("12345", [5, 5]),
        ("4200", [60, 60]),
        ("", [5, 5]),
        # Typed by a fast hand: one that goes to Enter, or that types an amount as amounts are.
        ("125000", [90, 80, 110, 250]),
        ("1250000", [150, 130, 160]),
        ("100.00", [30, 30]),
        ("1250,50", [90, 90]),
        ("١٢٥٠٫٥٠", [90, 90]),
    ],
)
def test_what_somebody_types_or_is_too_short_is_none(page: Page, keys: str, pauses: list[int]) -> None:
    assert scanned(page, keys, pauses) is None


def test_a_scan_begins_where_somebody_had_stopped_typing(page: Page) -> None:
    script = """
        const hear = lib.scanner();
        let at = 0;
        const type = (keys, pause, value) => {
            for (const key of keys) hear(key, at += pause, value);
            return hear('Enter', at += pause, value) ?? null;
        };
        hear('9', 0, '');
        at = 500;
        const first = type('4006381333931', 20, '9');
        const second = type('4006381333931', 20, '7');
        // A finger that stays on a key, or takes one back, is no scanner.
        return [first.before, second.before, type(['1', 'Repeat', 'Repeat', ...'500000'.slice(2)], 33, '')];
    """
    assert run(page, "typing", script) == ["9", "7", None]


def test_a_kiosk_remembers_each_charge_once_and_forgets_it(page: Page) -> None:
    script = """
        const kept = new Map();
        const store = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
        const seen = [lib.left(store)];
        for (const page of ['/a', '/b', '/a']) lib.remember(store, { page, ask: `${page}/status` });
        seen.push(lib.left(store).map((it) => it.page));
        lib.forget(store, '/b');
        seen.push(lib.left(store));
        // One that nobody will ever know about is not kept for weeks.
        for (let n = 0; n < 20; n += 1) lib.remember(store, { page: `/${n}`, ask: '' });
        return [...seen, lib.left(store).map((it) => it.page)];
    """
    first, second = {"page": "/a", "ask": "/a/status"}, [f"/{n}" for n in range(20)]
    assert run(page, "unseen_charges", script) == [[], ["/b", "/a"], [first], second]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/open", "open"), *((path, None) for path in ANSWERS if path != "/open")],
)
def test_only_a_charge_is_an_answer_about_a_charge(page: Page, path: str, status: str | None) -> None:
    script = """
        try {
            return (await lib.ask(it[0])).status;
        } catch (e) {
            if (!(e instanceof lib.NoAnswer)) throw e;
            return null;
        }
    """
    assert run(page, "charge", script, path) == status


def test_while_somebody_types_only_the_last_question_is_asked(page: Page) -> None:
    script = """
        const asked = [];
        const real = globalThis.fetch;
        globalThis.fetch = (url, options) => { asked.push(url); return real(url, options); };
        await new Promise((heard) => {
            const ask = lib.debounced(heard, async (question) => { await question(); return true; });
            for (const typed of ['/q?1', '/q?12', '/q?123']) ask(typed);
        });
        globalThis.fetch = real;
        return asked;
    """
    assert run(page, "typing", script) == ["/q?123"]


def test_an_answer_that_was_overtaken_does_not_count(page: Page) -> None:
    script = """
        const heard = [];
        const waiting = {};
        const real = globalThis.fetch;
        globalThis.fetch = (url) => new Promise((answer) => {
            const headers = { 'lightning-till': '0.0.0' };
            waiting[url] = () => answer(Response.json(url, { headers }));
        });
        const reach = async (question) => { await question(); return true; };
        const ask = lib.debounced((answer) => heard.push(answer), reach);
        const pause = () => new Promise((over) => { setTimeout(over); });
        const until = async (isSo) => { while (!isSo()) await pause(); };
        ask('/slow', 0);
        await until(() => waiting['/slow']);
        ask('/quick', 0);
        await until(() => waiting['/quick']);
        waiting['/quick']();
        await until(() => heard.length);
        waiting['/slow']();
        await pause();
        await pause();
        globalThis.fetch = real;
        return heard;
    """
    assert run(page, "typing", script) == ["/quick"]


def test_a_question_that_got_lost_is_asked_again_unless_there_is_a_later_one(page: Page) -> None:
    script = """
        const asked = [];
        const [fetch, timer] = [globalThis.fetch, globalThis.setTimeout];
        globalThis.setTimeout = (run) => timer(run);
        globalThis.fetch = async (url) => {
            asked.push(url);
            if (asked.length === 2) ask('/q?12');
            if (asked.length < 4) throw new TypeError('no network');
            return Response.json('figures', { headers: { 'lightning-till': '0.0.0' } });
        };
        let ask;
        const answer = await new Promise((done) => {
            const reach = (question) => question().then(() => true, () => false);
            ask = lib.debounced((...heard) => done(heard), reach);
            ask('/q?1');
        });
        [globalThis.fetch, globalThis.setTimeout] = [fetch, timer];
        return [answer, asked];
    """
    answer, asked = run(page, "typing", script)
    assert answer == ["figures", "/q?12"]
    assert asked == ["/q?1", "/q?1", "/q?12", "/q?12"]
