"""The monthly ranking of concerns (“一类事”): by root cause, department and service, with what became of them."""

from datetime import datetime
from typing import Any

from django.db.models import Avg, BooleanField, Count, ExpressionWrapper, F, Min, Q, QuerySet

from hallqueue.figures.days import months_offered
from hallqueue.models import Concern, Hall
from hallqueue.reporting.concerns.listing import late_by, month_of

Row = dict[str, Any]
TABLES = {"cause": "cause__name", "department": "department__name", "service": "service__name"}
MOST_ROWS = 30
FEWEST_FOR_SHARE = 5
"""Of fewer cases a share says nothing: it is shown as a count alone."""


def ranking_of(hall: Hall, month: str, now: datetime) -> dict[str, Any]:
    """{month, total: Row, tables: {cause: [Row], department: [Row], service: [Row]}} of what came in a month.

    A Row: {name, key (the id), place, count, settled, late, late_share (percent or None), satisfaction (1–5 or None),
    rated, tenth (0–10, of the longest bar)}. Equal counts share a place; what has no name yet comes last without one.
    """
    first, after = month_of(month)
    found = Concern.objects.filter(hall=hall, received_on__gte=first, received_on__lt=after)
    tables = {name: _table(found, column, now) for name, column in TABLES.items()}
    total = found.aggregate(**_figures(now))
    return {"month": month, "total": _row(total | {"name": ""}, 0), "tables": tables}


def months_of(hall: Hall, now: datetime, asked: str = "") -> list[str]:
    """The months since anything came first, newest first, and the one asked for."""
    first = Concern.objects.filter(hall=hall).aggregate(first=Min("received_on"))["first"]
    return months_offered(first, hall.business_date(now), asked)


def _figures(now: datetime) -> dict[str, Any]:
    late = late_by(now) | Q(resolved_at__gte=F("due_at"))
    return {
        "count": Count("id"),
        "settled": Count("id", filter=Q(resolved_at__isnull=False)),
        "late": Count("id", filter=late),
        "mean": Avg("satisfaction"),
        "rated": Count("satisfaction"),
    }


def _table(found: QuerySet[Concern], column: str, now: datetime) -> list[Row]:
    key = column.partition("__")[0]
    unknown = ExpressionWrapper(Q(**{f"{key}__isnull": True}), BooleanField())
    rows: Any = found.order_by().values(name=F(column), key=F(key), unknown=unknown).annotate(**_figures(now))
    listed: list[Row] = list(rows.order_by("unknown", "-count", "name")[:MOST_ROWS])
    most = max((row["count"] for row in listed), default=0)
    named = [row["count"] for row in listed if not row["unknown"]]
    return [_row(row, most) | {"place": _place(row, named)} for row in listed]


def _place(row: Row, named: list[int]) -> int | None:
    return None if row["unknown"] else 1 + sum(each > row["count"] for each in named)


def _row(row: Row, most: int) -> Row:
    count = row["count"]
    share = round(100 * row["late"] / count) if count >= FEWEST_FOR_SHARE else None
    mean = row["mean"]
    tenth = round(10 * count / most) if most else 0
    return row | {
        "late_share": share,
        "satisfaction": None if mean is None else round(mean, 1),
        "tenth": tenth,
    }
