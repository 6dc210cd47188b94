"""The files that a page is made of: where they are, for how long a browser keeps them, and what an update changes."""

import gzip
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pos.web import static

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

STATIC = Path(__file__).parents[2] / "static"
YEAR = "max-age=31536000, public, immutable"


@dataclass
class Release:
    """A till with the files of one version, before and after updates on the same machine."""

    folder: Path
    shelf: Path

    def start(self, number: int, **contents: str) -> Flask:
        """Start a version of the till, whose files are in a folder of their own as an update puts them there."""
        source = self.folder / str(number)
        source.mkdir()
        for name, content in contents.items():
            (source / (name if "." in name else f"{name}.js")).write_text(content)
        app = Flask(__name__, static_folder=None)
        static.init_app(app, source, self.shelf)
        return app


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return Release(tmp_path, tmp_path / "var/static")


def address(app: Flask, name: str = "pay.js") -> str:
    with app.test_request_context():
        return url_for("static", filename=name)


def get(app: Flask, path: str, **headers: str) -> TestResponse:
    """Get a file as a browser does, which hangs up afterwards."""
    answer = app.test_client().get(path, headers={"Accept-Encoding": "gzip", **headers})
    answer.get_data()
    answer.close()
    return answer


def files_of(client: FlaskClient, path: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/static/[^"]*)"', client.get(path).text)


@pytest.mark.parametrize("path", ["/", "/kiosk", "/kiosk/rest", "/tips", "/screen/till", "/language"])
def test_what_a_page_is_made_of_stays_in_the_browser_for_a_year(app: Flask, client: FlaskClient, path: str) -> None:
    for each in files_of(client, path):
        answer = get(app, each)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, YEAR), each


def test_a_file_comes_compressed_to_whoever_can_read_that(app: Flask) -> None:
    for file in sorted(STATIC.rglob("*.*")):
        path = address(app, file.relative_to(STATIC).as_posix())
        plain, zipped = get(app, path, **{"Accept-Encoding": ""}), get(app, path)
        if file.suffix == ".js":
            assert set(plain.text.splitlines()) <= {"", *map(str.strip, file.read_text().splitlines())}
        assert plain.content_encoding is None, file
        assert (gzip.decompress(zipped.data) if zipped.content_encoding else zipped.data) == plain.data
        assert len(zipped.data) < len(plain.data) or len(plain.data) < 200, file
        assert "Accept-Encoding" in plain.headers["Vary"], file
        assert plain.mimetype == {".css": "text/css", ".js": "text/javascript"}[file.suffix]


@pytest.mark.parametrize(
    ("source", "served"),
    [
        ("/* A key. */\nlet a;\n", "\nlet a;\n"),
        ("/* One\n   two */\nlet a;\n", "\n\nlet a;\n"),
        ("  // Why.\n  let a;\n", "\nlet a;\n"),
        ("/** What. */ let a;\n/* Why. */\nlet b;", "/** What. */ let a;\n\nlet b;"),
        ("let a = 'https://x'; // Why.\n", "let a = 'https://x'; // Why.\n"),
    ],
)
def test_what_a_source_tells_its_reader_is_not_sent_and_lines_keep_their_numbers(
    release: Release, source: str, served: str
) -> None:
    app = release.start(1, pay=source)
    assert get(app, address(app)).text == served


def in_words(style: str) -> str:
    """Write a style without its spaces and comments: what must be the same however it is sent."""
    bare = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    return re.sub(r"\s+", "", bare).replace(";}", "}")


def test_all_that_a_style_says_is_sent(app: Flask) -> None:
    for style in sorted(STATIC.rglob("*.css")):
        served = get(app, address(app, style.relative_to(STATIC).as_posix()), **{"Accept-Encoding": ""}).text
        assert in_words(served) == in_words(style.read_text()), style


@pytest.mark.parametrize(
    ("source", "served"),
    [
        ("a {\n  color: red;\n  --gap: 1rem;\n}\n", "a{color:red;--gap:1rem}"),
        ("a,\nb :focus {\n  margin: 0 auto;\n}\n\nc {\n}\n", "a,b :focus{margin:0 auto}c{}"),
        ("a {\n  grid: min(\n    0,\n    1fr\n  ) 2rem;\n}\n", "a{grid:min(0,1fr) 2rem}"),
        (
            "a, b {\n  margin: max(0, 1em) 0;\n  content: ', ' attr(b, c);\n}\n",
            "a,b{margin:max(0,1em) 0;content:', ' attr(b, c)}",
        ),
        ('a::after {\n  content: "x: { y";\n}\n', 'a::after{content:"x: { y"}'),
        ("/* Why. */\na {\n  /* And why. */\n  top: 0;\n}\n", "a{top:0}"),
    ],
)
def test_the_spaces_of_a_style_that_say_nothing_are_not_sent(release: Release, source: str, served: str) -> None:
    app = release.start(1, **{"pay.css": source})
    assert get(app, address(app, "pay.css")).text == served


@pytest.mark.parametrize("script", sorted(STATIC.rglob("*.js")), ids=lambda it: it.name)
def test_no_text_of_a_script_goes_over_lines_where_it_could_be_taken_for_a_comment(script: Path) -> None:
    assert [line for line in script.read_text().splitlines() if line.count("`") % 2] == []


def test_an_address_names_what_is_in_all_files(release: Release) -> None:
    first = release.start(1, pay="old", clock="tick")
    assert address(first) == address(release.start(2, pay="old", clock="tick"))
    for number, changed in enumerate(({"pay": "new", "clock": "tick"}, {"pay": "old", "clock": "tock"}), 3):
        assert address(first) != address(release.start(number, **changed))


def test_a_page_from_before_an_update_gets_the_files_that_it_was_made_for(release: Release) -> None:
    before = address(release.start(1, pay="old"))
    app = release.start(2, pay="new")
    assert (get(app, before).data, get(app, address(app)).data) == (b"old", b"new")
    assert get(app, before).headers["Cache-Control"] == YEAR


def test_a_version_that_this_till_never_had_leads_to_the_files_of_now_and_is_not_kept(release: Release) -> None:
    app = release.start(1, pay="new")
    answer = get(app, "/static/0123456789ab/pay.js")
    assert answer.location == address(app)
    assert answer.status_code == 302
    assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_an_address_without_a_version_has_the_files_of_now_and_is_asked_again_each_time(release: Release) -> None:
    app = release.start(1, pay="old")
    answer = get(app, "/static/pay.js")
    assert (answer.data, answer.headers["Cache-Control"]) == (b"old", "max-age=0, public")
    assert get(app, "/static/pay.js", **{"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_versions_of_long_ago_are_thrown_away_and_the_one_that_is_served_never_is(release: Release) -> None:
    addresses = [address(release.start(number, pay=f"{number}")) for number in range(static.KEPT + 2)]
    again = release.start(99, pay="2")
    assert len(list(release.shelf.iterdir())) == static.KEPT
    assert [get(again, path).status_code for path in addresses[:3]] == [302, 302, 200]


def test_files_that_a_power_cut_left_empty_are_made_again(release: Release) -> None:
    path = address(release.start(1, pay="old" * 99))
    for file in release.shelf.rglob("*.js*"):
        file.write_bytes(b"")
    assert gzip.decompress(get(release.start(2, pay="old" * 99), path).data) == b"old" * 99


@pytest.mark.parametrize("path", ["/static/nope.js", "/static/0123456789ab/nope.js", "/static/../pay.js"])
def test_what_is_not_there_is_not_found(release: Release, path: str) -> None:
    app = release.start(1, pay="new")
    answer = app.test_client().get(path, follow_redirects=True)
    assert answer.status_code == 404


def test_a_page_names_all_modules_that_its_script_needs(release: Release) -> None:
    app = release.start(
        1,
        pay="import { a } from './clock.js';\nimport './sound.js';\nfunction late() {\n  import('./rare.js');\n}\n",
        clock="import { b } from './sound.js';\n",
        sound="",
        rare="",
    )
    assert app.jinja_env.globals["with_imports"]("pay.js") == ("pay.js", "clock.js", "sound.js")  # type: ignore[operator]
