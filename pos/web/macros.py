"""The macros that every template has without importing them."""

from collections.abc import Callable
from functools import lru_cache

from flask import Flask, request
from markupsafe import Markup

from pos.web.i18n import language

Macro = Callable[..., Markup]

# Each with the macros in it that are written out once, and what these depend on besides their arguments: it is all that
# they may look at. What differs from page to page stands in the others.
_WRITTEN_ONCE: dict[str, dict[str, Callable[[], object]]] = {
    "_icons.html": {"icon": tuple, "mark": tuple},
    "_modules.html": {
        "script": lambda: request.script_root,
        "next_page": lambda: request.script_root,
        "installs": lambda: (request.script_root, language()),
    },
    "_parts.html": {"unsent": language, "outcome_word": language},
    "till/_keys.html": {"keys": language},
}
_WRITTEN_ANEW = {
    "_modules.html": ("reload", "stays_here", "goes_home", "left_alone", "lifeless"),
    "till/_sale.html": ("recent_sale",),
}
# A page has a dozen of them, in each language.
_MOST = 256


def init_app(app: Flask) -> None:
    """Let the templates of an app draw an icon, and name the scripts of a page."""
    # Jinja works out anew for each page what an import may use, which takes longer than most macros.
    for template, kept in _WRITTEN_ONCE.items():
        app.jinja_env.globals |= {name: written_once(_macro(app, template, name), on) for name, on in kept.items()}
    for template, names in _WRITTEN_ANEW.items():
        app.jinja_env.globals |= {name: _macro(app, template, name) for name in names}


def written_once(macro: Macro, depends_on: Callable[[], object]) -> Macro:
    """Return a macro that is written out once for the same arguments, and the same answer of `depends_on`."""

    @lru_cache(_MOST)
    def written(_circumstances: object, *arguments: object) -> Markup:
        return macro(*arguments)

    return lambda *arguments: written(depends_on(), *arguments)


def _macro(app: Flask, template: str, name: str) -> Macro:
    macro: Macro = getattr(app.jinja_env.get_template(template).module, name)
    return macro
