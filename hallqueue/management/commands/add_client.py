"""`manage.py add_client`: a token for a machine that uses /api/v1, printed once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.people import add_client, hashed, new_secret
from hallqueue.models import Hall, Role


class Command(BaseCommand):
    """Give a machine a token."""

    help = "Give a machine a token for /api/v1 in a hall; it is printed once, and only its hash is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which machine."""
        parser.add_argument("hall", help="the hall's slug")
        parser.add_argument("name", help="what it is, for the log")
        parser.add_argument("--role", choices=Role.values, default=Role.CLERK.value)

    def handle(self, *args: Any, hall: str, name: str, role: str, **options: Any) -> None:
        """Add it."""
        found = Hall.objects.filter(slug=hall).first()
        if found is None:
            raise CommandError(f"There is no hall {hall}.")
        token = new_secret()
        add_client(found.pk, THE_HALL, new_key(), name=name, role=role, token_hash=hashed(token))
        self.stdout.write(f"Token of {name}, shown this once: {token}")
