"""The SQL of a transform: read from beside its YAML, parsed, and what it promises about its columns."""

from __future__ import annotations

import logging
import os.path
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from headrace.config.composed import Composed
from headrace.config.consulted import Consulted
from headrace.config.excerpt import pointed
from headrace.config.nearest import suggestion
from headrace.config.sql_calls import calls
from headrace.config.sql_groups import misplaced
from headrace.config.sql_limits import MOST_BYTES, MOST_LEVELS, too_deep
from headrace.errors import ConfigError, Diagnostic, Place

_QUERY = "dataset.transform.query"
_FILE = "dataset.transform.file"
#: Functions that stand for a table and make it of their arguments alone.
TABLE_FUNCTIONS = frozenset(
    {"range", "generate_series", "unnest", "repeat", "repeat_row", "summary", "json_each", "json_tree"}
)
_LONGEST_NAME = 200
_PARAMETER = re.compile(r"\$[A-Za-z_]\w*")
_DUCKDB_LINE = re.compile(r"\nLINE (\d+): (.*)\n( *)\^")


@dataclass(frozen=True, slots=True)
class Table:
    """A table that a query reads, at an offset of the query's text."""

    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class Query:
    """What is known of a query without running it."""

    columns: tuple[str, ...] | None = None
    """Names of the result's columns; None where `*` or an unnamed expression leaves them open."""
    tables: tuple[Table, ...] = ()
    """Tables that are not defined in the query itself."""
    parameters: tuple[str, ...] = ()
    """Names after `$`: values that `parameters` gives."""
    problem: str = ""
    offset: int = 0
    """Where the problem shows in the text."""


def attach(
    composed: Composed, conf: Path, root: Path, consulted: Consulted | None = None
) -> tuple[Composed, tuple[Diagnostic, ...]]:
    """The same with `transform.file` read into `transform.query`, and the SQL file among the files.

    Problems are a file that is missing, unreadable or outside the configuration folder. Values that do not have the
    schema's shape are left for the schema to refuse.
    """
    try:
        return _attached(composed, conf, root, consulted or Consulted()), ()
    except ConfigError as error:
        return composed, error.diagnostics


def _attached(composed: Composed, conf: Path, root: Path, consulted: Consulted) -> Composed:
    dataset = composed.values.get("dataset")
    transform = dataset.get("transform") if isinstance(dataset, dict) else None
    name = transform.get("file") if isinstance(transform, dict) else None
    if not isinstance(dataset, dict) or not isinstance(transform, dict) or not isinstance(name, str):
        return composed
    if transform.get("query") is not None:
        raise ConfigError([_problem(composed, _QUERY, "`query` and `file` are both given", "delete one of them")])
    path = _path_beside(composed, conf, root, name, consulted)
    text = _text(composed, path)
    shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    return replace(
        composed,
        values={**composed.values, "dataset": {**dataset, "transform": {**transform, "query": _trimmed(text)}}},
        places={**composed.places, _QUERY: Place(shown, 1, 1)},
        files=(*composed.files, path),
        texts={**composed.texts, shown: text},
    )


def _problem(composed: Composed, path: str, message: str, remedy: str) -> Diagnostic:
    return composed.diagnostic("HR158", message, composed.place_of(path), remedy)


def _path_beside(composed: Composed, conf: Path, root: Path, name: str, consulted: Consulted) -> Path:
    """The SQL file: beside the YAML file that names it, or beside the dataset's where an override does."""
    places = [composed.places.get(path) for path in (_FILE, "dataset.transform.type", "dataset.sources")]
    file = next((place.file for place in places if place and place.line is not None), None)
    folder = (root / file).parent if file else conf / "dataset"
    path = folder / name
    if "\0" in name or len(name) > _LONGEST_NAME:
        raise ConfigError([_problem(composed, _FILE, "no file can be called so", "write the SQL file's name")])
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(conf)):
        message = f"`{name}` is outside the configuration folder"
        raise ConfigError([_problem(composed, _FILE, message, "put the SQL file beside the YAML file")])
    consulted.file(path)
    if not os.path.isfile(path):  # unlike Path, it says no to links that lead back to themselves
        consulted.folder(folder)
        shown = PurePosixPath(path.relative_to(root)) if path.is_relative_to(root) else path
        remedy = suggestion(name, [sql.name for sql in folder.glob("*.sql") if os.path.isfile(sql)]) or "add the file"
        raise ConfigError([_problem(composed, _FILE, f"there is no {shown}", remedy)])
    return path


