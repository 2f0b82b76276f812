"""Whether a database has the tables of this program: a migration that was recorded may have been another one."""

from collections.abc import Iterable

from django.apps import apps
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model

NAMED = 3


def require_tables() -> None:
    """The beginning of every command that lives long and migrates nothing. Raises SystemExit with a sentence."""
    wrong = misfit(apps.get_models(include_auto_created=True))
    if wrong and is_behind():
        raise SystemExit("The database is behind this version of hallqueue: run `manage.py migrate` first.")
    refuse(wrong)


def refuse(wrong: str) -> None:
    """Raises SystemExit where a `misfit` was found: on such a database every page and worker would fail."""
    if wrong:
        raise SystemExit(
            f"The database does not fit this version of hallqueue ({wrong}); nothing in it was changed: start the "
            "version that made it, or choose an empty database (HALLQUEUE_DATA=another-folder, HALLQUEUE_DATABASE_URL)."
        )


def is_behind() -> bool:
    """Whether the database lacks a migration; asked first, for `migrate` takes a while to do nothing."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


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
