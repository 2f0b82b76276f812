"""The window console: everything a clerk does, and what a console looks up before it says a verb."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_POST

from hallqueue.actions import messages, windows
from hallqueue.actions.command import Answer
from hallqueue.actions.line import calling, fallback, journeys, sending, visits
from hallqueue.claims import may_take
from hallqueue.errors import Refused
from hallqueue.models import Department, Hall, Service, Ticket, Window
from hallqueue.pinyin import initials_of, pinyin_of
from hallqueue.topics import Frame, Topic, frame_of
from hallqueue.topics.reading import Reading, iso
from hallqueue.transactions import one_read
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import page, page_data
from hallqueue.web.reading import posted

AT_WINDOWS = ("clerk", "manager", "administrator")
MOST_FOUND = 40
LONGEST_QUERY = 60

TRANSFER = {"reason": str, "service": str, "department": str, "to_window": int, "fallback": bool}
TRANSFER |= {"place": str, "after": int, "back": bool, "ticket": int}

# What a console may say, with the fields each verb takes beside the key.
VERBS: dict[str, tuple[Callable[..., Answer], dict[str, type]]] = {
    "sit": (windows.sit, {"take_over": bool}),
    "leave": (windows.leave, {}),
    "open": (windows.open_window, {}),
    "pause": (windows.pause, {"reason": str}),
    "close": (windows.close, {}),
    "next": (calling.call_next, {}),
    "pick": (calling.pick, {"ticket": int, "reason": str}),
    "recall": (calling.recall, {}),
    "start": (calling.start, {}),
    "finish": (calling.finish, {"results": list, "papers": str}),
    "no_show": (calling.no_show, {}),
    "park": (sending.park, {"reason": str, "minutes": int}),
    "transfer": (sending.transfer, TRANSFER),
    "requeue": (sending.requeue_here, {"ticket": int}),
    "join": (visits.join, {"ticket": int}),
    "correct": (visits.correct, {"service": str}),
    "note": (visits.note, {"people": int, "note": str}),
    "refuse": (fallback.refuse, {"kind": str, "words": str}),
    "skip": (journeys.skip_step, {"service": str, "reason": str}),
    "undo": (calling.undo, {"ticket": int}),
    "seen": (messages.seen, {"message": int}),
}
NEEDED = {"pause": ("reason",), "pick": ("ticket", "reason"), "park": ("reason",), "transfer": ("reason",)}
NEEDED |= dict.fromkeys(("requeue", "join"), ("ticket",)) | {"correct": ("service",)}
NEEDED |= {"undo": ("ticket",), "seen": ("message",), "refuse": ("kind", "words")}
NEEDED["skip"] = ("service", "reason")


@allowed(*AT_WINDOWS)
@require_GET
def choose(request: HallRequest, hall: str) -> HttpResponse:
    """The windows with state and who sits there; one is chosen."""
    data = _data(request, "windows", "")
    return page(request, "hallqueue/window_choose.html", {"data": data})


@allowed(*AT_WINDOWS)
@require_GET
def console(request: HallRequest, hall: str, number: int) -> HttpResponse:
    """One window's console."""
    window = _window(request.hall, number)
    data = _data(request, "window", str(number))
    return page(request, "hallqueue/window_console.html", {"data": data, "window": window})


@allowed(*AT_WINDOWS)
@require_POST
def say(request: HallRequest, hall: str, number: int, verb: str) -> JsonResponse:
    """Say a verb at a window; the answer brings the window's fresh frame, so the page need not wait for the socket."""
    if verb not in VERBS:
        raise Refused("page_unknown", 404)
    perform, types = VERBS[verb]
    details = posted(request, **types)
    key = details.pop("key")
    for name in NEEDED.get(verb, ()):
        if name not in details:
            raise Refused("reason_required" if name in ("reason", "words") else "bad_input", 400, detail=name)
    answer = perform(request.hall.pk, actor_of(request), key, window=number, **details)
    return JsonResponse({"answer": answer, "frame": _frame(request.hall, "window", str(number))})


@allowed(*AT_WINDOWS)
@require_GET
def destinations(request: HallRequest, hall: str, number: int) -> JsonResponse:
    """Where a ticket may be sent: windows by number or name, departments by name, pinyin or initials, services by these
    and by code."""
    query = _query(request)
    found = {
        "windows": [_seat(each) for each in _windows_like(request.hall, query) if each.number != number],
        "departments": _departments_like(request.hall, query),
        "services": _services_like(request.hall, query),
    }
    return JsonResponse(found)


