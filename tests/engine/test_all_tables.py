"""The first migrations make every table at once, and take every one away again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.ground.migrated import DATABASE, lay_down, migrate

APPS = ("hallqueue_", "displays_", "printers_")


def tables(data: Path) -> set[str]:
    with sqlite3.connect(data / DATABASE) as connection:
        found = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    return {name for name in found if name.startswith(APPS)}


@pytest.mark.slow
def test_every_table_comes_and_goes(tmp_path: Path) -> None:
    from django.apps import apps

    lay_down(tmp_path)
    models = [
        model
        for label in APPS
        for model in apps.get_app_config(label[:-1]).get_models(include_auto_created=True)
    ]
    assert tables(tmp_path) == {model._meta.db_table for model in models}
    migrate({"HALLQUEUE_DATA": str(tmp_path)}, "hallqueue", "zero")
    assert tables(tmp_path) == set()
