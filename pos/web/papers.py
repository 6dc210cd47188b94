"""What a receipt, or the report of a shift, is printed on: the width of a roll in mm, or a sheet.

It is named in the address, so that a till that prints by itself always has the same.
"""

from flask import request

_SHEET = "A4"
PAPERS = {_SHEET: "A4", "80": "80 mm", "58": "58 mm"}


def asked_paper() -> str:
    """Return which of them the address names; a sheet where it names none."""
    asked = request.args.get("paper", "")
    return asked if asked in PAPERS else _SHEET
