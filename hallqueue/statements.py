"""Row reads and writes whose SQL is built once per model: what the hot paths use instead of compiling it each time.

Values pass through the fields' own conversions, so rows are exactly what the ORM would read and write. `make bench`
shows the gain: compiling one query costs the ORM about 0.25 ms, and a command makes about twelve.
"""

import functools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=models.Model)
Other = TypeVar("Other", bound=models.Model)
Convert = Callable[[Any, Any], Any]
Prepare = Callable[[Any, Any], Any]
Prepared = list[tuple[str, Prepare | None]]
Defaults = list[tuple[str, Callable[[], Any]]]

_AS_THEY_ARE = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.ForeignKey,
)

_RETURNING = ' RETURNING "id"'


class _Own(threading.local):
    """This thread's connection, once asked for: Django keeps one for each thread, but finding it takes a while."""

    database: Any = None


_own = _Own()


def _database() -> Any:
    if _own.database is None:
        _own.database = connections[DEFAULT_DB_ALIAS]
    return _own.database


def fetch(model: type[Row], where: str, *params: Any, lock: bool = False) -> Row | None:
    """The first row for which `where` (plain SQL, `%s` for params) holds; `lock` takes it FOR UPDATE."""
    database = _database()
    shape = _shape(model, database.vendor)
    suffix = " FOR UPDATE" if lock and database.features.has_select_for_update else ""
    found = _run(database, f"{shape.select} WHERE {where}{suffix}", params).fetchone()
    return None if found is None else _made(model, shape, found, database)


def fetch_both(
    first: type[Row], second: type[Other], source: str, *params: Any
) -> tuple[Row, Other, Any] | None:
    """One row of a join as two models and what `source` selects besides; None when nothing is found.

    `source` is plain SQL from after the columns: ", more … FROM … AS one … JOIN … AS two … WHERE …".
    """
    database = _database()
    one, two = _shape(first, database.vendor), _shape(second, database.vendor)
    sql = f"SELECT {one.columns('one')}, {two.columns('two')}{source}"
    found = _run(database, sql, params).fetchone()
    if found is None:
        return None
    end, more = len(one.names), len(one.names) + len(two.names)
    return (
        _made(first, one, found[:end], database),
        _made(second, two, found[end:more], database),
        found[more:],
    )


def fetch_all(model: type[Row], where: str, *params: Any) -> list[Row]:
    """All rows for which `where` (plain SQL, with its ORDER BY and LIMIT) holds."""
    database = _database()
    shape = _shape(model, database.vendor)
    found = _run(database, f"{shape.select} WHERE {where}", params).fetchall()
    return [_made(model, shape, row, database) for row in found]


def fetch_all_both(
    first: type[Row], second: type[Other], source: str, *params: Any, only: tuple[str, ...] = ()
) -> list[tuple[Row, Other]]:
    """All rows of a join as two models; `source` as for `fetch_both`, with nothing selected besides.

    Of the second `only` some attributes are read, if given; as with `QuerySet.only`, the others when asked for.
    """
    database = _database()
    one, two = _shape(first, database.vendor), _shape(second, database.vendor, only)
    sql, end = f"SELECT {one.columns('one')}, {two.columns('two')}{source}", len(one.names)
    found = _run(database, sql, params).fetchall()
    return [
        (_made(first, one, row[:end], database), _made(second, two, row[end:], database)) for row in found
    ]


def values(model: type[Row], names: tuple[str, ...], where: str, *params: Any) -> list[dict[str, Any]]:
    """Some columns of many rows as plain dictionaries, by attribute: what `QuerySet.values` gives."""
    database = _database()
    shape = _shape(model, database.vendor, names)
    found = _run(database, f"{shape.select} WHERE {where}", params).fetchall()
    return [dict(zip(names, _converted(shape, row, database), strict=True)) for row in found]


def again(row: Row) -> Row:
    """The same stored row as another object: its columns as they are now, and nothing that was kept besides."""
    twin = _bare(type(row))
    known = row.__dict__
    twin.__dict__.update([(name, known[name]) for name in _shape(type(row), connection.vendor).names])
    return twin


