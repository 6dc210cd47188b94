"""Figures as people type them: a keyboard writes those of its own script."""

import unicodedata


def plain_figures(text: str) -> str:
    """Return a text with the decimal figures of every script as 0 to 9. All else stays as it is."""
    return "".join([str(unicodedata.decimal(it, it)) for it in text])
