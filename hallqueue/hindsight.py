"""How good the waiting ranges were: what was shown to each who took a number, against the wait that followed."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hallqueue.estimate import LAST, Range, Served, pace_of, waiting_range
from hallqueue.models import Call, Hall

LOOK_BACK = timedelta(hours=2)


@dataclass(frozen=True)
class Visit:
    """One person of one service: when they came, were called and let go, and how many windows were open then."""

    issued_at: datetime
    called_at: datetime
    ended_at: datetime | None
    windows: int

    @property
    def waited(self) -> float:
        """Minutes from taking the number to the call."""
        return (self.called_at - self.issued_at).total_seconds() / 60


@dataclass
class Score:
    """How often the real wait fell into the range shown; `missed` sums the minutes by which it did not."""

    inside: int = 0
    longer: int = 0
    shorter: int = 0
    hidden: int = 0
    missed: float = 0.0

    @property
    def shown(self) -> int:
        """To how many a range was shown."""
        return self.inside + self.longer + self.shorter

    def add(self, visit: Visit, shown: Range | None) -> None:
        """Count one person."""
        if shown is None:
            self.hidden += 1
        elif visit.waited > shown.high:
            self.longer += 1
            self.missed += visit.waited - shown.high
        elif visit.waited < shown.low:
            self.shorter += 1
            self.missed += shown.low - visit.waited
        else:
            self.inside += 1


def score_of(visits: Iterable[Visit], score: Score | None = None) -> Score:
    """The score of the people of one service on one day."""
    total = score or Score()
    for visit, shown in ranges_of(list(visits)):
        total.add(visit, shown)
    return total


def ranges_of(visits: Sequence[Visit]) -> Iterator[tuple[Visit, Range | None]]:
    """Each person of one service with the range that the hall, knowing only what it knew then, would have shown."""
    came = sorted(visits, key=lambda visit: visit.issued_at)
    calls = sorted(visits, key=lambda visit: visit.called_at)
    called = [visit.called_at for visit in calls]
    for place, visit in enumerate(came):
        now = visit.issued_at
        before = [each for each in came[:place] if each.called_at > now]
        last_hour = calls[bisect_left(called, now - LAST) : bisect_right(called, now)]
        served = [Served(each.issued_at, each.called_at, _known(each.ended_at, now)) for each in last_hour]
        longest = now - before[0].issued_at if before else timedelta()
        yield (
            visit,
            waiting_range(len(before), len(before), longest, pace_of(served), visit.windows),
        )


def recent(hall: Hall) -> Score:
    """The score of everybody called in the last hour, from the hall's own calls of the last two."""
    now = hall.moved_at
    found = Call.objects.filter(
        hall=hall, business_date=hall.business_date(now), called_at__gt=now - LOOK_BACK
    )
    ordinary = found.filter(window__is_fallback=False, ticket__transfer_count=0).exclude(outcome="undone")
    rows = ordinary.order_by("called_at").values_list(
        "ticket", "ticket__service", "ticket__issued_at", "called_at", "ended_at", "window"
    )
    services: dict[int, dict[int, Visit]] = defaultdict(dict)
    seats: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for ticket, service, issued, called, ended, window in rows:
        seats[service].append((called, window))
        open_then = {seat for at, seat in seats[service] if at > called - LAST}
        services[service].setdefault(ticket, Visit(issued, called, ended, len(open_then)))
    score = Score()
    for visits in services.values():
        for visit, shown in ranges_of(list(visits.values())):
            if visit.called_at > now - LAST:
                score.add(visit, shown)
    return score


def _known(ended: datetime | None, now: datetime) -> datetime | None:
    return ended if ended is not None and ended <= now else None
