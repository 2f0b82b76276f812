"""`manage.py work`: the workers as a process of their own, beside servers started with --no-workers."""

import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.module_loading import autodiscover_modules

from hallqueue import events, workers
from hallqueue.live import hints
from hallqueue.tables import require_tables


class Command(BaseCommand):
    """Run the workers until stopped."""

    help = "Run the workers (alarms, closing days, printers, voice, videos) as a process of their own."

    def handle(self, *args: Any, **options: Any) -> None:
        """Start every registered worker and wait for the signal to stop."""
        require_tables()
        stop = threading.Event()

        def leave(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, leave)
        signal.signal(signal.SIGINT, leave)
        events.on_hint(hints.moved_in_worker)
        autodiscover_modules("rounds")
        workers.start_all()
        stop.wait()
