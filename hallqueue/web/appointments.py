"""Appointments at the desk: the day's slots, booking, checking in, moving; and the managers' page of slots."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import segno
from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hallqueue.actions import appointments as verbs
from hallqueue.actions.command import new_key
from hallqueue.actions.house import slots as slot_verbs
from hallqueue.errors import Refused
from hallqueue.models import (
    AT_THE_DESK,
    HANDS,
    Appointment,
    Hall,
    Series,
    Service,
    Slot,
    SlotPattern,
    Ticket,
    Window,
)
from hallqueue.problems import sentence_of
from hallqueue.topics.slots import slots_of_day
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page
from hallqueue.web.reading import done, figure, posted, told_to_staff

DAYS_SHOWN, A_PAGE = 7, 40
SAID = {
    "removed": "appointments.removed",
    "again": "appointments.again",
    "move": "appointments.moved",
    "cancel": "appointments.cancelled",
}

Context = dict[str, Any]
Verbs = Mapping[str, Callable[[HallRequest], str]]


@allowed(*AT_THE_DESK)
@require_http_methods(["GET", "POST"])
def day(request: HallRequest, hall: str) -> HttpResponse:
    """One day: who is found, which slots are free, who is expected, who never came."""
    said = _answered(request, DESK_VERBS)
    if isinstance(said, HttpResponse):
        return said
    today = request.hall.local_date(timezone.now())
    chosen, query = _day_of(request, today), _given(request, "q")
    rows = slots_of_day(request.hall, chosen, timezone.now())
    context = {
        "key": new_key(),
        "day": chosen,
        "days": [today + timedelta(days=offset) for offset in range(DAYS_SHOWN)],
        "slots": rows,
        "free": sum(row["free"] for row in rows if not row["over"]),
        "slot": next((row for row in rows if str(row["slot"]) == _given(request, "slot")), None),
        "query": query,
        "found": verbs.find(request.hall, query, timezone.now()) if query else [],
        "expected": _expected(request, chosen),
        "tally": _tally(request, chosen),
        "moving": _given(request, "moving"),
        "may_arrange": actor_of(request).may_manage,
        "unbooked": _unbooked(request, chosen),
        **_shown(request),
        **said,
    }
    return page(request, "hallqueue/appointments.html", context, status=said.get("status", 200))


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def arrange(request: HallRequest, hall: str) -> HttpResponse:
    """Managers make slots, one or a week's pattern, and set the rules."""
    said = _answered(request, SLOT_VERBS)
    if isinstance(said, HttpResponse):
        return said
    mine = {"hall": request.hall}
    context = {
        "key": new_key(),
        "rules": slot_verbs.rules_of(request.hall),
        "limits": slot_verbs.RULES,
        "services": _offered(request.hall),
        "windows": Window.in_use(request.hall),
        "series": Series.objects.filter(**mine, is_active=True).order_by("letter"),
        "patterns": _weeks(request.hall),
        "weekdays": [(at, f"calendar.weekday.{at}") for at in range(7)],
        "today": request.hall.local_date(timezone.now()),
        "made": request.GET.get("made", "") if request.GET.get("made", "").isdecimal() else "",
        **said,
    }
    return page(request, "hallqueue/slots.html", context, status=said.get("status", 200))


@allowed(*AT_THE_DESK)
@require_GET
def find(request: HallRequest, hall: str) -> HttpResponse:
    """What the desk's own page asks: appointments by code, telephone or its last four digits, as JSON."""
    rows = verbs.find(request.hall, request.GET.get("q", ""), timezone.now())
    return JsonResponse({"appointments": [_told(request, row) for row in rows]})


@allowed(*AT_THE_DESK)
@require_POST
def check_in(request: HallRequest, hall: str) -> HttpResponse:
    """The desk's own page checks somebody in; answers with the number."""
    fields = posted(request, code=str, language=str)
    key, code = fields.pop("key"), fields.pop("code", "")
    given = verbs.check_in(request.hall.pk, actor_of(request), key, code=code, source="desk", **fields)
    return done(told_to_staff(given))


