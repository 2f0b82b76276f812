"""The desk (导办台): issue for somebody, find and change tickets, answer calls for a helper, lend things."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q
from django.http import HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from hallqueue.actions import appointments, helping, lending
from hallqueue.actions.command import Actor, Answer
from hallqueue.actions.line import desk, moving, tickets, visits
from hallqueue.errors import Refused
from hallqueue.models import AT_THE_DESK, Appointment, Hall, HelpCall, Service, Ticket
from hallqueue.texts import has_text, text
from hallqueue.topics import Frame, Topic, frame_of
from hallqueue.topics.reading import Reading, iso
from hallqueue.transactions import one_read
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page, page_data
from hallqueue.web.reading import posted, told_to_staff

MOST_FOUND = 40
LONGEST_QUERY = 60
DAYS_BACK = 7


def issue(hall: int, by: Actor, key: str, **wish: Any) -> Answer:
    """A number for somebody at the desk; with `print` its slip is asked for, at `printer` if one is named."""
    wants_paper, printer = wish.pop("print", False), wish.pop("printer", None)
    if not all(isinstance(code, str) for code in wish.get("also", ())):
        raise Refused("bad_input", 400, detail="also")
    issued = tickets.issue(hall, by, key, source="desk", slip=False, **wish)
    if wants_paper:
        paper = {"ticket": issued["ticket"], "why": "asked", "printer": printer}
        desk.ask_slip(hall, by, f"{key[:58]}.slip", **paper)
    return issued


def to_fallback(hall: int, by: Actor, key: str, *, ticket: int, reason: str) -> Answer:
    """Send somebody who waits to the fallback window."""
    moving.redirect(hall, by, key, tickets=[ticket], fallback=True, reason=reason)
    return {"ticket": ticket}


def check_in(hall: int, by: Actor, key: str, *, code: str, language: str = "zh") -> Answer:
    """Somebody with an appointment has come to the desk."""
    return appointments.check_in(hall, by, key, code=code, language=language, source="desk")


# What the desk may say, with the fields each verb takes beside the key; the starred ones must be there.
VERBS: dict[str, tuple[Callable[..., Answer], dict[str, type]]] = {
    "issue": (
        issue,
        {
            "service": str,
            "unknown": bool,
            "also": list,
            "people": int,
            "priority": str,
            "language": str,
            "note": str,
            "to_fallback": bool,
            "print": bool,
            "printer": int,
        },
    ),
    "verify": (desk.verify, {"*ticket": int, "*kind": str}),
    "unverify": (desk.take_back_priority, {"*ticket": int}),
    "slip": (desk.ask_slip, {"*ticket": int, "*why": str, "printer": int}),
    "requeue": (tickets.requeue, {"*ticket": int}),
    "correct": (visits.correct_ticket, {"*ticket": int, "*service": str}),
    "check_in": (check_in, {"*code": str, "language": str}),
    "cancel": (tickets.cancel, {"*ticket": int, "*reason": str}),
    "redirect": (to_fallback, {"*ticket": int, "*reason": str}),
    "help": (helping.ask_for_help, {"*kind": str, "*place": str, "spot": str, "ticket": int, "note": str}),
    "help_take": (helping.take_help, {"*call": int}),
    "help_release": (helping.release_help, {"*call": int}),
    "help_done": (helping.finish_help, {"*call": int, "outcome": str}),
    "lend": (lending.lend, {"*item": str, "number": int, "ticket": int, "deposit": str}),
    "back": (lending.bring_back, {"*loan": int}),
}


@allowed(*AT_THE_DESK)
@require_GET
def show(request: HallRequest, hall: str) -> HttpResponse:
    """The desk's one page."""
    user = request.viewer.user
    data = page_data(
        request,
        "desk",
        "fallback",
        "printer",
        "story",
        "window",
        "words",
        frame=_frame(request.hall, "main"),
        me=user.pk if user else 0,
        priorities=tickets.PRIORITY_KINDS,
        languages=tickets.LANGUAGES,
        help_kinds=HelpCall.Kind.values,
        why=desk.WHY_A_SLIP[1:],
        now=time.time(),
    )
    return page(request, "hallqueue/desk.html", {"data": data})


@allowed(*AT_THE_DESK)
@require_POST
def say(request: HallRequest, hall: str, verb: str) -> JsonResponse:
    """Say a verb; the answer brings the page's fresh frame, and the ticket's where the verb was about one."""
    if verb not in VERBS:
        raise Refused("page_unknown", 404)
    perform, fields = VERBS[verb]
    details = posted(request, **{name.lstrip("*"): kind for name, kind in fields.items()})
    key = details.pop("key")
    for name in [name[1:] for name in fields if name.startswith("*")]:
        if name not in details:
            raise Refused("reason_required" if name == "reason" else "bad_input", 400, detail=name)
    answer = perform(request.hall.pk, actor_of(request), key, **details)
    ticket = answer.get("ticket")
    sheet = _frame(request.hall, str(ticket)) if ticket else None
    told = {"answer": told_to_staff(answer), "frame": _frame(request.hall, "main"), "sheet": sheet}
    return JsonResponse(told)


