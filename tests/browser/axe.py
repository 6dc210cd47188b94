"""Axe, which looks a page over as it is for people who see little or nothing, or who use no mouse."""

from collections.abc import Iterable
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize

OTHER_COLOURS: tuple[tuple[Literal["light", "dark"], Literal["no-preference", "more"]], ...] = (
    ("dark", "no-preference"),
    ("light", "more"),
    ("dark", "more"),
)
# All that it finds is nothing but what is wrong: the rest of its report is large, and takes longer than the looking.
_RUN = """async (options) => {
    const { violations } = await axe.run({ resultTypes: ["violations"], ...options });
    return violations.map(({ id, help, nodes }) => [id, help, ...nodes.map((it) => `${it.html} ${it.failureSummary}`)]);
}"""
# Faces that blend into the page for who needs more contrast: none of them has an edge.
_EDGELESS = """() => [...document.querySelectorAll(`
    .ticket, .tape, .field, .keys button, .tile > span, .qr, .button, .band, .card:not(.actions), .sheet,
    .chips, .recent-memos .chip, .all-sales, #recents a, .typed-amount, .units, .roll, .said ul, .slip`)]
    .filter((it) => it.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((it) => {
        const { borderTopWidth, borderTopColor, outlineStyle, outlineWidth, boxShadow } = getComputedStyle(it);
        const isDrawn = parseFloat(borderTopWidth) >= 2 && !/^rgba.* 0[)]$/.test(borderTopColor);
        return !isDrawn && (outlineStyle === 'none' || parseFloat(outlineWidth) < 2) && !/inset$/.test(boxShadow);
    })
    .map((it) => ['no edge', it.outerHTML.slice(0, 120)])"""
# What there is to see or to hear of each element, and whether it is somewhere: to all rules but the few that look at
# colours and places, a page in which this is the same is the same page.
_SHOWN = """() => [...document.querySelectorAll('*')].map((it) => {
    const { clip, clipPath } = getComputedStyle(it);
    const { width, height, right, bottom } = it.getBoundingClientRect();
    const words = ['::before', '::after'].map((part) => getComputedStyle(it, part).content);
    const isSeen = it.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    return [isSeen, clip, clipPath, width > 0 && height > 0, right > 0, bottom + scrollY > 0, ...words].join();
}).join('|')"""
_COLOURS = ["color-contrast", "link-in-text-block"]
# Those that ask where something lies, how large it is, or whether there is more of it than is shown.
_PLACES = ["scrollable-region-focusable", "skip-link", "region", "target-size", "aria-hidden-focus", "bypass"]


def found_by_axe(page: Page, sizes: Iterable[ViewportSize]) -> dict[str, list[list[str]]]:
    """Look a page over as it is shown in some sizes, and return what is wrong. It must let scripts of others in."""
    wrong, known = {}, set()
    for size in sizes:
        page.set_viewport_size(size)
        shown = page.evaluate(_SHOWN)
        wrong[f"axe, {size['width']}x{size['height']}"] = _run(page, _COLOURS + _PLACES if shown in known else None)
        known.add(shown)
    return wrong


def found_in_other_colours(page: Page) -> dict[str, list[list[str]]]:
    """Look at a page's colours by night, and for who needs more contrast: nothing else differs there.

    The page is left as it is in the last of them. By day without more contrast is how it is shown by itself.
    """
    wrong = {}
    for scheme, contrast in OTHER_COLOURS:
        page.emulate_media(color_scheme=scheme, contrast=contrast)
        wrong[f"{scheme}, {contrast}"] = _run(page, _COLOURS) + (page.evaluate(_EDGELESS) if contrast == "more" else [])
    return wrong


def _run(page: Page, rules: list[str] | None) -> list[list[str]]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options: dict[str, Any] = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    found: list[list[str]] = page.evaluate(_RUN, options)
    return found
