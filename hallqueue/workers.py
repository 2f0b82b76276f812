"""The workers that follow the hall's log; embedded they are threads of the one process, else commands of their own."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from django.db import close_old_connections, connection

log = logging.getLogger(__name__)

Round = Callable[[], float | None]

AT_ONCE = 0.001  # what a round returns that waits for its bell itself

_rounds: dict[str, Round] = {}


BUSY, BUSY_GAP = 0.1, 0.02
"""A bell that was answered twice within the last tenth of a second is answered no sooner than this, in seconds: a hall
in a rush must not spend itself on looking. Once is no rush: a clerk finishes, and calls the next."""


class Bell:
    """Wakes a worker after a commit, a moment late: the screens go first, and what follows soon is seen with it."""

    def __init__(self, gap: float) -> None:
        self._gap = gap
        self._rung = threading.Event()
        self._heard_at = deque([-BUSY, -BUSY], 2)

    def ring(self, hall_id: int = 0) -> None:
        """From any thread, as a listener of `events.on_hint`."""
        self._rung.set()

    def wait(self, longest: float) -> None:
        """Until it rang and the gap has passed, or `longest` seconds without a ring."""
        if self._rung.wait(longest):
            calm = time.monotonic() - self._heard_at[0] > BUSY
            time.sleep(self._gap if calm else max(self._gap, BUSY_GAP))
            self._rung.clear()
            self._heard_at.append(time.monotonic())


def register(name: str, one_round: Round) -> None:
    """Add a worker: `one_round()` does what is due and returns the seconds until the next look (None: 1 s)."""
    _rounds[name] = one_round


def start_all() -> list[threading.Thread]:
    """Start every registered worker as a daemon thread."""
    threads = [threading.Thread(target=run, args=(name,), name=name, daemon=True) for name in _rounds]
    for thread in threads:
        thread.start()
    return threads


def run(name: str, stop: threading.Event | None = None) -> None:
    """Round after round until `stop`; a failing round is logged and tried again, later each time up to 30 s."""
    stop = stop or threading.Event()
    wait = 1.0
    while not stop.is_set():
        try:
            close_old_connections()
            wait = _rounds[name]() or 1.0
        except Exception:  # a worker must outlive any fault; each is logged whole
            log.exception("worker %s failed; trying again", name)
            wait = min(wait * 2, 30.0)
        stop.wait(wait)
    connection.close()
