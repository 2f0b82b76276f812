"""`manage.py load_demo`: the demo hall, once."""

from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Load the demo hall where it is missing."""

    help = "Load the demo hall 乌海市政务服务大厅 unless it is there already."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it."""
        raise NotImplementedError