def _weeks(hall: Hall) -> list[dict[str, Any]]:
    """What comes again every week, a row for each service and window: days that are alike stand together."""
    rows = (
        SlotPattern.objects.filter(hall=hall).select_related("service", "window").order_by("weekday", "start")
    )
    days: dict[tuple[Any, Any], dict[int, list[SlotPattern]]] = {}
    for each in rows:
        days.setdefault((each.service, each.window), {}).setdefault(each.weekday, []).append(each)
    weeks: dict[tuple[Any, ...], dict[str, Any]] = {}
    for (service, window), found in days.items():
        for weekday, spans in found.items():
            alike = (service, window, *((each.start, each.end, each.capacity) for each in spans))
            week = {"service": service, "window": window, "spans": spans, "days": []}
            weeks.setdefault(alike, week)["days"].append(f"calendar.weekday.{weekday}")
    return list(weeks.values())


def _answered(request: HallRequest, known: Verbs) -> Any:
    """Do what a form asks and lead on; a refusal is a sentence on the page, and what was typed stays."""
    if request.method != "POST":
        return {}
    try:
        verb = known.get(request.POST.get("verb", ""))
        if verb is None:
            raise Refused("bad_input", 400, detail="verb")
        return HttpResponseRedirect(f"{request.path}?{verb(request)}", status=303)
    except Refused as refusal:
        return {"sentence": sentence_of(refusal, language_of(request)), "status": refusal.status}


def _say(request: HallRequest) -> tuple[int, Any, str]:
    return request.hall.pk, actor_of(request), request.POST.get("key", "")


def _book(request: HallRequest) -> str:
    given = {"name": request.POST.get("name", ""), "phone": request.POST.get("phone", "")}
    answer = verbs.book(*_say(request), slot=figure(request.POST.get("slot", "")), **given)
    return f"date={answer['date']}&made={answer['appointment']}"


def _check_in(request: HallRequest) -> str:
    answer = verbs.check_in(*_say(request), code=request.POST.get("q", ""), source="desk")
    late = "&late=1" if answer["late"] else ""
    again = "&done=again" if answer["again"] else ""
    return f"ticket={answer['ticket']}{late}{again}"


def _cancel(request: HallRequest) -> str:
    answer = verbs.cancel_appointment(*_say(request), code=request.POST.get("q", ""))
    return f"date={answer['date']}&made={answer['appointment']}&done=cancel"


def _move(request: HallRequest) -> str:
    slot = figure(request.POST.get("slot", ""))
    answer = verbs.rebook(*_say(request), code=request.POST.get("moving", ""), slot=slot)
    return f"date={answer['date']}&made={answer['appointment']}&done=move"


def _remove_slot(request: HallRequest) -> str:
    """Of a day that was laid out wrongly; the desk's page shows the button to managers alone."""
    slot_verbs.remove_slot(*_say(request), slot=figure(request.POST.get("slot", "")))
    return f"date={_given(request, 'date')}&done=removed"


def _set_rules(request: HallRequest) -> str:
    limits = {name: figure(request.POST.get(name, "")) for name in slot_verbs.RULES}
    slot_verbs.set_rules(*_say(request), limits=limits, series=request.POST.get("series", ""))
    return "done=rules"


def _make_slot(request: HallRequest) -> str:
    given = {name: request.POST.get(name, "") for name in ("day", "start", "end")}
    given["service"] = _service(request)
    places = figure(request.POST.get("capacity", ""))
    slot_verbs.make_slot(*_say(request), **given, capacity=places, window=_window(request))
    return "done=slot"


def _set_pattern(request: HallRequest) -> str:
    """Lines "09:00-10:00 5" for the ticked weekdays; no line at all takes the pattern away."""
    days = [at for at in range(7) if request.POST.get(f"weekday{at}")]
    lines = [line.split() for line in request.POST.get("lines", "")[:5000].splitlines() if line.strip()]
    if any(len(line) != 2 or line[0].count("-") != 1 for line in lines) or (lines and not days):
        raise Refused("slot_time", 400)
    rows = [[at, *span.split("-"), figure(places)] for at in days for span, places in lines]
    slot_verbs.set_pattern(*_say(request), service=_service(request), rows=rows, window=_window(request))
    return "done=pattern"


def _make_slots(request: HallRequest) -> str:
    given = {name: request.POST.get(name, "") for name in ("first", "last")}
    return f"made={slot_verbs.make_slots(*_say(request), **given)['slots']}"


