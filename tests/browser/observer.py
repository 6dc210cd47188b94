"""Somebody who sees all that the screens of a shop ever show, and holds each amount against what it has to be."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from playwright.sync_api import ConsoleMessage, Frame, Page

from pos.domain.charge import Charge
from pos.domain.money import SAT, Money, format_money
from tests.browser.people import LiveShop

# Notes what a page shows as often as it changes, in real time, whatever a test does to the page's own.
LOOK = """(() => {
    const every = setInterval.bind(window);
    const text = (it) => it?.textContent.replace(/\\s+/g, " ").trim() ?? "";
    // What comes in last may be half of itself, of which no script knows yet: it counts once something comes after it.
    function whole(it) {
        if (document.readyState !== "loading") return true;
        while (it && !it.nextSibling) it = it.parentNode;
        return Boolean(it);
    }
    const find = (selector) => [document.querySelector(selector)].find(whole);
    const all = (selector, read) => [...document.querySelectorAll(selector)].filter(whole).map(read);
    let before;
    function look() {
        const now = JSON.stringify({
            page: location.pathname,
            state: document.documentElement?.dataset.state ?? "",
            ours: document.readyState !== "complete" || Boolean(find("footer.version")),
            unit: find("[name=unit]:checked")?.value ?? "",
            // All of a tape that counts, of which its key and its worth tell.
            typed: all("form:has(#amount)", (it) => [...it.querySelectorAll("[name=line]:enabled, #amount")])
                .flat().map((it) => it.value),
            key: text(find(".charge b")),
            worth: text(find("#worth")),
            amounts: all(".asked .amount, .asked .other, .announcement .amount, .announcement .other", text),
            toasts: all(".toast", (it) => [it.pathname, text(it)]),
            rows: all("#recents a:has(em)", (it) => [it.pathname, text(it.querySelector("b")), text(it.lastChild)]),
        });
        if (now !== before) console.debug(before = now);
    }
    const all_of_it = {childList: true, subtree: true, attributes: true, characterData: true};
    new MutationObserver(look).observe(document, all_of_it);
    document.addEventListener("readystatechange", look);
    every(look, 50);
})()"""
# Outcomes of a sale in the list that say that money came.
MONEY_CAME = {"paid", "late", "less than asked", "more than asked"}


@dataclass
class Observer:
    """Looks at every page of a browser from its first moment on. The shop has a fixed rate, in sat per cent."""

    live: LiveShop
    sat_per_cent: int
    seen: list[dict[str, Any]] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        page.add_init_script(LOOK)
        page.on("console", self._note)
        page.on("framenavigated", self._went)
        page.on("response", lambda it: self.refused.append(it.url) if it.status >= 400 else None)

    def faults(self) -> list[str]:
        """Tell of each page that is not the shop's, of what it refused, and of each amount that is not the amount."""
        strange = [url for url in self.pages if not url.startswith(f"{self.live.address}/")]
        strange += [f"refused: {url}" for url in self.refused]
        return strange + [f"{fault}: {seen}" for seen in self.seen for fault in self._faults(seen)]

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "debug":
            self.seen.append(json.loads(message.text))

    def _went(self, frame: Frame) -> None:
        self.pages.append(frame.url)

    def _faults(self, seen: dict[str, Any]) -> Iterator[str]:
        face, _, name = seen["page"][1:].partition("/")
        if not seen["ours"]:
            yield "a page without the till's name"
        if seen["typed"]:
            yield from self._of_what_is_typed(seen)
        if face == "pay":
            charge = self.live.charge(name)
            if not set(seen["amounts"]) <= self._sums(charge):
                yield f"not what is asked: {self._sums(charge)}"
            if seen["state"] == "paid" and not charge.payment:
                yield "green, and nobody has paid"
        if face == "screen" and not any(set(seen["amounts"]) <= self._sums(charge) for charge in self._charges()):
            yield "nobody is asked for that"
        for address, text, *outcome in seen["rows"] + seen["toasts"]:
            charge = self.live.charge(address.rsplit("/", 1)[1])
            if format_money(charge.sale.total) not in text:
                yield f"another amount than {charge.sale.total}"
            if (not outcome or outcome[0] in MONEY_CAME) and not charge.payment:
                yield "told as paid, and nobody has paid"

    def _of_what_is_typed(self, seen: dict[str, Any]) -> Iterator[str]:
        minor = sum(int(Decimal(text or 0) * (1 if seen["unit"] == SAT else 100)) for text in seen["typed"])
        asked = Money(minor, seen["unit"])
        if seen["key"] not in ("", format_money(asked) if minor else ""):
            yield f"on the charge key is not {asked}"
        _, about, worth = seen["worth"].partition("≈ ")
        other = (
            Money(minor // self.sat_per_cent, "EUR") if asked.currency == SAT else Money(minor * self.sat_per_cent, SAT)
        )
        if about and worth != format_money(other):
            yield f"{asked} is not worth that"

    def _charges(self) -> list[Charge]:
        return self.live.shop.store.at_till("till", 0, 1000)

    def _sums(self, charge: Charge) -> set[str]:
        """All ways to write what a charge comes to."""
        assert charge.fiat
        worth = format_money(charge.fiat.total)
        return {format_money(Money(charge.amount_sat, SAT)), worth, f"≈ {worth}"}
