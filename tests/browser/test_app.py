"""The till as an app on a device of the shop: it opens without a network, and nothing in it is from before."""

import re
import shutil
from collections.abc import Iterable
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from tests.browser.conftest import OpenTill
from tests.browser.people import PAID, LiveShop, Till
from tests.browser.test_till import add, tap, tape

# Resolves when a worker stands behind the page.
STANDS = """() => new Promise((done) => {
    const { serviceWorker } = navigator;
    const look = () => serviceWorker.controller && done();
    serviceWorker.addEventListener("controllerchange", look);
    look();
})"""
# Resolves when what was kept under this name is not there any more.
GONE = """(name) => new Promise((done) => {
    const look = async () => ((await caches.has(name)) ? setTimeout(look, 20) : done());
    look();
})"""
REGISTERED = "() => navigator.serviceWorker.getRegistrations().then((all) => all.length)"
OLD = "0123456789ab"


@pytest.fixture
def till(live: LiveShop, open_till: OpenTill) -> Till:
    """A tablet of the shop's own, on which its till was opened before."""
    till = open_till(live, workers=True, has_touch=True)
    till.open()
    till.page.evaluate(STANDS)
    return till


def no_connection(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("No connection")


def test_without_a_network_nothing_is_shown_that_may_not_be_so_any_more_and_what_was_typed_comes_back(
    till: Till,
) -> None:
    page = till.page
    assert page.context.new_cdp_session(page).send("Page.getAppManifest")["errors"] == []
    till.pay(till.sell(2100))
    till.shows(PAID)
    paid = page.url
    till.open()
    add(till, "5", "0")
    tap(till, "7")
    # The browser says of each request that it got no answer.
    till.may_fail("/")
    page.context.set_offline(True)
    page.reload()
    no_connection(page)
    expect(page.get_by_text("What was typed is kept.")).to_be_visible()
    expect(page.get_by_text("Paid already?")).to_be_hidden()
    page.goto(paid)
    no_connection(page)
    expect(page.get_by_text("Paid already? Do not pay again.")).to_be_visible()
    expect(page.get_by_text("What was typed is kept.")).to_be_hidden()
    # What is public is no page of the shop's own. In a window of its own: the browser leads to its own page after that.
    with pytest.raises(Error, match="net::ERR"):
        page.context.new_page().goto(f"{till.live.address}/tips")
    till.open()
    page.context.set_offline(False)
    expect(page.get_by_label("Amount")).to_have_value("7")
    expect(tape(till)).to_have_text(["50"])
    page.get_by_role("button", name="Charge").tap()
    till.asked()
    # What was sold is nothing that was typed.
    page.context.set_offline(True)
    till.open()
    no_connection(page)
    expect(page.get_by_text("What was typed is kept.")).to_be_hidden()


def test_a_proxy_whose_till_is_gone_is_no_till(till: Till) -> None:
    app = till.live.app
    answers = app.wsgi_app

    def gone(environ: Any, start_response: Any) -> Iterable[bytes]:
        return Response("Bad Gateway", 502, mimetype="text/html")(environ, start_response)

    till.may_fail("/")
    app.wsgi_app = gone  # type: ignore[method-assign]
    till.open("/screen/till")
    no_connection(till.page)
    app.wsgi_app = answers  # type: ignore[method-assign]
    expect(till.page.get_by_role("heading", level=1)).to_have_text("Welcome")


class Updated:
    """A shop that is of an older version until it `is_new`: its pages name other files, and another worker."""

    def __init__(self, live: LiveShop) -> None:
        shelf = live.shop.settings.var / "static"
        (self.version,) = (it.name for it in shelf.iterdir() if it.name != OLD)
        shutil.copytree(shelf / self.version, shelf / OLD, dirs_exist_ok=True)
        self.is_new = False
        self._shop = live.app.wsgi_app
        live.app.wsgi_app = self  # type: ignore[method-assign]

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        if self.is_new or environ["PATH_INFO"].startswith("/static/"):
            return self._shop(environ, start_response)
        answer = Response.from_app(self._shop, environ)
        if answer.mimetype in ("text/html", "text/javascript"):
            before = answer.get_data(as_text=True).replace(self.version, OLD)
            answer.set_data(
                re.sub(r"(service-worker.js\?language=en&amp;v=|lightning-till )\w{12}", rf"\g<1>{OLD}", before)
            )
        return answer(environ, start_response)


def test_an_update_is_there_within_one_visit(live: LiveShop, open_till: OpenTill) -> None:
    updated = Updated(live)
    till = open_till(live, workers=True)
    till.open()
    till.page.evaluate(STANDS)
    assert till.page.evaluate("caches.keys()") == [f"lightning-till {OLD}"]
    updated.is_new = True
    till.open()
    till.page.evaluate(GONE, f"lightning-till {OLD}")
    assert len(till.page.evaluate("caches.keys()")) == 1
    till.may_fail("/")
    till.page.context.set_offline(True)
    till.page.reload()
    no_connection(till.page)
    expect(till.page.locator("link[rel=stylesheet]")).to_have_attribute("href", re.compile(updated.version))


# Resolves with what becomes of the worker that the page wants; it may be at it already.
BECOMES = """async () => {
    const { worker } = document.querySelector("[rel=manifest]").dataset;
    const { installing, active } = await navigator.serviceWorker.register(worker, { updateViaCache: "all" });
    const it = installing ?? active;
    return new Promise((done) => {
        const look = () => ["activated", "redundant"].includes(it.state) && done(it.state);
        if (!it) return done("redundant");
        it.addEventListener("statechange", look);
        look();
    });
}"""


def test_what_is_not_the_tills_own_file_is_never_kept_as_one(live: LiveShop, open_till: OpenTill) -> None:
    answers, spoiled = live.app.wsgi_app, Response("Bad Gateway", 502)

    def proxy(environ: Any, start_response: Any) -> Iterable[bytes]:
        # No page needs it, but the one that is kept.
        is_spoiled = environ["PATH_INFO"].endswith("/js/offline.js")
        return (spoiled if is_spoiled else answers)(environ, start_response)

    live.app.wsgi_app = proxy  # type: ignore[method-assign]
    till = open_till(live, workers=True)
    till.may_fail("/js/offline.js")
    till.open()
    assert till.page.evaluate(BECOMES) == "redundant", "broken"
    spoiled = redirect("/healthz")
    till.open()
    assert till.page.evaluate(BECOMES) == "redundant", "led away"


def test_a_browser_that_takes_no_worker_says_nothing_of_it(live: LiveShop, open_till: OpenTill) -> None:
    till = open_till(live, workers=True)
    # As where the certificate is none that it knows.
    till.page.add_init_script("ServiceWorkerContainer.prototype.register = () => Promise.reject(new Error('refused'))")
    till.sell()


def test_a_device_on_which_nothing_can_be_kept_works_as_without_a_worker(till: Till) -> None:
    (worker,) = till.page.context.service_workers
    worker.evaluate("() => { caches.open = () => Promise.reject(new Error('the disk is full')); }")
    till.pay(till.sell(2100))
    till.shows(PAID)


def test_a_customer_gets_no_worker_from_what_is_public(live: LiveShop, open_till: OpenTill) -> None:
    customer = open_till(live, workers=True)
    for path in (f"/pay/{live.sells().id}", "/tips"):
        customer.open(path)
        expect(customer.page.locator("html[data-live]")).to_have_count(1)
        assert customer.page.evaluate(REGISTERED) == 0


# The browser offers to install the page. Tells whether that is taken in hand, and not said by the browser itself.
OFFERS = """() => {
    const event = new Event("beforeinstallprompt", { cancelable: true });
    event.prompt = () => { window.asked = true; };
    return !dispatchEvent(event);
}"""
PLACES = "() => [...document.querySelectorAll('main *')].map((it) => JSON.stringify(it.getBoundingClientRect())).join()"


def test_that_it_can_be_installed_is_told_until_somebody_has_heard_it_and_nothing_moves(till: Till) -> None:
    page = till.page
    hint = page.get_by_role("complementary", name="Install this till")
    before = page.evaluate(PLACES)
    page.wait_for_function(OFFERS)
    expect(hint).to_be_visible()
    assert page.evaluate(PLACES) == before
    # Who else sells at this till is told in the same place.
    shared = page.locator(".shared")
    shared.evaluate("it => { it.textContent = 'Not alone.'; }")
    expect(shared).to_be_visible()
    expect(hint).to_be_hidden()
    shared.evaluate("it => { it.textContent = ''; }")
    # What the browser says once more is no other hint.
    page.evaluate(OFFERS)
    hint.get_by_role("button", name="Install this till").tap()
    assert page.evaluate("window.asked")
    expect(hint).to_have_count(0)
    page.evaluate("delete localStorage.installHint")
    page.evaluate(OFFERS)
    hint.get_by_role("button", name="Do not show this again").tap()
    expect(hint).to_have_count(0)
    till.open()
    asked: list[str] = []
    page.on("request", lambda it: asked.append(it.url))
    page.wait_for_function(OFFERS)
    page.evaluate("fetch('/healthz')")
    assert [it for it in asked if "/install" in it.replace("/js/", "")] == []
