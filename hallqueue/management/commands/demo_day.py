"""`manage.py demo_day`: simulated citizens and clerks live a day in the demo hall, at a chosen speed."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hallqueue.demo.day import SPEED, WHOLE_DAY, run
from hallqueue.errors import Refused
from hallqueue.models import Hall
from hallqueue.tables import require_tables
from hallqueue.texts import text


class Command(BaseCommand):
    """Live a simulated day."""

    help = "Simulated citizens and clerks live a day in a demo hall, through the same actions as real ones."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where, how fast, how long."""
        parser.add_argument("--hall", default="wuhai", help="the demo hall's short name")
        parser.add_argument("--speed", type=float, default=SPEED, help="simulated minutes in one minute")
        parser.add_argument("--minutes", type=float, default=WHOLE_DAY, help="simulated minutes to live")
        parser.add_argument("--seed", type=int, help="the same seed in the same hall makes the same day")

    def handle(
        self, *args: Any, hall: str, speed: float, minutes: float, seed: int | None, **options: Any
    ) -> None:
        """Live it; Ctrl-C sends everybody home first."""
        if not 0 < speed <= 100_000:
            raise CommandError("--speed: between 0 and 100000")
        require_tables()
        found = Hall.objects.filter(slug=hall).first()
        if found is None:
            raise CommandError(f"{hall}: no such hall; start once with HALLQUEUE_DEMO=1, or run load_demo")
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write(
            f"Simulating {found.name}: {minutes:g} minutes at {speed:g} times the usual pace. Ctrl-C ends it."
        )
        try:
            run(found, speed, stop, minutes, seed)
        except Refused as refusal:
            raise CommandError(text(f"errors.{refusal.code}", "en", **refusal.params)) from None
