"""What is compiled once for all tests: each has a till of its own, of the same pages and with the same questions."""

from collections.abc import MutableMapping
from types import CodeType
from typing import Any, ClassVar

from flask import Flask
from flask.templating import DispatchingJinjaLoader
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Map, Rule
from werkzeug.routing.matcher import State, StateMachineMatcher

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


class Route(Rule):
    """Keeps what an address of a page was taken apart to, and what builds it: most of what a till of a test costs."""

    _kept: ClassVar[dict[tuple[str, str], dict[str, Any]]] = {}
    _builders: ClassVar[dict[tuple[str, str, bool], Any]] = {}

    def compile(self) -> None:
        key = (self.rule, str(self.defaults))
        if key not in self._kept:
            super().compile()
            self._kept[key] = {name: getattr(self, name) for name in ("_parts", "_trace", "_converters", "arguments")}
            return
        vars(self).update(self._kept[key])
        self._build = self._compile_builder(False).__get__(self, None)
        self._build_unknown = self._compile_builder(True).__get__(self, None)

    def _compile_builder(self, append_unknown: bool = True) -> Any:
        key = (self.rule, str(self.defaults), append_unknown)
        if key not in self._builders:
            self._builders[key] = super()._compile_builder(append_unknown)
        return self._builders[key]


class _Matcher(StateMachineMatcher):
    """Makes no place for what has one: Werkzeug does for each part of each address, most of which begin alike."""

    def add(self, rule: Rule) -> None:
        state = self._root
        for part in rule._parts:
            if part.static:
                if part.content not in state.static:
                    state.static[part.content] = State()
                state = state.static[part.content]
                continue
            found = next((to for known, to in state.dynamic if known == part), None)
            if found is None:
                found = State()
                state.dynamic.append((part, found))
            state = found
        state.rules.append(rule)


class Routes(Map):
    """The addresses of a till."""

    def __init__(self, *rules: Any, **options: Any) -> None:
        super().__init__(*rules, **options)
        assert not self._rules
        self._matcher = _Matcher(self.merge_slashes)


class Sources(DispatchingJinjaLoader):
    """Reads a template once, and not for each till."""

    _kept: ClassVar[dict[tuple[str, str, str], tuple[str, str | None, Any]]] = {}

    def get_source(self, environment: Any, template: str) -> tuple[str, str | None, Any]:
        key = (self.app.root_path, str(self.app.template_folder), template)
        if key not in self._kept:
            self._kept[key] = super().get_source(environment, template)
        return self._kept[key]


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


def keep() -> None:
    """Let all tills of this process have what one of them has compiled."""
    Flask.jinja_options = {"bytecode_cache": Templates()}
    Flask.url_rule_class = Route
    Flask.url_map_class = Routes
    Flask.create_global_jinja_loader = lambda app: Sources(app)  # type: ignore[method-assign, assignment]
    registry.register("sqlite", __name__, SQLite.__name__)
    registry.register("postgresql.psycopg", __name__, PostgreSQL.__name__)
