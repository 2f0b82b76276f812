"""The figures of any range of days: kept days added up, and what is not kept yet told from the log at once."""

import threading
from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from hallqueue.errors import Refused
from hallqueue.figures.days import month_ends, months_between
from hallqueue.figures.folding import HALL, VERSION, Span, first_day, folded, kept_rows, missing
from hallqueue.figures.tally import Figures, Tally
from hallqueue.models import Hall, KeptFigures

MOST_AFRESH = 8
"""More days than this are not folded while somebody waits: the hall's round keeps them within minutes."""

REMEMBERED = 2 * MOST_AFRESH

_afresh: dict[tuple[int, date], tuple[str, int, Figures]] = {}
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
    fresh = _not_kept(hall, first, last)
    rows = _kept(hall, first, last).exclude(span=Span.DAY, business_date__in=fresh)
    for dimension, content in (
        rows.filter(dimension__in=wanted).values_list("dimension", "content").iterator(500)
    ):
        figures.add_all(dimension, content)
    for day in fresh:
        afresh = _folded_once(hall, day)
        for dimension in wanted:
            for key, tally in afresh.by.get(dimension, {}).items():
                figures.of(dimension, key).add_all(tally.counts)
    return figures


def by_day(hall: Hall, first: date, last: date) -> dict[date, Tally]:
    """The hall's own tally of each day of which there is one. Raises Refused("figures_pending")."""
    rows = kept_rows(hall).filter(business_date__range=(first, last))
    found = {day: Tally(content.get("", {})) for day, content in rows.values_list("business_date", "content")}
    for day in _not_kept(hall, first, last):
        found[day] = _folded_once(hall, day).of(HALL)
    return found


def has_simulated(hall: Hall, first: date, last: date) -> bool:
    """Whether days of the demo hall's making are among them."""
    return kept_rows(hall).filter(business_date__range=(first, last), simulated=True).exists()


def _kept(hall: Hall, first: date, last: date) -> QuerySet[KeptFigures]:
    """The rows that make up a range: whole months where they are kept, days before and after them."""
    inside = [month for month in months_between(first, last) if first <= month and month_ends(month) <= last]
    rows = kept_rows(hall, Span.MONTH).filter(business_date__in=inside, version=VERSION)
    months = set(rows.values_list("business_date", flat=True))
    whole = [month for month in inside if month in months]
    days = Q(span=Span.DAY, business_date__range=(first, last))
    if whole:
        days &= ~Q(business_date__range=(whole[0], month_ends(whole[-1])))
    return KeptFigures.objects.filter(days | Q(span=Span.MONTH, business_date__in=whole), hall=hall)


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
        epoch, seq, figures = _afresh.get((hall.pk, day), ("", 0, Figures()))
        if (epoch, seq) != (hall.epoch, hall.seq):
            figures = folded(hall, day)
            while len(_afresh) >= REMEMBERED:
                _afresh.pop(next(iter(_afresh)))
            _afresh[hall.pk, day] = (hall.epoch, hall.seq, figures)
    return figures