@allowed(*AT_WINDOWS)
@require_GET
def pickable(request: HallRequest, hall: str, number: int) -> JsonResponse:
    """The tickets this window may pick whose number is like the asked one; `any=1`: of every line, to be joined."""
    window, query = _window(request.hall, number), _query(request).upper()
    states = (Ticket.State.WAITING, Ticket.State.PARKED, Ticket.State.MISSED)
    found = Ticket.objects.filter(hall=request.hall, ended_at=None, state__in=states, label__contains=query)
    if not request.GET.get("any"):
        found = found.filter(may_take(window).q)
    rows = found.select_related("service").order_by("precedence", "position", "id")[:MOST_FOUND]
    return JsonResponse({"tickets": [_pick_row(ticket) for ticket in rows]})


def _data(request: HallRequest, kind: str, name: str) -> dict[str, Any]:
    """What a page's script starts from, the first frame among it."""
    actor = actor_of(request)
    me = {"user": actor.user.pk if actor.user else 0, "may_manage": actor.may_manage}
    frame = _frame(request.hall, kind, name)
    rooms = ("window", "life", "help", "words", "fallback", "journeys", "concern.kind")
    return page_data(request, *rooms, me=me, frame=frame, now=time.time())


def _frame(hall: Hall, kind: str, name: str) -> Frame | None:
    with one_read():
        reading = Reading(Hall.objects.get(pk=hall.pk))
        return frame_of(reading, Topic(kind, hall.slug, name))


def _window(hall: Hall, number: int) -> Window:
    window = Window.objects.filter(hall=hall, number=number).first()
    if window is None or window.state == Window.State.RETIRED:
        raise Refused("window_retired" if window else "unknown_window", 404, number=number)
    return window


def _query(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]


def _windows_like(hall: Hall, query: str) -> Iterable[Window]:
    found = Window.in_use(hall)
    if query.isdecimal():
        return found.filter(number__in=[int(query)] if len(query) < 5 else [])
    return found.filter(Q(name__icontains=query) | Q(zone__icontains=query))[:MOST_FOUND]


def _seat(window: Window) -> dict[str, Any]:
    return {
        "number": window.number,
        "name": window.name,
        "zone": window.zone,
        "state": window.state,
        "fallback": window.is_fallback,
    }


def _departments_like(hall: Hall, query: str) -> list[dict[str, Any]]:
    """Departments that offer anything, and how many open windows take work of theirs."""
    offering = Department.objects.filter(hall=hall, is_active=True, services__is_active=True).distinct()
    low = query.lower().replace(" ", "")
    here = Q(services__is_active=True, services__taken_by__window__state=Window.State.OPEN)
    here &= Q(services__taken_by__window__is_fallback=False)
    counted = Count("services__taken_by__window", filter=here, distinct=True)
    return [
        {"code": each.code, "name": each.name, "open_windows": each.open_windows}
        for each in offering.annotate(open_windows=counted)
        if query in each.name or (low and (low in pinyin_of(each.name) or low in initials_of(each.name)))
    ]


def _services_like(hall: Hall, query: str) -> list[dict[str, Any]]:
    """Active services; those some open window takes come first, then the most usual."""
    low = query.lower().replace(" ", "")
    like = Q(name__icontains=query) | Q(also_called__icontains=query) | Q(code__iexact=query)
    like |= Q(pinyin__contains=low) | Q(initials__contains=low)
    open_here = Count("windows", filter=Q(windows__state=Window.State.OPEN, windows__is_fallback=False))
    found = Service.objects.filter(like, hall=hall, is_active=True).annotate(open_windows=open_here)
    rows = found.order_by("-open_windows", "-weight", "order", "id")
    names = ("code", "name", "open_windows", "department__name")
    return [dict(row) for row in rows.values(*names)[:MOST_FOUND]]


def _pick_row(ticket: Ticket) -> dict[str, Any]:
    return {
        "ticket": ticket.pk,
        "label": ticket.label,
        "service": ticket.service.name,
        "state": ticket.state,
        "klass": ticket.klass,
        "since": iso(ticket.issued_at),
    }


urls: list[URLPattern] = [
    path("<slug:hall>/window/", choose, name="windows"),
    path("<slug:hall>/window/<int:number>/", console, name="window"),
    path("<slug:hall>/window/<int:number>/destinations/", destinations, name="window-destinations"),
    path("<slug:hall>/window/<int:number>/pickable/", pickable, name="window-pickable"),
    path("<slug:hall>/window/<int:number>/<slug:verb>/", say, name="window-say"),
]
