"""`manage.py verify_audit [--hall SLUG] [--anchor FILE]`: whether the log is as it was written."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hallqueue.chain.anchors import Anchor, BadAnchors, read
from hallqueue.chain.proof import verify
from hallqueue.management.halls import named_halls
from hallqueue.models import Hall


class Command(BaseCommand):
    """Verify the logs."""

    help = "Say whether each hall's log is as it was written, or the first line at which it is not, and what is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which halls, and the anchors to hold them against."""
        parser.add_argument("--hall", default="", help="the hall's short name; all halls without it")
        parser.add_argument(
            "--anchor", type=Path, help="a copy of the anchors' file; without it HALLQUEUE_ANCHORS"
        )
        parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the sentences")

    def handle(self, *args: Any, hall: str, anchor: Path | None, lang: str, **options: Any) -> None:
        """Verify, and fail if anything is wrong."""
        verdicts = [verify(each, _anchors(each, anchor)) for each in named_halls(hall)]
        for verdict in verdicts:
            for sentence in verdict.sentences(lang):
                self.stdout.write(f"{verdict.hall.slug}: {sentence}")
        if broken := [verdict.hall.slug for verdict in verdicts if not verdict.is_well]:
            raise CommandError(f"not well: {', '.join(broken)}")


def _anchors(hall: Hall, file: Path | None) -> list[Anchor]:
    """The anchors of a hall: of the file that is named, which must be there, or of the usual one if there is one."""
    if file is None and not settings.ANCHORS.exists():
        return []
    try:
        return read(file or settings.ANCHORS, hall.slug)
    except BadAnchors as error:
        raise CommandError(str(error)) from None
