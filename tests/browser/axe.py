"""Axe, which looks a page over as it is for people who see little or nothing, or who use no mouse."""

from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

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
_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def found_by_axe(page: Page) -> list[list[str]]:
    """Look a page over as it is shown, and return what is wrong with it. The page must let scripts of others in."""
    return _run(page, {})


def found_in_other_colours(page: Page) -> dict[str, list[list[str]]]:
    """Look at a page's colours by night, and for who needs more contrast: nothing else differs there.

    The page is left as it is in the last of them. By day without more contrast is how it is shown by itself.
    """
    wrong = {}
    for scheme, contrast in OTHER_COLOURS:
        page.emulate_media(color_scheme=scheme, contrast=contrast)
        wrong[f"{scheme}, {contrast}"] = _run(page, _COLOURS) + (page.evaluate(_EDGELESS) if contrast == "more" else [])
    return wrong


def _run(page: Page, options: dict[str, Any]) -> list[list[str]]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[list[str]] = page.evaluate(_RUN, options)
    return found