@allowed(*AT_THE_DESK)
@require_GET
def sheet(request: HallRequest, hall: str, ticket: int) -> JsonResponse:
    """All about one ticket, as its topic shows it."""
    frame = _frame(request.hall, str(ticket))
    if frame is None:
        raise Refused("unknown_ticket", 404)
    return JsonResponse(frame)


@allowed(*AT_THE_DESK)
@require_GET
def find(request: HallRequest, hall: str) -> JsonResponse:
    """Tickets of today and the last days by number or a part of it, by service, or by the word for a state."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    if not query:
        return JsonResponse({"tickets": [], "appointments": []})
    now = timezone.now()
    today = request.hall.business_date(now)
    rows = _tickets_like(request.hall, today, _like(request.hall, query, language_of(request)))
    booked = appointments.find(request.hall, query, now)
    found_rows = [_row(ticket, ticket.business_date == today) for ticket in rows]
    return JsonResponse({"tickets": found_rows, "appointments": [_booking(each) for each in booked]})


def _tickets_like(hall: Hall, today: date, like: Q) -> list[Ticket]:
    """Day by day from today back until there are enough: earlier days are read only where later ones say too little.

    Of a day, who is still here comes first.
    """
    found: list[Ticket] = []
    for back in range(DAYS_BACK):
        of_day = Ticket.objects.filter(like, hall=hall, business_date=today - timedelta(days=back))
        order = (F("ended_at").asc(nulls_first=True), "-id")
        found += of_day.select_related("service").order_by(*order)[: MOST_FOUND - len(found)]
        if len(found) == MOST_FOUND:
            break
    return found


def _like(hall: Hall, query: str, lang: str) -> Q:
    """By number; where letters were typed also by the service's name, pinyin and initials, and by a state's word."""
    low = query.lower().replace(" ", "")
    like = Q(label__contains=query.upper().replace(" ", ""))
    if low.isdecimal():
        return like
    named = Q()
    for field, typed in (("name", query), ("also_called", query), ("pinyin", low), ("initials", low)):
        named |= Q(**{f"{field}__contains": typed})
    services = Service.objects.filter(named, hall=hall).values_list("pk", flat=True)
    return like | Q(state__in=_states_worded(low, lang)) | Q(service__in=list(services))


def _states_worded(low: str, lang: str) -> list[str]:
    """States by their word in the page's language, or by a part of the Chinese one: 过号 finds 已过号."""
    words = {
        state: f"words.state.{state}" for state in Ticket.State.values if has_text(f"words.state.{state}")
    }
    whole = [state for state, key in words.items() if low == text(key, lang).lower()]
    return whole or [state for state, key in words.items() if len(low) > 1 and low in text(key)]


def _row(ticket: Ticket, today: bool) -> dict[str, Any]:
    return {
        "ticket": ticket.pk,
        "label": ticket.label,
        "state": ticket.state,
        "service": ticket.service.name,
        "klass": ticket.klass,
        "priority": ticket.priority_kind,
        "language": ticket.language,
        "note": ticket.note,
        "transfers": ticket.transfer_count,
        "sent": ticket.for_window_id is not None,
        "since": iso(ticket.called_at or ticket.issued_at),
        "date": ticket.business_date.isoformat(),
        "today": today,
    }


def _booking(each: Appointment) -> dict[str, Any]:
    """An appointment as it is read back to the person: no name is shown in full, no number at all."""
    slot = each.slot
    return {
        "code": each.code,
        "name": each.name,
        "state": each.state,
        "service": slot.service.name,
        "date": slot.date.isoformat(),
        "start_at": iso(slot.start_at),
        "ticket": each.ticket_id,
    }


def _frame(hall: Hall, name: str) -> Frame | None:
    with one_read():
        return frame_of(Reading(Hall.objects.get(pk=hall.pk)), Topic("desk", hall.slug, name))


urls: list[URLPattern] = [
    path("<slug:hall>/desk/", show, name="desk"),
    path("<slug:hall>/desk/find/", find, name="desk-find"),
    path("<slug:hall>/desk/ticket/<int:ticket>/", sheet, name="desk-ticket"),
    path("<slug:hall>/desk/<slug:verb>/", say, name="desk-say"),
]