def exists(sql: str, *params: Any) -> bool:
    """Whether a plain SELECT finds anything."""
    return _run(_database(), sql, params).fetchone() is not None


def rows(sql: str, *params: Any) -> list[Any]:
    """All rows of a plain SELECT, as tuples."""
    return list(_run(_database(), sql, params).fetchall())


def insert(model: type[Row], /, **values: Any) -> Row:
    """INSERT a new row with these values, by column attribute (`hall_id`); the others get their fields' defaults."""
    database = _database()
    sql, fields, fixed, made = _insert(model, database.vendor)
    row = _bare(model)
    state = row.__dict__
    state.update(fixed)
    for name, make in made:
        state[name] = make()
    state.update(values)
    if len(state) != len(fields) + 2:
        raise TypeError(f"{model.__name__} has no column for one of {sorted(values)}")
    done = _run(database, sql, _prepared(row, fields, database))
    row.pk = done.fetchone()[0] if sql.endswith(_RETURNING) else done.lastrowid
    return row


def update(row: models.Model, names: Sequence[str], where: str = "", *params: Any) -> int:
    """UPDATE the named fields of a row, if `where` also holds; the number of rows changed."""
    database = _database()
    sql, fields = _update(type(row), tuple(names), database.vendor)
    values = _prepared(row, fields, database)
    more = f" AND {where}" if where else ""
    return int(_run(database, sql + more, [*values, row.pk, *params]).rowcount)


def _run(database: Any, sql: str, params: Sequence[Any]) -> Any:
    """Run one statement on this thread's connection and return a cursor to read from.

    Straight through the driver: Django's wrappers around it cost as much as a short read, and on PostgreSQL the
    server keeps the plan of what is asked again (`prepare_threshold`). Whoever wants to see each statement (a test
    that counts, a log of queries), a new connection and a broken transaction go through Django.
    """
    if (
        database.connection is None
        or database.execute_wrappers
        or database.force_debug_cursor
        or database.needs_rollback
    ):
        cursor = database.cursor()
        cursor.execute(sql, params)
        return cursor
    with database.wrap_database_errors:
        if database.vendor == "sqlite":
            return database.connection.execute(_with_question_marks(sql), params)
        return _cursor_of_the_server()(database.connection).execute(sql, params)


@cache
def _cursor_of_the_server() -> Any:
    """psycopg's own cursor, which leaves the values to the server; Django's writes them into each statement.

    Imported with the first statement: a hall on SQLite needs no driver of PostgreSQL in its memory.
    """
    from psycopg import Cursor

    return Cursor


@cache
def _with_question_marks(sql: str) -> str:
    return sql.replace("%s", "?")


def _prepared(row: models.Model, fields: Prepared, database: Any) -> list[Any]:
    values = row.__dict__
    return [values[name] if prepare is None else prepare(values[name], database) for name, prepare in fields]


def _preparing(field: Any, vendor: str) -> Prepare | None:
    """How a field's value goes into the database: as it is, or through the field's own conversion."""
    if isinstance(field, _AS_THEY_ARE):
        return None
    if isinstance(field, models.DateTimeField):
        return functools.partial(_moment_as_text if vendor == "sqlite" else _moment, field)
    if isinstance(field, models.DateField):
        return functools.partial(_day, field)
    return field.get_db_prep_save  # type: ignore[no-any-return]


def _moment_as_text(field: Any, value: Any, database: Any) -> Any:
    """A time as Django's SQLite backend writes it; one in UTC, as nearly all are, needs no conversion first."""
    if value is None:
        return None
    if type(value) is datetime and value.tzinfo is UTC:
        return value.isoformat(" ")[: -len("+00:00")]
    return field.get_db_prep_save(value, database)


def _moment(field: Any, value: Any, database: Any) -> Any:
    """A time as PostgreSQL takes it: as it is."""
    if value is None or (type(value) is datetime and value.tzinfo is UTC):
        return value
    return field.get_db_prep_save(value, database)


