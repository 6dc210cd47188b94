"""Screens stay on while a shop waits for customers, wherever the browser lets a page ask for it."""

from pos.domain.jar import Jar
from pos.domain.money import SAT
from tests.browser.people import Till

# A browser that counts what it is asked for; the real one has no screen here.
COUNTING = """
  window.asked = 0;
  const lock = { released: false, release: async () => {} };
  Object.defineProperty(navigator, 'wakeLock', { value: { request: async () => (window.asked++, lock) } });
"""


def test_each_page_on_which_somebody_waits_keeps_its_screen_on(till: Till) -> None:
    till.page.add_init_script(COUNTING)
    till.live.shop.store.jars.add(Jar(name="hat", title="Hat", currency=SAT, live_token="key"))
    for path in ("/", "/kiosk", "/kiosk/rest", "/screen/till", "/tips/hat/live/key"):
        till.page.goto(f"{till.live.address}{path}")
        till.page.wait_for_function("window.asked === 1")
