"""What ordinary citizens of the same service and day met: so that a walkthrough can be told from a staged one."""

from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from hallqueue.models import Ticket, Walkthrough
from hallqueue.stories import SERVING, WAITING, spent_by

NONE = timedelta()
FEW = 5
"""Fewer people than this say little; the page says so."""


@dataclass(frozen=True)
class Ordinary:
    """The other tickets of the service on that business date: how many were served, and the medians of all the time
    each waited and was served, as a walkthrough's own are told."""

    count: int
    waited: timedelta
    served: timedelta

    @property
    def few(self) -> bool:
        """Whether they are too few to say much."""
        return self.count < FEW


def ordinary_of(walk: Walkthrough) -> Ordinary | None:
    """None where nobody else was served, or no service of the hall is walked."""
    if walk.service_id is None or walk.place != Walkthrough.Place.HALL:
        return None
    rows = Ticket.objects.filter(
        hall=walk.hall_id, business_date=walk.business_date, service=walk.service_id, state=Ticket.State.DONE
    )
    others = rows.exclude(pk=walk.ticket_id or 0).exclude(started_at=None)
    times = [(spent.get(WAITING, NONE), spent.get(SERVING, NONE)) for spent in spent_by(others)]
    if not times:
        return None
    waited, served = (median(each) for each in zip(*times, strict=True))
    return Ordinary(len(times), waited, served)
