"""The operation of the first migrations: all tables of an app at once."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class AllTables(Operation):
    """Make the tables of an app, with all their columns, indexes and constraints; foreign keys may form circles.

    Told one by one, Django builds all related models anew after each: with 90 models, 50 s of CPU instead of 4.
    """

    serialization_expand_args = ["models"]

    def __init__(self, models: list[CreateModel]) -> None:
        self.models = models

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How a migration file writes it."""
        return type(self).__name__, [], {"models": self.models}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models join the state; classes are built when somebody asks for them."""
        state.__dict__.pop("apps", None)
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """The tables; their foreign keys follow at the end of the migration."""
        for model in self._of(app_label, to_state, schema_editor):
            schema_editor.create_model(model)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Without the tables."""
        for model in reversed(self._of(app_label, from_state, schema_editor)):
            schema_editor.delete_model(model)

    def describe(self) -> str:
        """A line for `migrate` and `showmigrations`."""
        return f"Create {len(self.models)} tables"

    def _of(self, app_label: str, state: ProjectState, editor: BaseDatabaseSchemaEditor) -> list[Any]:
        models = [state.apps.get_model(app_label, model.name) for model in self.models]
        return [model for model in models if self.allow_migrate_model(editor.connection.alias, model)]
