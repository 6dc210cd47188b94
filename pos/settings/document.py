"""Writes docs/settings.md from what is declared: `make settings`. Nothing about a single setting stands here."""

import sys
from collections.abc import Iterator
from inspect import getdoc

from pos.environment import Declaration, Group, declarations
from pos.settings import Settings
from pos.wallets.registry import WALLETS, wallet_module

_OPENING = """\
<!-- Made from the code by `make settings`: change what pos/settings and the wallets declare, not this page. -->
# Settings

In the environment or in `.env`; the environment goes first, and an empty setting is one that is not set. A bad setting
stops the start with its name, what is wrong and an example. A name that begins like a setting and is none is told in
the log, with the nearest one that there is.

In `.env` a value stands as it is, a `$` as well. One with a quote, or with a space and then a `#`, stands between
single quotes: `POS_SHOP_NAME='Bread # 1'`, in which `\\'` is a quote. A line that cannot be read stops the start, with
its number.

What an owner may change **in the office**, too, says so: `/office/settings`. There it holds at once, without a new
start; what is set here goes first.

A **secret** is never printed. It may stand in a file, as Docker's secrets do: `POS_API_TOKEN_FILE` in place of
`POS_API_TOKEN` is the path of that file. This makes a fresh one:

```
python3 -c "import secrets; print(secrets.token_urlsafe(24))"
```
"""
# In a cell of a table.
_BAR = r"\|"
_HEADING = """\
| name | default | example | what it is for |
|---|---|---|---|"""


def page() -> str:
    """Write the whole page: the till's own groups, then each wallet."""
    own = [_section(group.title, group) for group in Settings.__bases__ if issubclass(group, Group)]
    wallets = [_section(f"{group.title}: `POS_WALLET={name}`", group) for name, group in _wallets()]
    return "\n".join([_OPENING, *own, *wallets])


def _wallets() -> Iterator[tuple[str, type[Group]]]:
    for name in sorted(WALLETS):
        yield name, wallet_module(name).WalletSettings


def _section(title: str, group: type[Group]) -> str:
    """Write what a group declares itself; what it has from another group stands there."""
    inherited = {field for base in group.__bases__ for field in declarations(base)}
    rows = [_row(it) for field, it in declarations(group).items() if field not in inherited]
    table = [_HEADING, *rows, ""] if rows else []
    return "\n".join([f"## {title}\n", f"{getdoc(group)}\n", *table])


def _row(declared: Declaration) -> str:
    name = ", also ".join(f"`{name}`" for name in declared.names)
    cells = (name, _default(declared), _example(declared), _about(declared))
    return f"| {' | '.join(it.replace('|', _BAR) for it in cells)} |"


def _default(declared: Declaration) -> str:
    default = f"`{declared.default}`" if declared.default else "none"
    return f"{default}: {declared.unset}" if declared.unset else default


def _example(declared: Declaration) -> str:
    return f"`{declared.example}`" if isinstance(declared.example, str) else "a fresh one"


def _about(declared: Declaration) -> str:
    takes = getattr(declared.reader, "takes", "")
    further = [f"Takes {takes}."] if takes else []
    secret = ["**Secret.**"] if declared.secret else []
    office = ["**In the office.**"] if declared.office else []
    return " ".join([declared.about, *further, *secret, *office])


if __name__ == "__main__":
    sys.stdout.write(page())
