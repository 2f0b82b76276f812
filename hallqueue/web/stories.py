"""The pages of staff about one ticket: found by its number, told from its first step to its last."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from hallqueue.models import ApiClient, Concern, Device, Hall, Service, Ticket, User
from hallqueue.stories import Aside, Step, asides_of, reason_told, story_of
from hallqueue.texts import has_text, text
from hallqueue.transactions import one_read
from hallqueue.web.access import HallRequest, allowed
from hallqueue.web.pages import language_of, page

READERS = ("manager", "administrator", "auditor", "desk")
MOST = 60


@allowed(*READERS)
@require_GET
def tickets(request: HallRequest, hall: str) -> HttpResponse:
    """Find tickets by number: today's first; one that fits alone is opened at once. Without a number, the latest."""
    query = request.GET.get("q", "").replace("\x00", "").strip().upper()[:10]
    found = list(_like(request.hall, query)) if query else list(_latest(request.hall))
    alone = len(found) == 1 or (found and found[0].label == query and _only_today(request.hall, found, query))
    if query and alone:
        return redirect("ticket-story", request.hall.slug, found[0].pk)
    return page(request, "hallqueue/tickets_found.html", {"query": query, "found": found})


@allowed(*READERS)
@require_GET
def story(request: HallRequest, hall: str, ticket: int) -> HttpResponse:
    """Everything that happened to one ticket."""
    lang = language_of(request)
    with one_read():
        found = Ticket.objects.select_related("hall", "service", "window").filter(
            hall=request.hall, pk=ticket
        )
        row = found.first()
        if row is None:
            raise Http404("ticket")
        told = story_of(row, max(timezone.now(), row.hall.moved_at))
        names = _names(request.hall, {step.event.by for step in told.steps})
        services = _services(request.hall, told.steps)
        steps = [_step(step, names, services, lang) for step in told.steps]
        asides = sorted([*asides_of(row, lang), *_concerns(row, lang)], key=lambda each: each.at)
    context = {"ticket": row, "steps": steps, "asides": asides}
    context |= {"waited": lasting(told.waited, lang), "served": lasting(told.served, lang)}
    return page(request, "hallqueue/ticket_story.html", context)


def lasting(duration: timedelta | None, lang: str) -> str:
    """A duration in words; "" while it lasts."""
    if duration is None:
        return ""
    minutes, seconds = divmod(int(duration.total_seconds()), 60)
    if minutes >= 60:
        return text("manager.hours", lang, h=minutes // 60, m=minutes % 60)
    return text("story.minutes" if minutes else "story.seconds", lang, m=minutes, s=seconds)


def _like(hall: Hall, query: str) -> Any:
    """By the whole number, or by its last digits."""
    if query.isdecimal():
        found = Ticket.objects.filter(hall=hall, label__endswith=query)
    else:
        found = Ticket.numbered(hall, query)
    return found.select_related("service").order_by("-business_date", "label")[:MOST]


def _latest(hall: Hall) -> Any:
    return Ticket.objects.filter(hall=hall).select_related("service").order_by("-id")[:MOST]


def _only_today(hall: Hall, found: list[Ticket], query: str) -> bool:
    """Whether today has exactly one ticket of this very number."""
    today = hall.business_date(hall.moved_at)
    return [each.label for each in found if each.business_date == today] == [query]


def _step(step: Step, names: dict[str, str], services: dict[str, str], lang: str) -> dict[str, Any]:
    event, told = step.event, step.event.data
    key = f"story.{event.kind}"
    return {
        "at": event.at,
        "kind": event.kind,
        "state": step.state,
        "words": text(key if has_text(key) else "story.other", lang),
        "window": event.window.number if event.window else None,
        "to": _to(told, services, lang),
        "reason": reason_told(told, lang),
        "by": names.get(event.by) or _kind_of(event.by, lang),
        "lasted": lasting(step.lasted, lang),
    }


def _concerns(ticket: Ticket, lang: str) -> Iterator[Aside]:
    """The concerns that were born from the ticket: number, kind, and how each stands."""
    for concern in Concern.objects.filter(hall=ticket.hall_id, ticket=ticket):
        kind = text(f"concern.kind.{concern.kind}", lang)
        state = text(f"words.concern_state.{concern.state}", lang)
        url = reverse("concern", args=(ticket.hall.slug, concern.pk))
        words = text("story.concern", lang, number=concern.label, kind=kind, state=state)
        yield Aside(concern.raised_at, words, "circle-alert", url)


def _to(told: dict[str, Any], services: dict[str, str], lang: str) -> str:
    """Where a ticket was sent by this step."""
    if "now" in told and "before" in told:
        return text(
            "story.windows", lang, now=_places(told["now"], lang), before=_places(told["before"], lang)
        )
    if told.get("to_window") is not None:
        return text("acts.to_window", lang, number=told["to_window"])
    if told.get("fallback"):
        return text("acts.to_fallback", lang)
    return services.get(str(told.get("service", "")), "")


def _places(windows: list[int], lang: str) -> str:
    """Windows by their numbers, or that there is none."""
    numbers = "、".join(map(str, windows))
    return text("acts.to_window", lang, number=numbers) if numbers else text("story.nowhere", lang)


def _services(hall: Hall, steps: list[Step]) -> dict[str, str]:
    codes = {str(step.event.data.get("service", "")) for step in steps}
    return dict(Service.objects.filter(hall=hall, code__in=codes).values_list("code", "name"))


def _names(hall: Hall, who: set[str]) -> dict[str, str]:
    """People, devices and machines by what the log calls them."""
    found: dict[str, str] = {}
    for kind, model in (("user", User), ("device", Device), ("client", ApiClient)):
        keys = [each.partition(":")[2] for each in who if each.startswith(f"{kind}:")]
        rows = model.objects.filter(pk__in=[key for key in keys if key.isdecimal()])
        found |= {f"{kind}:{row.pk}": str(row) for row in rows}
    return found


def _kind_of(by: str, lang: str) -> str:
    key = f"story.by.{by.partition(':')[0]}"
    return text(key, lang) if has_text(key) else by


urls: list[URLPattern] = [
    path("<slug:hall>/tickets/", tickets, name="tickets"),
    path("<slug:hall>/tickets/<int:ticket>/", story, name="ticket-story"),
]
