"""A database that is not this program's: `serve` says so in one sentence and leaves it as it was."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from hallqueue.models import Facility, Hall, Item, Service, Window
from hallqueue.tables import misfit
from tests.ground.migrated import DATABASE
from tests.ground.servers import Hallqueue


@pytest.fixture
def stopped() -> Iterator[Hallqueue]:
    """A hall's server that was not started yet."""
    server = Hallqueue()
    yield server
    server.remove()


def change(server: Hallqueue, statement: str) -> None:
    with closing(sqlite3.connect(database(server))) as line:
        line.execute(statement)
        line.commit()


def database(server: Hallqueue) -> Path:
    return Path(server.settings["HALLQUEUE_DATA"]) / DATABASE


def content(server: Hallqueue) -> list[str]:
    with closing(sqlite3.connect(database(server))) as line:
        return list(line.iterdump())


@pytest.mark.servers
@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("ALTER TABLE hallqueue_window DROP COLUMN name_en", "hallqueue_window without name_en"),
        ("ALTER TABLE displays_board ADD COLUMN colour TEXT", "displays_board with colour"),
        ("DROP TABLE printers_slipdesign", "no table printers_slipdesign"),
    ],
)
def test_serve_refuses_tables_that_other_migrations_made(
    stopped: Hallqueue, statement: str, named: str
) -> None:
    change(stopped, statement)
    before = content(stopped)
    said = stopped.manage_fails("serve")
    assert said.count("\n") == 1
    assert named in said
    assert "start the version that made it" in said
    assert content(stopped) == before


@pytest.mark.servers
@pytest.mark.parametrize("command", ["work", "demo_day"])
def test_what_lives_long_beside_the_server_refuses_them_too(stopped: Hallqueue, command: str) -> None:
    change(stopped, "ALTER TABLE hallqueue_window DROP COLUMN name_en")
    said = stopped.manage_fails(command)
    assert said.count("\n") == 1
    assert "hallqueue_window without name_en" in said
    database(stopped).unlink()
    assert "run `manage.py migrate` first" in stopped.manage_fails(command)


@pytest.mark.servers
def test_what_is_behind_and_does_not_fit_is_not_migrated(stopped: Hallqueue) -> None:
    """A newer program adds its migrations on top only of what their predecessors really made."""
    change(stopped, "DELETE FROM django_migrations WHERE app = 'printers'")
    change(stopped, "ALTER TABLE hallqueue_window DROP COLUMN name_en")
    before = content(stopped)
    said = stopped.manage_fails("serve")
    assert "hallqueue_window without name_en" in said
    assert "Traceback" not in said
    assert content(stopped) == before


@pytest.mark.servers
def test_a_server_that_may_not_migrate_names_the_command(stopped: Hallqueue) -> None:
    database(stopped).unlink()
    said = stopped.manage_fails("serve", "--no-migrate")
    assert "run `manage.py migrate` first" in said
    assert "Traceback" not in said


@pytest.mark.both_databases
@pytest.mark.django_db
def test_this_programs_tables_fit_and_looking_costs_little() -> None:
    models = apps.get_models(include_auto_created=True)
    begun = time.process_time()
    assert misfit(models) == ""
    assert time.process_time() - begun < 0.05


@pytest.mark.both_databases
@pytest.mark.django_db
def test_what_does_not_fit_is_named_and_the_rest_counted() -> None:
    models = [Facility, Hall, Item, Service, Window]
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} RENAME COLUMN name_en TO english")
    assert misfit(models) == (
        "hallqueue_facility without name_en with english, hallqueue_hall without name_en with english, "
        "hallqueue_item without name_en with english, and 2 more tables"
    )
