"""A whole day folded by the definitions, and which days are still to be folded and kept."""

from datetime import date, datetime, timedelta

from django.db.models import Min, Q, QuerySet

from hallqueue.figures.cases import fold_log
from hallqueue.figures.days import ONE_DAY, days_between, month_begins, month_ends, months_between
from hallqueue.figures.ratings import fold_ratings
from hallqueue.figures.tally import Figures
from hallqueue.figures.visits import fold_visits, visits_of
from hallqueue.models import Event, Hall, KeptFigures, Ticket

VERSION = 4
"""Of the definitions in docs/figures.md: whoever corrects one adds one here, and every kept day is folded anew."""

Span = KeptFigures.Span
A_LITTLE = timedelta(minutes=5)
HALL = "hall"
DIMENSIONS = (
    HALL,
    "service",
    "department",
    "window",
    "clerk",
    "hour",
    "source",
    "klass",
    "window_service",
    "clerk_service",
    "department_service",
)
"""By what figures are kept. Keys are ids, `weekday * 24 + hour`, or codes; `window_service` has "window:service"."""


def folded(hall: Hall, day: date) -> Figures:
    """A business date of the hall, from its tickets, calls and log; call it inside one read."""
    figures, visits = Figures(), visits_of(hall, day)
    figures.of(HALL)
    fold_visits(figures, visits)
    fold_log(figures, visits)
    fold_ratings(figures, visits)
    return figures


def first_day(hall: Hall) -> date | None:
    """The first business date of which anything is known; None in a hall where nothing ever happened."""
    kept = kept_rows(hall).aggregate(first=Min("business_date"))
    taken = Ticket.objects.filter(hall=hall).aggregate(first=Min("business_date"))
    line = Event.objects.filter(hall=hall).order_by("seq").values_list("business_date", flat=True).first()
    return min((day for day in (kept["first"], taken["first"], line) if day), default=None)


def days_to_keep(hall: Hall, now: datetime) -> list[date]:
    """The days that are over and closed but not kept, or kept by older definitions; oldest first.

    A command that was under way at the end of a day is not overtaken: a day is over a little later.
    """
    first, last = first_day(hall), hall.business_date(now - A_LITTLE) - ONE_DAY
    if first is None or _all_kept(hall, first, last):
        return []
    oldest = min(Ticket.living(hall).values_list("business_date", flat=True), default=None)
    return missing(hall, first, min(last, oldest - ONE_DAY) if oldest else last)


def months_to_keep(hall: Hall, now: datetime) -> list[date]:
    """The months (their first days) whose days are all kept, and of which no sum is kept yet; oldest first."""
    last = month_begins(hall.business_date(now - A_LITTLE)) - ONE_DAY
    kept = kept_rows(hall, Span.MONTH).filter(version=VERSION)
    if kept.filter(business_date=month_begins(last)).exists():
        return []
    first = first_day(hall)
    if first is None or first > last or missing(hall, first, last):
        return []
    have = set(kept.values_list("business_date", flat=True))
    return [month for month in months_between(first, last) if month not in have]


def added_up(hall: Hall, month: date) -> Figures:
    """The sum of the kept days of a month."""
    figures = Figures()
    days = KeptFigures.objects.filter(hall=hall, span=Span.DAY, dimension__in=DIMENSIONS)
    days = days.filter(business_date__range=(month, month_ends(month)))
    for dimension, content in days.values_list("dimension", "content").iterator(500):
        figures.add_all(dimension, content)
    figures.of(HALL)
    return figures


def missing(hall: Hall, first: date, last: date) -> list[date]:
    """The dates from `first` to `last` that are not kept by today's definitions."""
    rows = kept_rows(hall).filter(business_date__gte=first, business_date__lte=last)
    kept = rows.values_list("business_date", "version", "simulated")
    good = {day for day, version, simulated in kept if simulated or version == VERSION}
    return [day for day in days_between(first, last) if day not in good]


def kept_rows(hall: Hall, span: Span = Span.DAY) -> QuerySet[KeptFigures]:
    """The rows of the hall's own figures: one for each day, or month, that is kept."""
    return KeptFigures.objects.filter(hall=hall, span=span, dimension=HALL)


def _all_kept(hall: Hall, first: date, last: date) -> bool:
    """One count, as this is asked at every round of the hall."""
    rows = kept_rows(hall).filter(business_date__range=(first, last))
    return rows.filter(Q(version=VERSION) | Q(simulated=True)).count() > (last - first).days
