"""All scenes by their names, those of each file of this folder."""

from importlib import import_module
from pathlib import Path

from tests.browser.scenes.stage import SCENES as SCENES

for file in sorted(Path(__file__).parent.glob("[!_]*.py")):
    import_module(f"{__package__}.{file.stem}")