def _day(field: Any, value: Any, database: Any) -> Any:
    """A date as both databases take it."""
    if type(value) is date:
        return value.isoformat() if database.vendor == "sqlite" else value
    return None if value is None else field.get_db_prep_save(value, database)


@dataclass(frozen=True, eq=False)
class _Shape:
    """How rows of a model are read: column names, attributes, and which values need a conversion."""

    select: str
    column_names: tuple[str, ...]
    names: list[str]
    converters: list[tuple[int, Convert]]

    def columns(self, alias: str) -> str:
        """The columns of the table under an alias."""
        return ", ".join(f'{alias}."{name}"' for name in self.column_names)


@cache
def _shape(model: type[models.Model], vendor: str, attributes: tuple[str, ...] = ()) -> _Shape:
    """All columns of a model, or those of some attributes in their order."""
    fields: Sequence[Any] = model._meta.concrete_fields
    if attributes:
        named = {field.attname: field for field in fields}
        fields = [named[name] for name in attributes]
    columns = tuple(str(field.column) for field in fields)
    converters = [(index, each) for index, field in enumerate(fields) if (each := _converter(field, vendor))]
    listed = ", ".join(f'"{name}"' for name in columns)
    select = f'SELECT {listed} FROM "{model._meta.db_table}"'
    return _Shape(select, columns, [field.attname for field in fields], converters)


def _made(model: type[Row], shape: _Shape, found: Sequence[Any], database: Any) -> Row:
    """What `Model.from_db` makes, without the signals that nobody listens to."""
    row = _bare(model)
    row.__dict__.update(zip(shape.names, _converted(shape, found, database), strict=True))
    return row


def _bare(model: type[Row]) -> Row:
    """A stored row that has no values yet."""
    row = model.__new__(model)
    row._state = ModelState()
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row


def _converted(shape: _Shape, found: Sequence[Any], database: Any) -> list[Any]:
    row = list(found)
    for index, convert in shape.converters:
        if row[index] is not None:
            row[index] = convert(row[index], database)
    return row


def _converter(field: Any, vendor: str) -> Convert | None:
    """From the database's value, not null, to the field's: Django's own steps, the commonest by a short way."""
    column = field.cached_col
    steps = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
    if not steps:
        return None

    def convert(value: Any, database: Any) -> Any:
        for step in steps:
            value = step(value, column, database)
        return value

    if vendor == "sqlite" and isinstance(field, models.DateTimeField):
        return lambda value, database: value.replace(tzinfo=UTC)  # the driver reads it as Django wrote it
    if vendor == "sqlite" and isinstance(field, models.BooleanField):
        return lambda value, database: value == 1 if type(value) is int else convert(value, database)
    if isinstance(field, models.JSONField):
        return lambda value, database: [] if value == "[]" else convert(value, database)
    return convert


@cache
def _insert(model: type[models.Model], vendor: str) -> tuple[str, Prepared, dict[str, Any], Defaults]:
    """The statement, how values are prepared, and the defaults: those that never change, and those made each time."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    returning = _RETURNING if vendor != "sqlite" else ""  # SQLite tells the last row id, which is cheaper
    sql = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks}){returning}'
    fixed: dict[str, Any] = {"id": None}
    anew = [field for field in fields if field.has_default() and callable(field.default)]
    fixed |= {field.attname: field.get_default() for field in fields if field not in anew}
    made = [(field.attname, field.get_default) for field in anew]
    return sql, [(field.attname, _preparing(field, vendor)) for field in fields], fixed, made


@cache
def _update(model: type[models.Model], names: tuple[str, ...], vendor: str) -> tuple[str, Prepared]:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    sets = ", ".join(f'"{field.column}" = %s' for field in fields)
    sql = f'UPDATE "{model._meta.db_table}" SET {sets} WHERE "id" = %s'
    return sql, [(field.attname, _preparing(field, vendor)) for field in fields]
