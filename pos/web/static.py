"""The static files: under an address that names their content, compressed, and kept by browsers for a year.

Scripts import each other by relative addresses, so one version stands for the whole folder: `/static/<version>/...`.
There is no build step: what is served is made when the till starts.
"""

import gzip
import os
import posixpath
import re
import shutil
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from wsgiref.headers import Headers

from flask import Flask, abort, current_app, redirect, url_for
from flask.typing import ResponseReturnValue
from whitenoise import WhiteNoise
from whitenoise.responders import StaticFile

from pos.web.context import current_shop
from pos.web.headers import PROTECTION

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

YEAR_SECONDS = 365 * 24 * 60 * 60
# How many versions are kept: a page from before the last few updates still gets the files that it was made for.
KEPT = 5
# What a module cannot run without. What it imports later, when somebody presses something, stands within a line.
IMPORT = re.compile(r"^import [^'\"]*['\"](\.[^'\"]+)['\"];", re.MULTILINE)
INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
# A comment that has its lines for itself.
COMMENT = re.compile(r"^[ \t]*(?:/\*(?:(?!\*/).)*\*/|//[^\n]*)[ \t]*$", re.MULTILINE | re.DOTALL)
# The spaces of a style that are there for whoever reads it: after the name of a property, after a comma on a line that
# quotes nothing, and where a line ends beside a sign that says all there is to say.
NAMED = re.compile(r"^([a-z-]+): ", re.MULTILINE)
UNQUOTED = re.compile(r"^[^\"'\n]+$", re.MULTILINE)
LINE_END = re.compile(r"(?<=[;{},(])\n+|\n+(?=\))|^\n+| (?=\{\n)")


class _Static(WhiteNoise):  # type: ignore[misc]
    """Looks at a file when it is first asked for: a till that starts does not wait for that."""

    FOREVER = YEAR_SECONDS

    def __init__(self, application: "WSGIApplication") -> None:
        super().__init__(
            application,
            autorefresh=True,
            # Where an address names no version, it is asked again each time whether something changed.
            max_age=0,
            allow_all_origins=False,
            immutable_file_test=r"^/static/[0-9a-f]{12}/",
            add_headers_function=_protect,
        )

    def find_file(self, url: str) -> StaticFile | None:
        if url not in self.files and (found := super().find_file(url)):
            self.files[url] = found
        return self.files.get(url)


def init_app(app: Flask, source: Path, shelf: Path) -> None:
    """Serve the files of the folder `source`, and those of its earlier versions that are still on the shelf.

    A page that a browser has from before an update asks for the files of then:
    - mostly it gets them: old script goes on with old style. What is new it never takes into itself, as turn_page.js
      loads a page of another version as a whole;
    - where this till has never had that version, or not for long, it is led to the files of now. It is led there
      again the next time: nothing under an old address is kept by the browser unless it is what the address names.
    An address without any version answers with the files of now, too, and they are asked for again each time.
    """
    version, files = _load(source)
    _publish(files, shelf / version)
    _forget_old(shelf)
    static = _Static(app.wsgi_app)
    static.add_files(shelf / version, prefix="/static/")
    static.add_files(shelf, prefix="/static/")
    app.wsgi_app = static  # type: ignore[method-assign]
    app.extensions["static_version"] = version
    # What is asked for is answered before it comes to these: the first is for `url_for`.
    app.add_url_rule(f"/static/{version}/<path:filename>", "static", _missing)
    app.add_url_rule("/static/<string(length=12):_version>/<path:filename>", "static_moved", _moved)
    app.jinja_env.globals["with_imports"] = cache(partial(_with_imports, files))


def running_version() -> str:
    """Name the version of the till that runs, with that of its static files and the office's settings.

    A page of another one is out of date.
    """
    till, settings = current_app.jinja_env.globals["till_version"], current_shop().settings.version
    return f"{till}-{current_app.extensions['static_version']}" + (f"-{settings}" if settings else "")


@cache
def _load(source: Path) -> tuple[str, dict[str, bytes]]:
    """Read a folder: its version, and its files by name, each once more in gzip.

    Not in Brotli: browsers take that over https alone, and most shops have none in their own network.
    Pages are not compressed at all: they hold tokens, and of those something is given away by the length of an answer
    that is packed together with what others may write there, such as a memo (BREACH).
    """
    files = {file.relative_to(source).as_posix(): _for_browsers(file) for file in sorted(source.rglob("*.*"))}
    digest = sha256()
    for name, content in files.items():
        digest.update(b"%s\0%d\0%s" % (name.encode(), len(content), content))
    zipped = {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in files.items()}
    return digest.hexdigest()[:12], files | zipped


def _for_browsers(file: Path) -> bytes:
    """Leave out what is for whoever reads the source: a quarter of what a page weighs.

    The lines of a script keep their numbers, which stand in what a browser complains about.
    """
    code = COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), file.read_text())
    code = INDENT.sub("", code)
    return (_packed(code) if file.suffix == ".css" else code).encode()


def _packed(style: str) -> str:
    style = UNQUOTED.sub(lambda line: line[0].replace(", ", ","), NAMED.sub(r"\1:", style))
    return LINE_END.sub("", style).replace(";}", "}")


def _publish(files: dict[str, bytes], folder: Path) -> None:
    """Lay the files out where WhiteNoise serves them from, unless they are there already, and whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    if _holds(folder, files):
        # The newest is forgotten last.
        os.utime(folder)
        return
    shutil.rmtree(folder, ignore_errors=True)
    with TemporaryDirectory(dir=folder.parent.parent, prefix="static-") as making:
        made = Path(making) / folder.name
        for name, content in files.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(content)
        try:
            made.rename(folder)
        except OSError:
            # Another process of this till may have been faster.
            if not _holds(folder, files):
                raise


def _holds(folder: Path, files: dict[str, bytes]) -> bool:
    """Compare what is in the files: after a power cut they may be there and empty."""
    try:
        return all(_read(f"{folder}/{name}") == content for name, content in files.items())
    except FileNotFoundError:
        return False


def _read(path: str) -> bytes:
    # All files are read at each start. A `Path` of each would take as long as its file.
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - see above
        return file.readall()


def _forget_old(shelf: Path) -> None:
    for old in sorted(shelf.iterdir(), key=lambda folder: folder.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def _with_imports(files: dict[str, bytes], *names: str) -> tuple[str, ...]:
    """Name modules and what they import, and what that imports: each once, and the nearest first."""
    found = list(names)
    for module in found:
        found += [it for it in _imported(module, files[module]) if it not in found]
    return tuple(found)


@cache
def _imported(module: str, script: bytes) -> tuple[str, ...]:
    """Name what a module imports itself, each once."""
    folder = posixpath.dirname(module)
    paths = IMPORT.findall(script.decode())
    return tuple(dict.fromkeys(posixpath.normpath(posixpath.join(folder, path)) for path in paths))


def _protect(headers: Headers, _path: str, _url: str) -> None:
    for name, value in PROTECTION.items():
        headers[name] = value


def _missing(**_address: str) -> ResponseReturnValue:
    abort(404)


def _moved(_version: str, filename: str) -> ResponseReturnValue:
    return redirect(url_for("static", filename=filename))
