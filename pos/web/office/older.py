"""Where a page of a list starts that has the newest first, and goes on with what is older."""

from flask import request

# As much as a database takes for a number.
NEWEST = 2**63 - 1


def asked_before() -> int:
    """Return before which number the address asks for what there is; all of it, where it names none."""
    return max(0, min(request.args.get("before", NEWEST, type=int), NEWEST))
