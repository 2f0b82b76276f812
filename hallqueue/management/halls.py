"""Halls as they are named on the command line."""

from django.core.management.base import CommandError

from hallqueue.models import Hall


def named_hall(slug: str) -> Hall:
    """The hall of that short name; raises CommandError."""
    found = Hall.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"{slug}: no such hall")
    return found


def named_halls(slug: str) -> list[Hall]:
    """That one hall, or all of them for an empty name."""
    return [named_hall(slug)] if slug else list(Hall.objects.order_by("slug"))