def _text(composed: Composed, path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            message = f"{path.name} has {size:,} bytes: a query has at most {MOST_BYTES:,}"
            raise ConfigError([_problem(composed, _FILE, message, "keep data out of it")])
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError([_problem(composed, _FILE, f"{path.name} is not UTF-8", "save it as UTF-8")]) from None
    except OSError as error:
        message = f"{path.name} cannot be read: {error.strerror}"
        raise ConfigError([_problem(composed, _FILE, message, "check its permissions")]) from None


def _trimmed(text: str) -> str:
    """The query without what may not stand inside another: a final semicolon and what follows it."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        tokens = sqlglot.tokenize(text, read="duckdb")
    except (SqlglotError, RecursionError):
        return text.rstrip()
    while tokens and tokens[-1].token_type == sqlglot.TokenType.SEMICOLON:
        text = text[: tokens.pop().start]
    return text.rstrip()


@lru_cache(maxsize=256)
def understand(query: str) -> Query:
    """Parse a query for DuckDB. A pure function; remembered because pipelines share datasets."""
    return _too_much(query) or _understood(query)


def _too_much(query: str) -> Query | None:
    if len(query) > MOST_BYTES:
        return Query(problem=f"it has {len(query):,} characters, and may have {MOST_BYTES:,}")
    deep = too_deep(query)
    if deep is not None:
        return Query(problem=f"brackets or signs are nested more than {MOST_LEVELS} levels deep here", offset=deep)
    return None


def _understood(query: str) -> Query:
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    judged = _in_duckdbs_words(query)  # sqlglot also reads other dialects' SQL, and two commas in a row
    if judged.problem:
        return judged
    try:
        with _quiet():
            statements = [statement for statement in sqlglot.parse(query, read="duckdb") if statement is not None]
    except (SqlglotError, RecursionError):
        return judged
    if wrong := _no_single_select(statements):
        return Query(problem=wrong)
    statement = statements[0]
    gaps = list(statement.find_all(exp.Placeholder, exp.Parameter))
    for text in (gap.sql("duckdb") for gap in gaps):
        if not _PARAMETER.fullmatch(text):
            return Query(problem=f"{text} stands for a value that nobody gives", offset=max(0, query.find(text)))
    named = tuple(dict.fromkeys(gap.sql("duckdb")[1:] for gap in gaps))
    return Query(columns=_columns(statement), tables=tuple(_tables(statement)), parameters=named)


def _no_single_select(statements: list[Any]) -> str:
    from sqlglot import exp

    if len(statements) != 1:
        return f"{len(statements)} statements where one SELECT is expected"
    is_query = isinstance(statements[0], exp.Query | exp.Values | exp.Pivot | exp.Summarize | exp.Describe)
    return "" if is_query else "a transform is one SELECT; this statement is another"


@contextmanager
def _quiet() -> Iterator[None]:
    """sqlglot warns of statements that it does not know; they are refused below, or left to DuckDB."""
    logger = logging.getLogger("sqlglot")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _in_duckdbs_words(query: str) -> Query:
    """DuckDB decides what is SQL: what it accepts although sqlglot does not is fine, and stays unknown."""
    import duckdb

    try:
        duckdb.extract_statements(query)
    except duckdb.Error as error:
        message = str(error).splitlines()[0].removeprefix("Parser Error: ")
        match = _DUCKDB_LINE.search(str(error))
        if match is None:
            return Query(problem=message)
        lines = query.splitlines(keepends=True)
        number = int(match[1])
        column = max(0, len(match[3]) - len(f"LINE {number}: "))
        snippet = match[2].removeprefix("...").removesuffix("...")
        shift = max(0, lines[number - 1].find(snippet)) - (3 if match[2].startswith("...") else 0)
        return Query(problem=message, offset=sum(map(len, lines[: number - 1])) + max(0, shift + column))
    return Query()


def _columns(statement: Any) -> tuple[str, ...] | None:
    from sqlglot import exp

    while isinstance(statement, exp.Subquery | exp.SetOperation):
        if statement.args.get("by_name"):  # UNION BY NAME: the columns of both sides
            return None
        statement = statement.this
    if not isinstance(statement, exp.Select):
        return None
    # COLUMNS() and a recursive UNNEST become any number of columns, also under an alias.
    open_ended = (exp.Columns, exp.Unnest, exp.Explode)
    named = [item for item in statement.expressions if isinstance(item, exp.Alias | exp.Column) and not item.is_star]
    if len(named) < len(statement.expressions) or any(item.find(*open_ended) for item in named):
        return None
    names = tuple(item.alias_or_name for item in named)
    return names if all(names) else None


def _tables(statement: Any) -> Iterator[Table]:
    from sqlglot import exp

    inner = {cte.alias.casefold() for cte in statement.find_all(exp.CTE)}
    for table in statement.find_all(exp.Table):
        first = next((part for part in (*table.parts, table.this) if isinstance(part, exp.Identifier)), table.this)
        offset = int(first.meta.get("start", 0))
        if not isinstance(table.this, exp.Identifier):
            name = table.this.name if isinstance(table.this, exp.Anonymous) else table.this.sql_name()
            if name.casefold() not in TABLE_FUNCTIONS:
                yield Table(f"{name.lower()}(…)", offset)
        elif table.db:
            yield Table(f"{table.catalog}.{table.db}.{table.name}".lstrip("."), offset)
        elif table.name.casefold() not in inner:
            yield Table(table.name, offset)


def problems(composed: Composed, query: str, sources: list[str]) -> Iterator[Diagnostic]:
    """What is wrong with a query by itself: its syntax, and tables that are not sources."""
    known = understand(query)
    if known.problem:
        message = f"the SQL cannot be parsed: {known.problem}"
        yield at(composed, query, known.offset, "HR159", message, "correct the SQL")
    for wrong in misplaced(query) if not known.problem else ():
        yield at(composed, query, wrong.offset, "HR159", wrong.message, wrong.remedy)
    called = calls(query)
    outside = {call.offset for call in called if call.outside}
    folded = {source.casefold() for source in sources}
    for table in known.tables:
        if table.name.casefold() not in folded and table.offset not in outside:
            message = f"there is no source `{table.name}` to select from"
            yield at(composed, query, table.offset, "HR159", message, suggestion(table.name, sources))
    for call in called:
        if call.outside:
            message = f"`{call.name}` reads from outside: a transform sees its sources and nothing else"
            yield at(composed, query, call.offset, "HR187", message, "declare what it reads as a source")
        else:
            message = f"`{call.name}` answers otherwise in every run: equal data would give unequal tables"
            remedy = "use a column of the data; for chance, hash(…) of the columns that name a row"
            yield replace(at(composed, query, call.offset, "HR188", message, remedy), severity="warning")


def parameter_problems(composed: Composed, query: str, given: list[str]) -> Iterator[Diagnostic]:
    """Names after `$` that have no value, and values that no such name asks for."""
    known = understand(query)
    if known.problem:
        return
    for name in known.parameters:
        if name not in given:
            message = f"${name} stands for a value that nobody gives"
            remedy = suggestion(name, given) or f"give it one: parameters: {{{name}: …}}"
            yield at(composed, query, max(0, query.find(f"${name}")), "HR159", message, remedy)
    for name in given:
        if name not in known.parameters and not _unread(query):
            place = composed.key_of(f"dataset.transform.parameters.{name}")
            message = f"the SQL has no `${name}`"
            yield composed.diagnostic("HR159", message, place, suggestion(name, known.parameters) or "delete the line")


def _unread(query: str) -> bool:
    """Whether DuckDB takes the query and we cannot read it: then nothing is known of its names."""
    known = understand(query)
    return known.columns is None and not known.tables and not known.parameters and "$" in query


def at(composed: Composed, query: str, offset: int, code: str, message: str, remedy: str) -> Diagnostic:
    """A diagnostic at a place inside the query, in its file or below its key."""
    offset = min(offset, len(query))
    before = query[:offset]
    line, column = before.count("\n") + 1, offset - (before.rfind("\n") + 1)
    place = composed.place_of(_QUERY)
    if place and _FILE in composed.places and composed.texts.get(place.file, "").startswith(query):
        return composed.diagnostic(code, message, Place(place.file, line, column + 1), remedy)
    sql = (query.splitlines() or [""])[line - 1]
    if inside := _in_block(composed, place, line, sql, column):
        return composed.diagnostic(code, message, inside, remedy)
    return Diagnostic(code, message, place, remedy, excerpt=pointed(sql, column, label=str(line)))


def _in_block(composed: Composed, place: Place | None, line: int, sql: str, column: int) -> Place | None:
    """Where a line of SQL stands in YAML that holds it as a block (`query: |`), if it does."""
    if place is None or place.line is None:
        return None
    lines = composed.texts.get(place.file, "").splitlines()
    number = place.line + line
    if number > len(lines) or lines[number - 1].strip() != sql.strip():
        return None
    indent = lines[number - 1].find(sql.strip()) - sql.find(sql.strip())
    return Place(place.file, number, indent + column + 1)
