"""The ratings that staff may see: those that were given, and, once their time is over, those that never were."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import BooleanField, Case, Count, ExpressionWrapper, F, Min, Q, QuerySet, When

from hallqueue.figures.belonging import services_by_span
from hallqueue.figures.days import months_offered
from hallqueue.models import Hall, Rating, RatingCase, RatingRules
from hallqueue.reporting.concerns.listing import month_of
from hallqueue.reporting.concerns.ranking import FEWEST_FOR_SHARE

BAD, UNRATED, SHORT = "bad", "unrated", "short"
A_SHORT_STAY = timedelta(seconds=30)
"""From the call to the end: hardly time to walk to the window. A sign that somebody looks at, and no verdict."""
SIMULATED = "demo"
"""The source of simulated numbers, whose people live in a hurry."""
Row = dict[str, Any]
MOST_REASONS = 8


@dataclass(frozen=True)
class Filters:
    """What is asked of the list; an empty field asks nothing. `level` is 1–5, bad, unrated or short (a short stay)."""

    month: str
    level: str = ""
    department: str = ""
    channel: str = ""

    @property
    def words(self) -> dict[str, str]:
        """As they stand in an address."""
        return {name: value for name, value in vars(self).items() if value}


def filters_of(asked: Mapping[str, str], hall: Hall, now: datetime) -> Filters:
    """Filters from an address; what makes no sense asks nothing, and the month is this one."""
    plain = {name: asked.get(name, "").replace("\x00", "").strip()[:60] for name in vars(Filters(""))}
    levels = (BAD, UNRATED, SHORT, *(str(level) for level in Rating.Level.values))
    channel = plain["channel"] if plain["channel"] in Rating.Channel.values else ""
    level = plain["level"] if plain["level"] in levels else ""
    try:
        first, _ = month_of(plain["month"])
    except ValueError:
        first = hall.business_date(now)
    return Filters(f"{first:%Y-%m}", level, plain["department"], channel)


def months_of(hall: Hall, now: datetime, asked: str) -> list[str]:
    """The months since anything was asked first, newest first, and the one asked for."""
    first = Rating.objects.filter(hall=hall).aggregate(first=Min("business_date"))["first"]
    return months_offered(first, hall.business_date(now), asked)


def ratings_like(hall: Hall, seen: Q, filters: Filters, now: datetime) -> QuerySet[Rating]:
    """What somebody may see and asked for, newest first; `is_short` of each is whether it was a short stay."""
    first, after = month_of(filters.month)
    found = shown(hall, seen, first, after, now)
    if filters.level == UNRATED:
        found = found.filter(level=None)
    elif filters.level == BAD:
        found = found.filter(level__in=Rating.BAD_LEVELS)
    elif filters.level == SHORT:
        found = found.filter(_OF_A_SHORT_STAY)
    elif filters.level:
        found = found.filter(level=int(filters.level))
    if filters.department:
        found = found.filter(_served_by(hall, filters.department, first, after))
    if filters.channel:
        found = found.filter(channel=filters.channel)
    related = ("ticket", "service", "window", "user", "case")
    told = found.annotate(is_short=ExpressionWrapper(_OF_A_SHORT_STAY, BooleanField()))
    return told.select_related(*related).order_by("-business_date", "-id")


_BRIEFLY = Q(level__isnull=False, asked_at__lt=F("call__called_at") + A_SHORT_STAY)
_OF_A_SHORT_STAY = _BRIEFLY & ~Q(ticket__source=SIMULATED)
"""Given for a stay at the window that was over before anybody could well have come there."""


def _served_by(hall: Hall, department: str, first: date, after: date) -> Q:
    """What a department served when it had the service, as reports and rankings count it."""
    spans = services_by_span(hall, department, first, after)
    return reduce(or_, (Q(business_date__range=span, service__in=mine) for *span, mine in spans))


def shown(hall: Hall, seen: Q, first: date, after: date, now: datetime) -> QuerySet[Rating]:
    """Of the business dates from `first` until before `after`: what nobody waits for any more."""
    settled = Q(level__isnull=False) | Q(business_date__lt=settled_before(hall, now))
    return Rating.objects.filter(seen, settled, hall=hall, business_date__gte=first, business_date__lt=after)


def settled_before(hall: Hall, now: datetime) -> date:
    """The first business date of which somebody may still rate."""
    return hall.business_date(now) - timedelta(days=RatingRules.of(hall).open_days)


def figures_of(found: QuerySet[Rating], settled: date) -> Row:
    """{asked, rated, share, levels: [(key, count, tenth)], satisfied, bad, aside, short, reasons: [(code, count)]}.

    `share` and `satisfied` are per cent: how many of those asked before `settled` rated, how many counted ratings are
    基本满意 or better; None of fewer than five, of which a share says nothing. What was set aside after a review is in
    `aside` and nowhere else; `short` are the ratings given for a stay under `A_SHORT_STAY`, counted or not.
    """
    counted = Q(counted=True)
    rows = found.order_by().values("level").annotate(count=Count("id", filter=counted), all=Count("id"))
    counts = {row["level"]: row["count"] for row in rows}
    asked, unrated = sum(row["all"] for row in rows), counts.get(None, 0)
    over = found.filter(business_date__lt=settled).aggregate(asked=Count("id"), rated=Count("level"))
    levels = [(level, counts.get(level, 0)) for level in sorted(Rating.Level.values, reverse=True)]
    rated = sum(count for _, count in levels)
    good = sum(count for level, count in levels if level not in Rating.BAD_LEVELS)
    most = max((count for _, count in levels), default=0)
    return {
        "asked": asked,
        "rated": rated,
        "unrated": unrated,
        "share": round(100 * over["rated"] / over["asked"]) if over["asked"] >= FEWEST_FOR_SHARE else None,
        "levels": [
            (rated_key(level), count, round(10 * count / most) if most else 0) for level, count in levels
        ],
        "satisfied": round(100 * good / rated, 1) if rated >= FEWEST_FOR_SHARE else None,
        "bad": rated - good,
        "aside": asked - unrated - rated,
        "short": found.filter(_OF_A_SHORT_STAY).count(),
        "reasons": _reasons(found.filter(counted, level__in=Rating.BAD_LEVELS)),
    }


def rated_key(level: int | None) -> str:
    """The key of the words for a level, or for none."""
    return f"rating.level.{level}" if level else "rating.unrated"


def cases_of(hall: Hall, seen: Q, now: datetime) -> tuple[QuerySet[RatingCase], Row]:
    """What is not closed yet, and how many are open, late, under review.

    What is late comes first, then what nobody has looked into, what was answered last; the nearest limit first.
    """
    mine = Rating.objects.filter(seen, hall=hall).values("pk")
    rows = RatingCase.objects.filter(hall=hall, rating__in=mine)
    unsettled, late = (
        rows.filter(state__in=RatingCase.UNSETTLED),
        Q(state__in=RatingCase.RUNNING, due_at__lte=now),
    )
    states = RatingCase.State
    turn = Case(
        When(late, then=0), When(state=states.NEW, then=1), When(state=states.ANSWERED, then=3), default=2
    )
    counts = {
        "open": unsettled.count(),
        "late": rows.filter(late).count(),
        "review": rows.filter(state=RatingCase.State.REVIEWED).count(),
    }
    related = ("rating__ticket", "rating__service", "rating__window", "department", "handler")
    return unsettled.select_related(*related).order_by(turn, "due_at", "id"), counts


def _reasons(bad: QuerySet[Rating]) -> list[tuple[str, int]]:
    """The reasons ticked most; JSON is counted here, as national databases have no operators for it."""
    counts: dict[str, int] = {}
    for ticked in bad.values_list("reasons", flat=True).iterator(2000):
        for code in ticked:
            counts[code] = counts.get(code, 0) + 1
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:MOST_REASONS]
