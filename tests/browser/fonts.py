"""The fonts of the browsers in the tests: the same on every machine, whatever else is installed there.

A bare Linux has DejaVu and nothing else, and no page meets a wider font: it is what the browsers have here. Most other
machines have one as narrow as Liberation Sans, which a page can be made to wear. Arabic is in DejaVu's hand on both.
"""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

WIDE, NARROW = "DejaVu Sans", "Liberation Sans"
NO_FONTS = "There is no {}. Install both fonts (Debian: apt-get install fonts-dejavu-core fonts-liberation)."
# The stock of aliases is left out: by it a page that names Arial would be given Liberation.
_MACHINE = f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>/usr/local/share/fonts</dir>
  <dir prefix="xdg">fonts</dir>
  <dir>~/.fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <selectfont>
    <rejectfont><pattern><patelt name="scalable"><bool>true</bool></patelt></pattern></rejectfont>
    <rejectfont><pattern><patelt name="scalable"><bool>false</bool></patelt></pattern></rejectfont>
    <acceptfont>
      <pattern>
        <patelt name="family"><string>{WIDE}</string></patelt>
        <patelt name="width"><int>100</int></patelt>
      </pattern>
      <pattern><patelt name="family"><string>{NARROW}</string></patelt></pattern>
      <pattern><patelt name="family"><string>DejaVu Sans Mono</string></patelt></pattern>
    </acceptfont>
  </selectfont>
  <alias><family>sans-serif</family><prefer><family>{WIDE}</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
"""
# As a sheet of the browser's user, it goes before those of the page.
_WEAR = """(family) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`html { font-family: "${family}", sans-serif !important; }`);
    document.adoptedStyleSheets = [sheet];
}"""
# One call, as each takes longer than a page takes to be laid out.
_IN_EACH = f"(families) => families.map((it) => {{ ({_WEAR})(it); return CALL; }})"
# How wide a digit is, in a hundredth of its size, in the font that a page's family stands for.
_WIDTH = """(family) => {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `100px ${family}`;
    return Math.round(pen.measureText("0").width);
}"""
_WIDTHS = {WIDE: 64, NARROW: 56}


def machine(folder: Path) -> dict[str, str]:
    """Write down what a bare machine has, and return the environment of a browser on it."""
    file = folder / "fonts.conf"
    file.write_text(_MACHINE)
    return {"FONTCONFIG_FILE": str(file)}


def missing(browser: Browser) -> list[str]:
    """Return those of the fonts that this machine has not."""
    with browser.new_context() as context:
        page = context.new_page()
        drawn_in = {family: page.evaluate(_WIDTH, f'"{family}", monospace') for family in _WIDTHS}
        drawn_in[WIDE] = page.evaluate(_WIDTH, "Arial, system-ui, sans-serif")
    return [family for family, width in _WIDTHS.items() if drawn_in[family] != width]


def wear(page: Page, family: str) -> None:
    """Set a page that is shown in another font, as another machine would have done from the start."""
    page.evaluate(_WEAR, family)


def call(script: str) -> str:
    """Return a script's function as it is called within another script."""
    return "(" + script.rstrip(" ;\n") + ")()"


def seen_in(page: Page, families: list[str], script: str) -> dict[str, Any]:
    """Run a script in a page that is shown in one font after the other, and return what it found in each."""
    return dict(zip(families, page.evaluate(_IN_EACH.replace("CALL", call(script)), families), strict=True))


def wear_from_the_start(context: BrowserContext, family: str) -> None:
    """Load all pages from now on in another font."""
    context.add_init_script(f"({_WEAR})('{family}')")
