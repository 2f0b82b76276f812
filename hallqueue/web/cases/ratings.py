"""Ratings on staff's screens: the month in figures, the list, a bad one with its story and verbs, appeals, the file."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from hallqueue.actions.cases.project_rights import project_of_case
from hallqueue.actions.cases.rating_cases import move_rating_case, reveal_rater
from hallqueue.actions.cases.rating_rights import cases_of_rated, may_reveal, moves_of, seen_by
from hallqueue.cases.asking import REMINDED
from hallqueue.errors import Refused
from hallqueue.figures.belonging import department_by_day
from hallqueue.models import HANDS, WATCHERS, Department, Rating, RatingCase, User
from hallqueue.reporting.concerns.listing import month_of
from hallqueue.reporting.concerns.story import story_of
from hallqueue.reporting.ratings.appeals import appeal_of
from hallqueue.reporting.ratings.export import MOST_ROWS, as_csv, as_json, as_xlsx
from hallqueue.reporting.ratings.listing import (
    A_SHORT_STAY,
    BAD,
    SHORT,
    UNRATED,
    cases_of,
    figures_of,
    filters_of,
    months_of,
    rated_key,
    ratings_like,
    settled_before,
    shown,
)
from hallqueue.sealing import unseal
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page, page_data
from hallqueue.web.reading import done, posted
from hallqueue.web.sights import XLSX, exported

PER_PAGE, CASES_PER_PAGE = 50, 24
RATED = ("clerk", *HANDS)
LOOKS = {"new": "waiting", "handled": "serving", "reviewed": "parked", "answered": "open"}
LOOKS |= {"closed": "done", "set_aside": "cancelled"}
SAID = {"reason": str, "note": str, "answer": str, "handler": str, "sort": str, "days": int}
KEYS = {"assign": "T", "call_back": "H", "classify": "C", "note": "N", "answer": "F", "close": "Z"}
KEYS |= {"dispute": "M", "uphold": "Y", "reject": "B", "reopen": "O"}
LEADING = ("call_back", "classify", "answer", "close", "uphold")
FILES = {
    "json": (as_json, "application/json"),
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, XLSX),
}


@allowed(*WATCHERS)
@require_GET
def listed(request: HallRequest, hall: str) -> HttpResponse:
    """What needs a hand, the month's figures, and the ratings."""
    now, seen = timezone.now(), seen_by(actor_of(request))
    filters = filters_of(request.GET, request.hall, now)
    found = Paginator(ratings_like(request.hall, seen, filters, now), PER_PAGE)
    shown_page = found.get_page(request.GET.get("page"))
    cases, counts = cases_of(request.hall, seen, now)
    held = Paginator(cases, CASES_PER_PAGE).get_page(request.GET.get("cases"))
    department_of = department_by_day(request.hall)
    context = {
        "cases": [_row(each, now) for each in held],
        "held": held,
        "counts": counts,
        "figures": figures_of(
            shown(request.hall, seen, *month_of(filters.month), now), settled_before(request.hall, now)
        ),
        "rows": [_line(each, department_of) for each in shown_page],
        "kinds": list(FILES),
        "may_print": actor_of(request).may_manage,
        "found": shown_page,
        "total": found.count,
        "filters": filters,
        "query": urlencode(filters.words),
        "months": months_of(request.hall, now, filters.month),
        "levels": [
            (BAD, "rating.bad"),
            *((str(n), f"rating.level.{n}") for n in (5, 4, 3, 2, 1)),
            (UNRATED, "rating.unrated"),
        ],
        "short": {"level": SHORT, "seconds": int(A_SHORT_STAY.total_seconds())},
        "channels": [(each, f"rating.channel.{each}") for each in Rating.Channel.values],
        "departments": list(Department.objects.filter(hall=request.hall)),
    }
    return page(request, "hallqueue/ratings.html", context)


@allowed(*WATCHERS)
@require_GET
def one(request: HallRequest, hall: str, case: int) -> HttpResponse:
    """A bad rating: what was said, its story, and what may be said now."""
    by, lang = actor_of(request), language_of(request)
    found = _case(request, case)
    verbs = [verb for verb in moves_of(by, found) if verb in KEYS]
    leading = LEADING if found.rating.phone_sealed else LEADING[1:]  # nobody can be called without a number
    first = next((each for each in leading if each in verbs), "")
    staff = User.objects.filter(hall=request.hall, is_active=True, role__in=HANDS).order_by("username")
    context = {
        "row": _row(found, timezone.now()),
        "case": found,
        "rating": found.rating,
        "story": story_of(found, lang),
        "verbs": [{"verb": verb, "key": KEYS[verb], "primary": verb == first} for verb in verbs],
        "may_reveal": may_reveal(by, found) and bool(found.rating.phone_sealed or found.rating.name_sealed),
        "staff": [each for each in staff if each.pk != found.rating.user_id],
        "sorts": [(each, f"rating.sort.{each}") for each in RatingCase.Sort.values],
        "joined": project_of_case(by, found),
        "data": page_data(request, "concern"),
    }
    return page(request, "hallqueue/rating.html", context)