DESK_VERBS: Verbs = {
    "book": _book,
    "check_in": _check_in,
    "cancel": _cancel,
    "move": _move,
    "remove": _remove_slot,
}
SLOT_VERBS: Verbs = {
    "rules": _set_rules,
    "slot": _make_slot,
    "pattern": _set_pattern,
    "slots": _make_slots,
}


def _offered(hall: Hall) -> dict[str, str]:
    """The code of each service that may be chosen, by its name; where two share one, the code stands behind it."""
    rows = list(Service.objects.filter(hall=hall, is_active=True).values_list("name", "code"))
    bearers = Counter(name for name, _ in rows)
    return {name if bearers[name] == 1 else f"{name} {code}": code for name, code in rows}


def _service(request: HallRequest) -> str:
    """A service's code, from what the list offers or from the code itself."""
    typed = request.POST.get("service", "").strip()
    return _offered(request.hall).get(typed, typed)


def _window(request: HallRequest) -> int | None:
    typed = request.POST.get("window", "")
    return figure(typed) if typed else None


def _given(request: HallRequest, name: str) -> str:
    return (request.POST.get(name) or request.GET.get(name) or "")[:40]


def _day_of(request: HallRequest, today: date) -> date:
    try:
        return date.fromisoformat(_given(request, "date"))
    except ValueError:
        return today


def _expected(request: HallRequest, day: date) -> Page[Appointment]:
    """The appointments of a day by their time, a page of them: today first that of the people expected now."""
    # The hall of the slot, not of the appointment: so the day's slots are looked up first, and nothing older is read.
    rows = Appointment.objects.filter(slot__hall=request.hall, slot__date=day)
    pages = Paginator(rows.select_related("slot__service", "ticket").order_by("slot__start_at", "pk"), A_PAGE)
    now = timezone.now()
    if day != request.hall.local_date(now) or "page" in request.GET:
        return pages.get_page(request.GET.get("page"))
    over = rows.filter(slot__end_at__lt=now).count()
    return pages.get_page(min(over // A_PAGE + 1, pages.num_pages))


def _unbooked(request: HallRequest, day: date) -> set[int]:
    """The slots of a day that were never booked: a manager may take them away."""
    if not actor_of(request).may_manage:
        return set()
    mine = Slot.objects.filter(hall=request.hall, date=day, appointments=None)
    return set(mine.values_list("pk", flat=True))


def _tally(request: HallRequest, day: date) -> dict[str, int]:
    """How many appointments of a day are in each state."""
    rows = Appointment.objects.filter(slot__hall=request.hall, slot__date=day).order_by()
    counted = dict(rows.values_list("state").annotate(Count("id")))
    return {state: counted.get(state, 0) for state in Appointment.State.values}


def _shown(request: HallRequest) -> Context:
    """What has just been done, large: the code of a booking with its QR code, or the number of who checked in;
    and in a sentence what is not seen in these."""
    made = Appointment.objects.filter(hall=request.hall, pk=max(0, figure(_given(request, "made"))))
    booked = made.select_related("slot__service").first()
    ticket = Ticket.objects.filter(hall=request.hall, pk=max(0, figure(_given(request, "ticket")))).first()
    shown: Context = {"booked": booked, "ticket": ticket, "late": bool(_given(request, "late"))}
    shown["said"] = SAID.get(request.GET.get("done", ""), "")
    if booked is not None:
        shown["qr"] = segno.make(booked.code, error="m", micro=False).svg_data_uri(border=2, scale=6)
        shown["no_shows"] = verbs.no_shows(request.hall, booked.phone_hash, timezone.now())
    return shown


def _told(request: HallRequest, row: Appointment) -> Context:
    zone = request.hall.local_zone
    return {
        "code": row.code,
        "name": row.name,
        "phone": row.phone_tail,
        "state": row.state,
        "service": row.slot.service.name,
        "date": row.slot.date.isoformat(),
        "start": f"{row.slot.start_at.astimezone(zone):%H:%M}",
        "end": f"{row.slot.end_at.astimezone(zone):%H:%M}",
        "window": row.slot.window.number if row.slot.window else None,
        "label": row.ticket.label if row.ticket else None,
    }


urls = [
    path("<slug:hall>/appointments/", day, name="appointments"),
    path("<slug:hall>/appointments/find.json", find, name="appointments-find"),
    path("<slug:hall>/appointments/check-in/", check_in, name="appointments-check-in"),
    path("<slug:hall>/setup/appointments/", arrange, name="setup-appointments"),
]
