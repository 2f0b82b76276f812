"""`manage.py add_user`: a member of staff, with a password asked for or made."""

import getpass
import secrets
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hallqueue.actions.command import THE_COMMAND_LINE, new_key
from hallqueue.actions.entering import halls_of
from hallqueue.actions.people import person_changed
from hallqueue.models import Hall, Role, User


class Command(BaseCommand):
    """Add a member of staff."""

    help = "Add a member of staff to a hall; without a terminal a password is made and printed once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who it is."""
        parser.add_argument("username")
        parser.add_argument("--role", choices=Role.values, required=True)
        parser.add_argument(
            "--hall", help="the hall's slug; left out for an administrator of the installation"
        )
        parser.add_argument("--name", default="", help="as colleagues read it")

    def handle(
        self, *args: Any, username: str, role: str, hall: str | None, name: str, **options: Any
    ) -> None:
        """Add them."""
        found = _hall(hall, role)
        if User.objects.filter(username=username).exists():
            raise CommandError(f"There is already a user {username}.")
        user = User(username=username, role=role, name=name, hall=found)
        made = _set_password(user)
        user.save()
        for each in halls_of(user):
            person_changed(each, THE_COMMAND_LINE, new_key(), user=user.pk, what="added", role=role)
        if made:
            self.stdout.write(f"Password of {username}, shown this once: {made}")


def _hall(slug: str | None, role: str) -> Hall | None:
    if slug is None and role == Role.ADMINISTRATOR:
        return None
    found = Hall.objects.filter(slug=slug or "").first()
    if found is None:
        raise CommandError(
            "Name the hall with --hall; halls: " + ", ".join(Hall.objects.values_list("slug", flat=True))
        )
    return found


def _set_password(user: User) -> str:
    """Ask for a password at a terminal; elsewhere make one and return it."""
    typed = getpass.getpass() if sys.stdin.isatty() else ""
    if typed:
        try:
            validate_password(typed, user)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
    made = "" if typed else secrets.token_urlsafe(12)
    user.set_password(typed or made)
    return made
