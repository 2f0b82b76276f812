"""A month of walkthroughs and findings: what was walked, what was found, what was put right, and in time."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Min, Q, QuerySet

from hallqueue.figures.days import day_begins, months_offered
from hallqueue.models import Finding, Hall, Walkthrough
from hallqueue.reporting.concerns.listing import month_of


@dataclass(frozen=True)
class Row:
    """A kind of finding in a month: how many were noted, closed, and late."""

    kind: str
    noted: int
    closed: int
    late: int


@dataclass(frozen=True)
class Month:
    """Everything of a month; findings count in the month in which they were found, `closed` are those struck off in it
    whenever they were found."""

    month: str
    walked: int
    by_mode: list[tuple[str, int]]
    rows: list[Row]
    closed: list[Finding]

    @property
    def noted(self) -> int:
        """All findings of the month."""
        return sum(row.noted for row in self.rows)

    @property
    def settled(self) -> int:
        """Those of them that are struck off by now."""
        return sum(row.closed for row in self.rows)

    @property
    def late(self) -> int:
        """Those put right after their limit, or past it now."""
        return sum(row.late for row in self.rows)


def month_figures(hall: Hall, month: str, now: datetime) -> Month:
    """The figures of a month ("2026-11"); what was withdrawn or dropped does not count."""
    first, after = month_of(month)
    walks = Walkthrough.objects.filter(hall=hall, business_date__gte=first, business_date__lt=after)
    counted = walks.exclude(state=Walkthrough.State.DROPPED)
    found = findings_of(hall, first, after)
    late = Q(fixed_at__gte=F("due_at")) | Q(state__in=Finding.RUNNING, due_at__lte=now)
    closed = Q(state=Finding.State.CLOSED)
    kinds = found.order_by("kind").values_list("kind")
    rows = kinds.annotate(Count("id"), closed=Count("id", filter=closed), late=Count("id", filter=late))
    modes = counted.order_by("mode").values_list("mode").annotate(Count("id"))
    cases = _struck_off(hall, first, after).select_related("walkthrough", "owner").order_by("closed_at", "id")
    return Month(month, counted.count(), list(modes), [Row(*row) for row in rows], list(cases[:100]))


def _struck_off(hall: Hall, first: date, after: date) -> QuerySet[Finding]:
    in_month = {"closed_at__gte": day_begins(hall, first), "closed_at__lt": day_begins(hall, after)}
    return Finding.objects.filter(hall=hall, state=Finding.State.CLOSED, **in_month)


def findings_of(hall: Hall, first: date, after: date) -> QuerySet[Finding]:
    """The findings of walkthroughs of these days that count."""
    rows = Finding.objects.filter(
        hall=hall, walkthrough__business_date__gte=first, walkthrough__business_date__lt=after
    )
    dropped = Q(walkthrough__state=Walkthrough.State.DROPPED)
    return rows.exclude(state=Finding.State.WITHDRAWN).exclude(dropped)


def months_of(hall: Hall, now: datetime, asked: str) -> list[str]:
    """The months since anybody walked first, newest first, and the one asked for."""
    first = Walkthrough.objects.filter(hall=hall).aggregate(first=Min("business_date"))["first"]
    return months_offered(first, hall.business_date(now), asked)
