"""How long people will wait: a range of minutes from the hall's last hour, or nothing while it says little."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from hallqueue.models import Call, Hall

LAST = timedelta(minutes=60)
ENOUGH = 3
STEP = 5
LONGEST = 240
BELOW, ABOVE = 0.8, 1.2
SLOWEST = timedelta(minutes=30)
"""What nobody waits longer for, per person in the line and themselves, before there is a pace: of 41,191 people who
met a line in 15 days of Warsaw's offices 99.8 % waited less."""


@dataclass(frozen=True)
class Served:
    """One call of the last hour: waiting since, called, and let go (None: still there)."""

    issued_at: datetime
    called_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Pace:
    """A service in the last hour: minutes between calls while somebody waited (0: nobody had to), and at a window."""

    between: float
    at_window: float


@dataclass(frozen=True)
class Range:
    """Minutes, in steps of five; `low` 0 means: less than `high`."""

    low: int
    high: int


def paces(hall: Hall) -> dict[int, Pace]:
    """The pace of each service that called and let go three people in the hour before the hall's last event.

    A function of the database at that event: the clock is not asked, so two screens never differ.
    """
    now = hall.moved_at
    found = Call.objects.filter(
        hall=hall,
        business_date=hall.business_date(now),
        called_at__gt=now - LAST,
        window__is_fallback=False,
    ).exclude(outcome="undone")
    rows = found.order_by("called_at", "id").values_list(
        "ticket__service_id", "ticket__issued_at", "called_at", "ended_at"
    )
    calls: dict[int, list[Served]] = {}
    for service, *times in rows:
        calls.setdefault(service, []).append(Served(*times))  # type: ignore[arg-type]
    paces_found = {service: pace_of(served) for service, served in calls.items()}
    return {service: pace for service, pace in paces_found.items() if pace is not None}


def pace_of(calls: list[Served]) -> Pace | None:
    """The pace of one service from its calls in order of time; None while too few stays are over.

    A stay still going on says nothing of its length: in the first minutes of a morning all are short.
    """
    stays = [call.ended_at - call.called_at for call in calls if call.ended_at is not None]
    if len(stays) < ENOUGH:
        return None
    gaps = [
        call.called_at - last.called_at for last, call in pairwise(calls) if call.issued_at <= last.called_at
    ]
    return Pace(mean_minutes(gaps) if gaps else 0, mean_minutes(stays))


def mean_minutes(durations: Iterable[timedelta]) -> float:
    """The mean of some durations, in minutes; none is below zero (I13)."""
    minutes = [max(0.0, each.total_seconds() / 60) for each in durations]
    return sum(minutes) / len(minutes)


def waiting_range(
    ahead: int, waiting: int, longest: timedelta, pace: Pace | None, windows: int
) -> Range | None:
    """The wait of somebody with `ahead` people of the same service before them; None while there is no pace.

    Two witnesses: how long the first in line has waited (`longest`, shared out over the line of `waiting`),
    and how long so many take at the pace of the last hour; `windows` open windows are never quicker than one
    person's stay divided by them. The range spans both and a fifth more to either side: so wide it held true for four
    of five people in the log of real halls that `make backtest` replays; the bare span held for two of three.
    """
    if pace is None or windows < 1:
        return None
    by_line = longest.total_seconds() / 60 * (ahead + 1) / (waiting + 1)
    by_pace = (ahead + 1) * max(pace.between, pace.at_window / windows)
    low, high = max(min(by_line, by_pace), by_pace / 2) * BELOW, max(by_line, by_pace) * ABOVE
    if ahead == 0:
        low = 0
    return _in_steps(low, high)


def longest_wait(ahead: int) -> timedelta:
    """What a newcomer surely waits less than, with `ahead` people before them and no pace to go by."""
    return (ahead + 1) * SLOWEST


def _in_steps(low: float, high: float) -> Range:
    bottom = min(int(low // STEP) * STEP, LONGEST - STEP)
    top = min(max(math.ceil(high / STEP) * STEP, bottom + STEP), LONGEST)
    return Range(bottom, top)
