"""Row reads and writes whose SQL is built once per model: what the hot paths use instead of compiling it each time.

Values pass through the fields' own conversions, so rows are exactly what the ORM would read and write. `make bench`
shows the gain: compiling one query costs the ORM about 0.25 ms, and a command makes about twelve.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)
Convert = Callable[[Any], Any]


def fetch(model: type[Row], where: str, *params: Any, lock: bool = False) -> Row | None:
    """The first row for which `where` (plain SQL, `%s` for params) holds; `lock` takes it FOR UPDATE."""
    sql, converters = _select(model, connection.vendor)
    suffix = " FOR UPDATE" if lock and connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} WHERE {where}{suffix}", params)
        row = cursor.fetchone()
    if row is None:
        return None
    values = list(row)
    for index, convert in converters:
        values[index] = convert(values[index])
    return model.from_db(connection.alias, _names(model), values)


def exists(sql: str, *params: Any) -> bool:
    """Whether a plain SELECT finds anything."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone() is not None


def insert(row: models.Model) -> None:
    """INSERT a new row and set its primary key."""
    sql, fields = _insert(type(row), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [_prepared(field, row) for field in fields])
        if connection.features.can_return_columns_from_insert:
            row.pk = cursor.fetchone()[0]
        else:
            row.pk = cursor.lastrowid
    row._state.adding, row._state.db = False, connection.alias


def update(row: models.Model, names: Sequence[str], where: str = "", *params: Any) -> int:
    """UPDATE the named fields of a row, if `where` also holds; the number of rows changed."""
    sql, fields = _update(type(row), tuple(names))
    more = f" AND {where}" if where else ""
    with connection.cursor() as cursor:
        cursor.execute(sql + more, [*(_prepared(field, row) for field in fields), row.pk, *params])
        return int(cursor.rowcount)


def _prepared(field: Any, row: models.Model) -> Any:
    return field.get_db_prep_save(field.pre_save(row, row._state.adding), connection)


@cache
def _names(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _select(model: type[models.Model], vendor: str) -> tuple[str, list[tuple[int, Convert]]]:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    converters = [(index, each) for index, field in enumerate(fields) if (each := _converter(field))]
    return f'SELECT {columns} FROM "{model._meta.db_table}"', converters


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
def _insert(model: type[models.Model], vendor: str) -> tuple[str, list[Any]]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    returning = ' RETURNING "id"' if connection.features.can_return_columns_from_insert else ""
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks}){returning}', fields


@cache
def _update(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, list[Any]]:
    fields = [model._meta.get_field(name) for name in names]
    sets = ", ".join(f'"{field.column}" = %s' for field in fields)  # type: ignore[union-attr]
    return f'UPDATE "{model._meta.db_table}" SET {sets} WHERE "id" = %s', fields
