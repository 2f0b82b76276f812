"""`manage.py load_demo`: the demo hall, once."""

from typing import Any

from django.core.management.base import BaseCommand

from hallqueue.demo.load import PASSWORD, load


class Command(BaseCommand):
    """Load the demo hall where it is missing."""

    help = "Load the demo hall 乌海市政务服务大厅 unless it is there already."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it."""
        hall = load()
        if options["verbosity"] > 1:
            self.stdout.write(f"{hall.name} ({hall.slug}); password of every demo account: {PASSWORD}")
