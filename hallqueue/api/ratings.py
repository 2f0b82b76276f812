"""Ratings (好差评) for machines: another channel passes on what a citizen said there; the province reads the rows."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import BeforeValidator, Field, StringConstraints

from hallqueue.actions.cases import ratings
from hallqueue.actions.cases.rating_rights import seen_by
from hallqueue.api.door import entered
from hallqueue.api.operations import read, write
from hallqueue.api.shapes import HallPath, IsoDate, KeyHeader, PhoneIfGiven, Sent, Shape, whole
from hallqueue.reporting.ratings.export import VERSION, rows_of
from hallqueue.reporting.ratings.listing import filters_of, ratings_like

MOST = 1000

router = Router()

Level = Annotated[int, Field(ge=1, le=5), BeforeValidator(whole)]
Month = Annotated[
    str, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$|^$", description="YYYY-MM; this one if absent.")
]


class Rate(Sent):
    """What a citizen said: the ticket by its number and day; `service` (a code) where a visit had several matters."""

    channel: Literal["hotline", "sms", "web", "app", "letter"]
    label: Annotated[str, StringConstraints(min_length=1, max_length=10)]
    on: IsoDate
    level: Level
    service: Annotated[str, StringConstraints(max_length=120)] = ""
    reasons: Annotated[list[Annotated[str, StringConstraints(max_length=30)]], Field(max_length=6)] = []
    comment: Annotated[str, StringConstraints(max_length=ratings.LONGEST)] = ""
    name: Annotated[str, StringConstraints(max_length=40)] = ""
    phone: PhoneIfGiven = ""


class Rated(Shape):
    """The rating, and its level as it stands."""

    rating: int
    level: int


class RatingRow(Shape):
    """One rated matter as docs/ratings.md describes it; `level` 0 is 未评价."""

    number: str
    matter_code: str
    matter: str
    department_code: str
    department: str
    window: int
    channel: str
    served_at: str
    rated_at: str
    level: int
    level_name: str
    reason_version: str
    reasons: list[str]
    reason_names: list[str]
    counted: bool
    case: str
    case_state: str
    again_level: int


class RatingPage(Shape):
    """The rows of a month, and the version of their shape."""

    version: str
    month: str
    rows: list[RatingRow]
    more: bool


@write(router, "/halls/{hall}/ratings", "rate", Rated)
def rate(request: HttpRequest, hall: HallPath, key: KeyHeader, body: Rate) -> Any:
    """Pass on a rating that was given elsewhere; a matter is rated once, whatever the channel."""
    found, client = entered(request, "rate", hall)
    return ratings.rate_elsewhere(found.pk, client, key, **body.model_dump() | {"on": body.on.isoformat()})


@read(router, "/halls/{hall}/ratings", "listRatings", RatingPage)
def list_ratings(
    request: HttpRequest,
    hall: HallPath,
    month: Month = "",
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Any:
    """The ratings of a month, newest first, a thousand a page; nobody who may still rate is among them."""
    found, client = entered(request, "listRatings", hall)
    now = timezone.now()
    filters = filters_of({"month": month}, found, now)
    first = (page - 1) * MOST
    rows = list(ratings_like(found, seen_by(client), filters, now)[first : first + MOST + 1])
    listed = list(rows_of(found, rows[:MOST]))
    return {"version": VERSION, "month": filters.month, "rows": listed, "more": len(rows) > MOST}