@allowed(*HANDS)
@require_POST
def say(request: HallRequest, hall: str, case: int, verb: str) -> JsonResponse:
    """Say a verb about a bad rating."""
    if verb not in KEYS:
        raise Refused("page_unknown", 404)
    return _say(request, case, verb)


@allowed(*HANDS)
@require_POST
def show_person(request: HallRequest, hall: str, case: int) -> JsonResponse:
    """Who rated, to call back: with a reason, and an event."""
    fields = posted(request, reason=str)
    reason = fields.get("reason", "")
    reveal_rater(request.hall.pk, actor_of(request), fields["key"], case=case, reason=reason)
    rating = _case(request, case).rating
    answer = JsonResponse({"name": unseal(rating.name_sealed), "phone": unseal(rating.phone_sealed)})
    answer["Cache-Control"] = "no-store"
    return answer


@allowed(*WATCHERS)
@require_GET
def export(request: HallRequest, hall: str, kind: str) -> HttpResponse:
    """The ratings of a month for the province, as CSV, XLSX or JSON."""
    if kind not in FILES:
        raise Refused("page_unknown", 404)
    now = timezone.now()
    filters = filters_of(request.GET, request.hall, now)
    written, content_type = FILES[kind]
    found = ratings_like(request.hall, seen_by(actor_of(request)), filters, now)[:MOST_ROWS]
    content = written(request.hall, found)
    return exported(request, content, content_type, "ratings", f"ratings-{filters.month}.{kind}")


@allowed(*RATED)
@require_GET
def own(request: HallRequest, hall: str) -> HttpResponse:
    """Bad ratings of one's own service that were looked into: without ticket, time or words, so that one can appeal."""
    rows = RatingCase.objects.filter(cases_of_rated(actor_of(request)), hall=request.hall)
    found = rows.select_related("rating__service", "rating__window").order_by("-id")[:PER_PAGE]
    by = actor_of(request)
    now = timezone.now()
    context = {
        "rows": [
            {**_row(each, now), "may_appeal": bool(_appeal(by, each)), "appeal": appeal_of(each)}
            for each in found
        ],
        "data": page_data(request, "concern"),
    }
    return page(request, "hallqueue/appeals.html", context)


@allowed(*RATED)
@require_POST
def appeal(request: HallRequest, hall: str, case: int) -> JsonResponse:
    """Who was rated does not agree."""
    return _say(request, case, "appeal")


def _appeal(by: Any, case: RatingCase) -> list[str]:
    return [verb for verb in moves_of(by, case) if verb == "appeal"]


def _say(request: HallRequest, case: int, verb: str) -> JsonResponse:
    fields = posted(request, **SAID)
    key, by = fields.pop("key"), actor_of(request)
    return done(move_rating_case(request.hall.pk, by, key, case=case, verb=verb, **fields))


def _case(request: HallRequest, pk: int) -> RatingCase:
    """One that this person may see; raises Refused("unknown_rating")."""
    seen = Rating.objects.filter(seen_by(actor_of(request)), hall=request.hall).values("pk")
    related = ("hall", "rating__ticket", "rating__service", "rating__window", "rating__user", "handler")
    rows = RatingCase.objects.filter(hall=request.hall, pk=pk, rating__in=seen)
    found = rows.select_related(*related, "department").first()
    if found is None:
        raise Refused("unknown_rating", 404)
    return found


def _line(rating: Rating, department_of: Callable[[int, date], Department]) -> dict[str, Any]:
    """A rating in the list, with the department that served."""
    department = department_of(rating.service_id, rating.business_date)
    return {"rating": rating, "rated_key": rated_key(rating.level), "department": department}


def _row(case: RatingCase, now: datetime) -> dict[str, Any]:
    late = case.state in RatingCase.RUNNING and case.due_at is not None and now >= case.due_at
    return {
        "case": case,
        "rating": case.rating,
        "look": LOOKS[case.state],
        "state_key": f"rating.state.{case.state}",
        "rated_key": rated_key(case.rating.level),
        "again_key": rated_key(case.rating.again_level),
        "level_key": f"concern.level.{case.level}",
        "sort_key": f"rating.sort.{case.sort}" if case.sort else "",
        "reason_keys": [f"rating.reason.{code}" for code in case.rating.reasons],
        "late": late,
        "soon": case.state in RatingCase.RUNNING and case.stage == REMINDED and not late,
    }


urls: list[URLPattern] = [
    path("<slug:hall>/ratings/", listed, name="ratings"),
    path("<slug:hall>/ratings/export.<slug:kind>", export, name="ratings-export"),
    path("<slug:hall>/ratings/<int:case>/", one, name="rating"),
    path("<slug:hall>/ratings/<int:case>/person/", show_person, name="rating-person"),
    path("<slug:hall>/ratings/<int:case>/<slug:verb>/", say, name="rating-say"),
    path("<slug:hall>/appeals/", own, name="appeals"),
    path("<slug:hall>/appeals/<int:case>/appeal/", appeal, name="appeal"),
]
