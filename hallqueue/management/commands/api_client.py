"""`manage.py api_client add|list|revoke`: the machines that may use /api/v1, and their tokens."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hallqueue.actions.command import THE_COMMAND_LINE, new_key
from hallqueue.actions.people import add_client, hashed, new_secret, revoke_client
from hallqueue.management.halls import named_hall
from hallqueue.models import ApiClient, Hall, Role


class Command(BaseCommand):
    """Add, list or revoke clients."""

    help = "Add, list or revoke the machines that may use /api/v1. A token is shown once, when it is made."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, in which hall."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        for verb, explanation in (
            ("add", "make a client and print its token"),
            ("list", "all clients of a hall"),
            ("revoke", "take a client's token away"),
        ):
            each = verbs.add_parser(verb, help=explanation)
            each.add_argument("--hall", required=True, help="the hall's short name")
            if verb == "add":
                each.add_argument("--name", required=True)
                each.add_argument("--role", required=True, choices=Role.values)
            if verb == "revoke":
                each.add_argument("client", type=int, help="its number in the list")

    def handle(self, *args: Any, verb: str, hall: str, **options: Any) -> None:
        """Do it."""
        found = named_hall(hall)
        verbs: dict[str, Callable[..., None]] = {"add": self._add, "list": self._list, "revoke": self._revoke}
        verbs[verb](found, **options)

    def _add(self, hall: Hall, *, name: str, role: str, **options: Any) -> None:
        token = new_secret()
        add_client(hall.pk, THE_COMMAND_LINE, new_key(), name=name, role=role, token_hash=hashed(token))
        self.stdout.write(token)

    def _list(self, hall: Hall, **options: Any) -> None:
        for client in ApiClient.objects.filter(hall=hall).order_by("id"):
            state = f"revoked {client.revoked_at:%Y-%m-%d %H:%M}" if client.revoked_at else "living"
            self.stdout.write(f"{client.pk}\t{client.role}\t{client.name}\t{state}")

    def _revoke(self, hall: Hall, *, client: int, **options: Any) -> None:
        if not ApiClient.objects.filter(hall=hall, pk=client, revoked_at=None).exists():
            raise CommandError(f"{client}: no such living client in {hall.slug}")
        revoke_client(hall.pk, THE_COMMAND_LINE, new_key(), client=client)
