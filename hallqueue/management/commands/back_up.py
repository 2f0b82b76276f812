"""`manage.py back_up FOLDER`: database, secret, anchors and files in one archive, while the hall runs."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from hallqueue.backups import BackupFailed, back_up


class Command(BaseCommand):
    """Back the installation up."""

    help = "Write one archive with the database, the secret, the anchors and all files; the hall may run meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Write it and say its name."""
        try:
            made = back_up(connection.settings_dict, settings.DATA, folder, timezone.localtime())
        except BackupFailed as failed:
            raise CommandError(str(failed)) from None
        except OSError as error:
            raise CommandError(f"{error.filename or folder}: {error.strerror}") from None
        self.stdout.write(str(made))
