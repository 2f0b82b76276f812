"""The figures of any range of days: kept days added up, and what is not kept yet told from the log at once."""

import threading
from collections.abc import Iterable
from datetime import date

from hallqueue.errors import Refused
from hallqueue.figures.folding import HALL, first_day, folded, missing
from hallqueue.figures.tally import Figures, Tally
from hallqueue.models import DayFigures, Hall

MOST_AFRESH = 8
"""More days than this are not folded while somebody waits: the hall's round keeps them within minutes."""

_today: dict[int, tuple[str, int, date, Figures]] = {}
_turn = threading.Lock()


def totals(hall: Hall, first: date, last: date, by: str = HALL) -> dict[str, Tally]:
    """The tallies of the business dates from `first` to `last`: {key of the dimension: Tally}.

    `by` is one of `folding.DIMENSIONS`; today counts as far as it went. Raises Refused("figures_pending") while too
    many days are still to be folded.
    """
    return figures_of(hall, first, last, (by,)).by.get(by, {})


def figures_of(hall: Hall, first: date, last: date, dimensions: Iterable[str]) -> Figures:
    """The same for several dimensions at once."""
    wanted, figures = tuple(dimensions), Figures()
    kept = DayFigures.objects.filter(hall=hall, dimension__in=wanted, business_date__range=(first, last))
    fresh = _not_kept(hall, first, last)
    rows = kept.exclude(business_date__in=fresh).values_list("dimension", "content")
    for dimension, content in rows.iterator(500):
        figures.add_all(dimension, content)
    for day in fresh:
        afresh = _folded_once(hall, day)
        for dimension in wanted:
            for key, tally in afresh.by.get(dimension, {}).items():
                figures.of(dimension, key).add_all(tally.counts)
    return figures


def has_simulated(hall: Hall, first: date, last: date) -> bool:
    """Whether days of the demo hall's making are among them."""
    rows = DayFigures.objects.filter(hall=hall, dimension=HALL, business_date__range=(first, last))
    return rows.filter(simulated=True).exists()


def _not_kept(hall: Hall, first: date, last: date) -> list[date]:
    """The days to be folded now. Raises Refused("figures_pending")."""
    begun, today = first_day(hall), hall.business_date(hall.moved_at)
    if begun is None:
        return []
    days = missing(hall, max(first, begun), min(last, today))
    if len(days) > MOST_AFRESH:
        raise Refused("figures_pending", 503, days=len(days))
    return days


def _folded_once(hall: Hall, day: date) -> Figures:
    """A day not kept, folded once for each state of the log."""
    with _turn:
        known = _today.get(hall.pk)
        if known is None or known[:3] != (hall.epoch, hall.seq, day):
            known = (hall.epoch, hall.seq, day, folded(hall, day))
            _today[hall.pk] = known
    return known[3]
