"""The hall's own time: the clock's, and while the clock was set back a slower one, until the clock is there again.

The log's time never runs backwards (I13). But it may not stand either: a pause between two calls, the next try of a
slip, a lease would never be over before the clock had come all the way back.
"""

from datetime import datetime, timedelta
from time import monotonic

from django.utils import timezone

from hallqueue.models import Hall

PACE = 0.5
"""Seconds of the hall in a second while its clock is behind the log: who was ten minutes ahead is right in twenty."""

_behind: dict[str, tuple[datetime, float]] = {}
"""By the hall's epoch: a moment of the hall, and when by this machine's count of seconds it was."""


def now_in(hall: Hall) -> datetime:
    """What time it is in a hall, whose row was just read."""
    return time_of(hall, timezone.now())


def time_of(hall: Hall, clock: datetime) -> datetime:
    """What time it is in a hall when its clock shows `clock`; never before its log's last line.

    While the clock is behind time goes by in whole seconds: what is said in one moment has one time.
    """
    if clock >= hall.moved_at:
        _behind.pop(hall.epoch, None)
        return clock
    seconds = monotonic()
    at, since = _behind.get(hall.epoch, (hall.moved_at, seconds))
    now = at + timedelta(seconds=int((seconds - since) * PACE))
    if now < hall.moved_at:
        at, since, now = hall.moved_at, seconds, hall.moved_at
    _behind[hall.epoch] = (at, since)
    return now
