"""The first load of a page in a real browser that has nothing in its cache: requests, bytes, first paint."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Browser, sync_playwright

# The first has no windows that nobody sees: a page costs it a quarter.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_VISITS = 5
# What a script fetches is no part of the first load: the pay page goes on to ask about its charge. The paint is
# waited for here, as Playwright's own waiting would need `eval`, which the pages forbid.
_ENTRIES = """async () => {
  const [paint] = await new Promise((seen) => {
    const look = (list) => list.getEntriesByName("first-contentful-paint");
    new PerformanceObserver((list) => look(list).length && seen(look(list))).observe({type: "paint", buffered: true});
  });
  const [page] = performance.getEntriesByType("navigation");
  const first = [page, ...performance.getEntriesByType("resource")]
    .filter(({name, initiatorType}) => name.startsWith("http") && initiatorType !== "fetch");
  const size = first.reduce((sum, {encodedBodySize}) => sum + encodedBodySize, 0);
  // Module scripts have run by then: whatever is pressed does what it says.
  return [first.length, size, paint.startTime, page.domContentLoadedEventEnd];
}"""


@dataclass(frozen=True, slots=True)
class Visit:
    """What one load took: `paint_ms` until the first contentful paint, `usable_ms` until its scripts have run."""

    requests: int
    size: int
    paint_ms: float
    usable_ms: float

    def __str__(self) -> str:
        times = f"first contentful paint after {self.paint_ms:.0f} ms, usable after {self.usable_ms:.0f} ms"
        return f"{self.requests} requests, {self.size / 1000:.1f} kB, {times}"


@contextmanager
def browsing() -> Iterator[Browser]:
    """Start the system's Chromium, or the one that Playwright brought, for as long as the block runs."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_ARGS)
        try:
            yield browser
        finally:
            browser.close()


def visit(browser: Browser, url: str, slowdown: int = 1) -> Visit:
    """Load a page several times, each time as a new visitor; the times are medians.

    `slowdown` is by how much slower a processor the browser plays.
    """
    visits = [_visit(browser, url, slowdown) for _ in range(_VISITS)]
    paint, usable = (median(getattr(each, time) for each in visits) for time in ("paint_ms", "usable_ms"))
    return Visit(visits[0].requests, visits[0].size, paint, usable)


def _visit(browser: Browser, url: str, slowdown: int) -> Visit:
    context = browser.new_context()
    try:
        page = context.new_page()
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
        page.goto(url)
        return Visit(*page.evaluate(_ENTRIES))
    finally:
        context.close()
