"""`manage.py renew_epoch --hall SLUG --reason …`: say that a backup was restored."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hallqueue.actions.command import THE_COMMAND_LINE, new_key
from hallqueue.actions.epoch import renew_epoch
from hallqueue.chain.anchoring import anchor
from hallqueue.chain.anchors import BadAnchors, last
from hallqueue.errors import Refused
from hallqueue.management.halls import named_hall
from hallqueue.models import Hall


class Command(BaseCommand):
    """Begin a new epoch."""

    help = "After a backup was restored: begin a new epoch, so that screens notice, and say so in log and anchors."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which hall, and why."""
        parser.add_argument("--hall", required=True, help="the hall's short name")
        parser.add_argument("--reason", required=True, help="what happened; it stays in the log")

    def handle(self, *args: Any, hall: str, reason: str, **options: Any) -> None:
        """Renew and anchor."""
        found = named_hall(hall)
        try:
            known = last(settings.ANCHORS, found.slug)
            lost = {"lost_epoch": known.epoch, "lost_seq": known.seq} if known else {}
            renew_epoch(found.pk, THE_COMMAND_LINE, new_key(), reason=reason, **lost)
        except Refused as refusal:
            raise CommandError(refusal.code) from None
        except BadAnchors as error:
            raise CommandError(str(error)) from None
        self.stdout.write(str(anchor(Hall.objects.get(pk=found.pk))))
