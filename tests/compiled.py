"""What is compiled once for all tests: each has a till of its own, of the same pages and with the same questions."""

import os
from collections.abc import MutableMapping
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, ClassVar

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState
from flask.templating import DispatchingJinjaLoader
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Map, Rule
from werkzeug.routing.matcher import StateMachineMatcher

from pos.services import pins
from pos.store import engine
from pos.web import static
from tests.kept_connections import KeptConnection

# Twice as many as all statements of the till on both databases.
_MOST_STATEMENTS = 2000


class Templates(BytecodeCache):
    """Keeps what a template was compiled to."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        # The key is of a template's name and file, the checksum of its source.
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


_rules: dict[tuple[object, ...], Rule] = {}


def rule(string: str, **options: Any) -> Rule:
    """Return what an address of a page was taken apart to: most of what a till of a test costs."""
    key = (string, *((name, str(sorted(it) if isinstance(it, set) else it)) for name, it in options.items()))
    if key not in _rules:
        _rules[key] = Rule(string, **options)
    return _rules[key]


class Routes(Map):
    """The addresses of a till, which are laid out once for all tills that have the same."""

    # Which lie where does not depend on a till, nor do the rules, which the first one binds.
    _kept: ClassVar[dict[tuple[int, ...], tuple[StateMachineMatcher, dict[Any, list[Rule]]]]] = {}

    def __init__(self, *rules: Any, **options: Any) -> None:
        self._added: list[Rule] = []
        super().__init__(*rules, **options)

    def add(self, rulefactory: Any) -> None:
        if rulefactory.map is None:
            rulefactory.bind(self)
        self._added.append(rulefactory)
        self._remap = True

    @property
    def last(self) -> Rule:
        return self._added[-1]

    def update(self) -> None:
        if not self._remap:
            return
        key = tuple(map(id, self._added))
        if key not in self._kept:
            whole = Map()
            for it in self._added:
                whole._matcher.add(it)
                whole._rules_by_endpoint.setdefault(it.endpoint, []).append(it)
            whole.update()
            self._kept[key] = whole._matcher, whole._rules_by_endpoint
        self._matcher, self._rules_by_endpoint = self._kept[key]
        self._remap = False


class _Registered(BlueprintSetupState):
    """A part of a till whose addresses one till has been told, and each other is told at once."""

    _kept: ClassVar[dict[tuple[object, ...], Rule]] = {}

    def add_url_rule(self, rule: str, endpoint: str | None = None, view_func: Any = None, **options: Any) -> None:
        key = (self.name, self.url_prefix, rule, endpoint, view_func, str(options))
        if key not in self._kept:
            super().add_url_rule(rule, endpoint, view_func, **options)
            assert isinstance(self.app.url_map, Routes)
            self._kept[key] = self.app.url_map.last
            return
        self.app.url_map.add(self._kept[key])
        self.app.view_functions[self._kept[key].endpoint] = view_func


class Sources(DispatchingJinjaLoader):
    """Reads a template once, and not for each till."""

    _kept: ClassVar[dict[tuple[str, str, str], tuple[str, str | None, Any]]] = {}

    def get_source(self, environment: Any, template: str) -> tuple[str, str | None, Any]:
        key = (self.app.root_path, str(self.app.template_folder), template)
        if key not in self._kept:
            self._kept[key] = super().get_source(environment, template)
        return self._kept[key]


class Shelf:
    """Where the static files of all tills lie: what one found whole is not read again by the next."""

    def __init__(self) -> None:
        self._read = static._holds
        self._whole: set[str] = set()

    def __call__(self, folder: Path, files: dict[str, bytes]) -> bool:
        # Of its own a till has but a link to it. A test about the files has them in a folder that is no link.
        shared = folder.parent.is_symlink()
        if shared and os.path.realpath(folder) in self._whole:
            return True
        holds = self._read(folder, files)
        if shared and holds:
            self._whole.add(os.path.realpath(folder))
        return holds


class _Statements(DefaultDialect):
    """Keeps the SQL of a statement, which SQLAlchemy does for each engine anew.

    It looks for it by the dialect, too: one is as good as another of its kind that speaks to the same version.
    """

    _kept: ClassVar[MutableMapping[Any, Any]] = LRUCache(_MOST_STATEMENTS)

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine._compiled_cache = cls._kept

    def _kind(self) -> tuple[object, ...]:
        return type(self), self.server_version_info

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Statements) and self._kind() == other._kind()

    def __hash__(self) -> int:
        return hash(self._kind())


class SQLite(_Statements, SQLiteDialect_pysqlite):
    """The file."""

    supports_statement_cache = True


class PostgreSQL(_Statements, PGDialect_psycopg):
    """The server."""

    supports_statement_cache = True

    def do_close(self, connection: Any) -> None:
        if isinstance(connection, KeptConnection):
            connection.leave()
        else:
            connection.close()


def keep() -> None:
    """Let all tills of this process have what one of them has compiled."""
    Flask.jinja_options = {"bytecode_cache": Templates()}
    Flask.url_rule_class = staticmethod(rule)  # type: ignore[assignment]
    Flask.url_map_class = Routes
    Blueprint.make_setup_state = lambda *known: _Registered(*known)  # type: ignore[method-assign]
    Flask.create_global_jinja_loader = lambda app: Sources(app)  # type: ignore[method-assign, assignment]
    static._holds = Shelf()
    # The tills of the tests have one key, and their people the same few PINs: each takes a fiftieth of a second.
    pins.hash_secret_raw = cache(pins.hash_secret_raw)  # type: ignore[attr-defined]
    engine.Impatient = KeptConnection  # type: ignore[misc]
    registry.register("sqlite", __name__, SQLite.__name__)
    registry.register("postgresql.psycopg", __name__, PostgreSQL.__name__)
