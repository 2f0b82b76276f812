"""The pages of the fallback rules: what the hall decides, the refusals on record, and a citizen's own wish."""

from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hallqueue.actions.command import new_key
from hallqueue.actions.house import fallback_policy
from hallqueue.actions.line import fallback
from hallqueue.errors import Refused
from hallqueue.models import (
    HANDS,
    WATCHERS,
    Department,
    FallbackDuty,
    FallbackPolicy,
    FallbackReason,
    Hall,
    Refusal,
    Series,
    Ticket,
    Window,
)
from hallqueue.problems import sentence_of
from hallqueue.reports import fallback_counts
from hallqueue.topics.fallback import fallback_rows
from hallqueue.topics.reading import Reading
from hallqueue.transactions import one_read
from hallqueue.web.access import ANYONE, HallRequest, actor_of, allowed, holder
from hallqueue.web.pages import language_of, page
from hallqueue.web.reading import done, figure, posted

A_PAGE = 50


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def policy(request: HallRequest, hall: str) -> HttpResponse:
    """What the hall decides about its fallback windows; a mistake keeps what was typed."""
    said: dict[str, Any] = {}
    if request.method == "POST":
        try:
            fields = _typed(request)
            fallback_policy.set_policy(
                request.hall.pk, actor_of(request), request.POST.get("key", ""), **fields
            )
            said = {"done": True}
        except Refused as refusal:
            said = {"sentence": sentence_of(refusal, language_of(request)), "typed": request.POST}
    with one_read():
        context = _policy_context(request.hall, said.get("typed"))
    return page(
        request,
        "hallqueue/setup_fallback.html",
        context | said | {"key": new_key()},
        status=400 if "sentence" in said else 200,
    )


@allowed(*WATCHERS)
@require_GET
def refusals(request: HallRequest, hall: str) -> HttpResponse:
    """The refusals on record of a day, and by what reasons people came to the fallback window on it."""
    with one_read():
        request.hall.refresh_from_db()
        today = request.hall.business_date(request.hall.moved_at)
        day = _day(request.GET.get("day", ""), today)
        rows = Refusal.objects.filter(hall=request.hall, business_date=day)
        whole = rows.select_related("ticket", "service", "window", "user")
        found = Paginator(whole, A_PAGE).get_page(request.GET.get("page"))
        refused = list(found)
        counts = _reasons_of(request.hall, day, today)
    context = {
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < today else None,
        "rows": refused,
        "found": found,
        "reasons": [(f"fallback.reason.{each}", counts.get(each, 0)) for each in FallbackReason.values],
        "zone": request.hall.local_zone,
    }
    return page(request, "hallqueue/refusals.html", context)


@allowed(ANYONE)
@require_POST
def ask(request: HttpRequest, token: str) -> JsonResponse:
    """Whoever holds the ticket's address asks for the fallback window."""
    fields = posted(request)
    found = Ticket.objects.filter(token=token).first()
    if found is None:
        raise Refused("unknown_ticket", 404)
    by = holder(found)
    return done(fallback.ask_for_fallback(found.hall_id, by, fields["key"], ticket=found.pk))


def _typed(request: HallRequest) -> dict[str, Any]:
    """The form's fields as `set_policy` takes them; raises Refused for what is no number."""
    form = request.POST
    return {
        "wait_minutes": _limit(form.get("wait_minutes", "")) if "waited" in form else 0,
        "transfers": _limit(form.get("transfers", "")) if "wanders" in form else 0,
        "unknown_series": form.get("unknown_series", "")[:3],
        "duties": [_duty(each) for each in form.getlist("duty") if each],
        **{name: name in form for name in fallback_policy.SWITCHES},
    }


def _limit(typed: str) -> int:
    """A limit of zero is no limit: whoever wants none takes the tick away."""
    limit = figure(typed)
    if limit < 1:
        raise Refused("fallback_figure", 400)
    return limit


def _duty(chosen: str) -> tuple[int, str]:
    number, _, code = chosen.partition(":")
    return figure(number), code


def _day(asked: str, today: date) -> date:
    try:
        return min(date.fromisoformat(asked), today)
    except ValueError:
        return today


def _policy_context(hall: Hall, typed: Any) -> dict[str, Any]:
    now = FallbackPolicy.of(hall)
    duties = {f"{number}:{code}" for number, code in _duties(hall)}
    chosen = set(typed.getlist("duty")) if typed else duties
    fallbacks = list(Window.in_use(hall).filter(is_fallback=True))
    departments = Department.objects.filter(hall=hall, is_active=True).exclude(code="unknown-matter")
    ticks = {name: (name in typed if typed else getattr(now, name)) for name in fallback_policy.SWITCHES}
    letter = now.unknown_service.series.letter if now.unknown_service else ""
    return {
        "ticks": ticks,
        "waited": "waited" in typed if typed else now.wait_minutes > 0,
        "wait_minutes": typed.get("wait_minutes", "") if typed else now.wait_minutes or 30,
        "wanders": "wanders" in typed if typed else now.transfers > 0,
        "transfers": typed.get("transfers", "") if typed else now.transfers or 3,
        "series": list(Series.objects.filter(hall=hall, is_active=True).order_by("letter")),
        "unknown_series": typed.get("unknown_series", "") if typed else letter,
        "fallbacks": fallbacks,
        "duties": [
            (each, [(window, f"{window.number}:{each.code}") for window in fallbacks]) for each in departments
        ],
        "chosen": chosen,
    }


def _reasons_of(hall: Hall, day: date, today: date) -> dict[str, int]:
    """How many came to the fallback window by each reason; today as on the manager's screen, who waits included."""
    if not hall.seq:
        return {}
    if day == today:
        return {row["code"]: row["today"] for row in fallback_rows(Reading(hall))}
    return fallback_counts(hall, day)


def _duties(hall: Hall) -> list[tuple[int, str]]:
    return list(FallbackDuty.objects.filter(hall=hall).values_list("window__number", "department__code"))


urls: list[URLPattern] = [
    path("<slug:hall>/setup/fallback/", policy, name="setup-fallback"),
    path("<slug:hall>/refusals/", refusals, name="refusals"),
    path("t/<str:token>/fallback/", ask, name="ticket-fallback"),
]
