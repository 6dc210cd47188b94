"""The macros that every template has without importing them."""

from flask import Flask

_MACROS = {"_icons.html": ("icon", "mark"), "_modules.html": ("script", "next_page", "reload", "goes_home")}


def init_app(app: Flask) -> None:
    """Let the templates of an app draw an icon, and name the scripts of a page."""
    # Jinja works out anew for each page what an import may use, which takes longer than most macros.
    for template, names in _MACROS.items():
        module = app.jinja_env.get_template(template).module
        app.jinja_env.globals |= {name: getattr(module, name) for name in names}
