"""Writes the first migration of each app anew from its models: for as long as no hall has been deployed.

python -m tests.ground.begin
"""

from __future__ import annotations

import os
from pathlib import Path

import django
from django.utils import translation

ROOT = Path(__file__).resolve().parent.parent.parent
# Each app, the sentence its file opens with, and what must have been migrated before.
FIRST = {
    "hallqueue": ("Every table of the hall.", [("auth", "0012_alter_user_first_name_max_length")]),
    "displays": ("Every table of the displays.", [("hallqueue", "0001_begin")]),
    "printers": ("Every table of the printers.", [("hallqueue", "0001_begin")]),
}


def written(label: str) -> str:
    """The text of hallqueue's (displays', printers') 0001_begin.py."""
    from django.apps import apps
    from django.db.migrations import CreateModel, Migration
    from django.db.migrations.state import ModelState
    from django.db.migrations.writer import MigrationWriter

    from hallqueue.all_tables import AllTables

    sentence, dependencies = FIRST[label]
    found = [ModelState.from_model(model) for model in apps.get_app_config(label).get_models()]
    models = [
        CreateModel(
            name=each.name,
            fields=list(each.fields.items()),
            options={name: value for name, value in each.options.items() if value not in ([], set())},
            bases=each.bases,
            managers=each.managers,
        )
        for each in found
    ]
    migration = type("Migration", (Migration,), {"initial": True, "dependencies": dependencies})(
        "0001_begin", label
    )
    migration.operations = [AllTables(models)]
    return f'"""{sentence}"""\n\n{MigrationWriter(migration, include_header=False).as_string().lstrip()}'


def main() -> None:
    """Write all three."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallqueue.settings")
    django.setup()
    translation.deactivate_all()  # words of Django's own models stay as they are written
    for label in FIRST:
        (ROOT / label / "migrations" / "0001_begin.py").write_text(written(label), "utf-8")


if __name__ == "__main__":
    main()
