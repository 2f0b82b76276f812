"""Row reads and writes whose SQL is built once per model: what the hot paths use instead of compiling it each time.

Values pass through the fields' own conversions, so rows are exactly what the ORM would read and write. `make bench`
shows the gain: compiling one query costs the ORM about 0.25 ms, and a command makes about twelve.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

Row = TypeVar("Row", bound=models.Model)
Convert = Callable[[Any], Any]
Prepared = list[tuple[str, Convert | None]]


def fetch(model: type[Row], where: str, *params: Any, lock: bool = False) -> Row | None:
    """The first row for which `where` (plain SQL, `%s` for params) holds; `lock` takes it FOR UPDATE."""
    database = connections[DEFAULT_DB_ALIAS]
    sql, names, converters = _select(model, database.vendor)
    suffix = " FOR UPDATE" if lock and database.features.has_select_for_update else ""
    with database.cursor() as cursor:
        cursor.execute(f"{sql} WHERE {where}{suffix}", params)
        row = cursor.fetchone()
    if row is None:
        return None
    values = list(row)
    for index, convert in converters:
        values[index] = convert(values[index])
    return model.from_db(DEFAULT_DB_ALIAS, names, values)


def exists(sql: str, *params: Any) -> bool:
    """Whether a plain SELECT finds anything."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone() is not None


def rows(sql: str, *params: Any) -> list[Any]:
    """All rows of a plain SELECT, as tuples."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def insert(row: models.Model) -> None:
    """INSERT a new row and set its primary key."""
    database = connections[DEFAULT_DB_ALIAS]
    sql, fields = _insert(type(row), database.vendor)
    with database.cursor() as cursor:
        cursor.execute(sql, [_prepared(row, name, prepare) for name, prepare in fields])
        returns = database.features.can_return_columns_from_insert
        row.pk = cursor.fetchone()[0] if returns else cursor.lastrowid
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def update(row: models.Model, names: Sequence[str], where: str = "", *params: Any) -> int:
    """UPDATE the named fields of a row, if `where` also holds; the number of rows changed."""
    database = connections[DEFAULT_DB_ALIAS]
    sql, fields = _update(type(row), tuple(names), database.vendor)
    more = f" AND {where}" if where else ""
    with database.cursor() as cursor:
        values = [_prepared(row, name, prepare) for name, prepare in fields]
        cursor.execute(sql + more, [*values, row.pk, *params])
        return int(cursor.rowcount)


def _prepared(row: models.Model, name: str, prepare: Convert | None) -> Any:
    value = getattr(row, name)
    return value if prepare is None else prepare(value)


def _preparing(field: Any) -> Convert | None:
    """How a field's value goes into the database: as it is, or through the field's own conversion."""
    if isinstance(field, models.CharField | models.TextField | models.IntegerField | models.ForeignKey):
        return None
    return lambda value: field.get_db_prep_save(value, connections[DEFAULT_DB_ALIAS])


@cache
def _select(model: type[models.Model], vendor: str) -> tuple[str, list[str], list[tuple[int, Convert]]]:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    converters = [(index, each) for index, field in enumerate(fields) if (each := _converter(field))]
    names = [field.attname for field in fields]
    return f'SELECT {columns} FROM "{model._meta.db_table}"', names, converters


def _converter(field: Any) -> Convert | None:
    column = field.cached_col
    steps = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
    if not steps:
        return None

    def convert(value: Any) -> Any:
        for step in steps:
            value = step(value, column, connection)
        return value

    return convert


@cache
def _insert(model: type[models.Model], vendor: str) -> tuple[str, Prepared]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    returning = ' RETURNING "id"' if connection.features.can_return_columns_from_insert else ""
    sql = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks}){returning}'
    return sql, [(field.attname, _preparing(field)) for field in fields]


@cache
def _update(model: type[models.Model], names: tuple[str, ...], vendor: str) -> tuple[str, Prepared]:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    sets = ", ".join(f'"{field.column}" = %s' for field in fields)
    sql = f'UPDATE "{model._meta.db_table}" SET {sets} WHERE "id" = %s'
    return sql, [(field.attname, _preparing(field)) for field in fields]
