"""Whether a database has the tables of this program: a migration that was recorded may have been another one."""

from collections.abc import Iterable

from django.db import DatabaseError, connection
from django.db.models import Model

NAMED = 3


def misfit(models: Iterable[type[Model]]) -> str:
    """What the database lacks or has too much beside `models`, in a few words; "" when it fits. Nothing is written."""
    found = [words for model in models if (words := _misfit_of(model))]
    more = [f"and {len(found) - NAMED} more tables"] if len(found) > NAMED else []
    return ", ".join(found[:NAMED] + more)


def _misfit_of(model: type[Model]) -> str:
    table = model._meta.db_table
    if model._meta.proxy or not model._meta.managed:
        return ""
    columns = _columns(table)
    if columns is None:
        return f"no table {table}"
    wanted = {str(field.column) for field in model._meta.local_concrete_fields}
    differences = {"without": sorted(wanted - columns), "with": sorted(columns - wanted)}
    words = [f"{how} {'/'.join(names[:NAMED])}" for how, names in differences.items() if names]
    return " ".join([table, *words]) if words else ""


def _columns(table: str) -> set[str] | None:
    """The columns of a table; None where there is none. No rows are read, so 100 tables cost some milliseconds."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} WHERE 1 = 0")  # noqa: S608
        except DatabaseError:
            return None
        return {column[0] for column in cursor.description}
