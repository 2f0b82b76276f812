"""`manage.py import_catalogue FILE --hall slug`: the services of a CSV or XLSX file, all of them or none."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hallqueue.actions.command import THE_COMMAND_LINE, new_key
from hallqueue.actions.house.catalogue import Plan, import_plan, plan_import
from hallqueue.management.halls import named_hall
from hallqueue.sheets.catalogue import RowError

LONGEST_LIST = 200


class Command(BaseCommand):
    """Import a catalogue of services."""

    help = "Import services from a CSV (UTF-8 or GB18030) or XLSX file: all rows, or none if any is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which file, which hall, and whether only to look."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--hall", required=True, help="the hall's short name")
        parser.add_argument("--series", default="", help="the series of new services whose row names none")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and change nothing"
        )
        parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the error list")

    def handle(
        self, *args: Any, file: Path, hall: str, series: str, dry_run: bool, lang: str, **options: Any
    ) -> None:
        """Plan, list what is wrong, and carry the plan out unless something is."""
        found = named_hall(hall)
        plan = plan_import(found, _content(file), series.upper())
        self._list(plan.notes, lang)
        self._list(plan.errors, lang)
        if plan.errors:
            raise CommandError(f"{len(plan.errors)} errors; nothing was imported")
        if not dry_run:
            import_plan(found, THE_COMMAND_LINE, new_key(), plan)
        self.stdout.write(_summary(plan, dry_run))

    def _list(self, errors: list[RowError], lang: str) -> None:
        for error in errors[:LONGEST_LIST]:
            self.stdout.write(f"{error.row}\t{error.column}\t{error.sentence(lang)}")
        if len(errors) > LONGEST_LIST:
            self.stdout.write(f"… {len(errors) - LONGEST_LIST} more")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from None


def _summary(plan: Plan, dry_run: bool) -> str:
    counts = f"{plan.made} new, {plan.changed} changed, {plan.unchanged} unchanged"
    return f"{counts}; nothing was written (dry run)" if dry_run else counts
