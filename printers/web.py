"""The printers page: how every printer is, what became of the last papers, reprints, and the demo's printer twin."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from hallqueue.errors import Refused
from hallqueue.models import AT_THE_DESK, DEVICE_WATCHERS, Hall, Role
from hallqueue.topics import Topic, frame_of
from hallqueue.topics.reading import Reading
from hallqueue.transactions import one_read
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import page, page_data
from hallqueue.web.reading import done, posted
from printers import asking
from printers.models import Printer
from printers.topics import MOST_OFFERED
from printers.twin import Mode, PrinterTwin
from printers.twins import twin_at

SHOWN_SLIPS = 6
BREAKS = (Mode.RESET, Mode.HALF_OPEN)
MIDWAY = 600
"""Bytes of a slip after which a twin of the demo breaks off, so that nobody knows whether there is paper."""


@allowed(*DEVICE_WATCHERS)
@require_GET
def printers(request: HallRequest, hall: str) -> HttpResponse:
    """All printers and the last papers, live."""
    with one_read():
        frame = frame_of(
            Reading(Hall.objects.get(pk=request.hall.pk)), Topic("printer", request.hall.slug, "all")
        )
    may_reprint = actor_of(request).role in AT_THE_DESK
    may_design = actor_of(request).may_manage
    may_set_up = actor_of(request).role == Role.ADMINISTRATOR
    details = {"may_reprint": may_reprint, "may_design": may_design, "why": asking.WHY, "modes": list(Mode)}
    data = page_data(request, "printer", frame=frame, demo=settings.DEMO, may_set_up=may_set_up, **details)
    return page(request, "printers/printers.html", {"data": data, "may_set_up": may_set_up})


@allowed(*AT_THE_DESK)
@require_POST
def reprint(request: HallRequest, hall: str) -> JsonResponse:
    """Print a ticket's slip once more."""
    details = posted(request, ticket=int, why=str)
    key = details.pop("key")
    if len(details) < 2:
        raise Refused("bad_input", 400, detail="ticket, why")
    return done(asking.reprint(request.hall.pk, actor_of(request), key, **details))


@allowed(*AT_THE_DESK)
@require_POST
def offered(request: HallRequest, hall: str) -> JsonResponse:
    """What stayed unprinted is printed now, or let go."""
    fields = posted(request, jobs=list[int], wanted=bool)
    if len(fields) < 3:
        raise Refused("bad_input", 400, detail="jobs, wanted")
    verb = asking.print_offered if fields["wanted"] else asking.let_go
    return done(verb(request.hall.pk, actor_of(request), fields["key"], jobs=fields["jobs"][:MOST_OFFERED]))


@allowed(*AT_THE_DESK)
@require_POST
def test(request: HallRequest, hall: str, printer: int) -> JsonResponse:
    """A test slip."""
    fields = posted(request, example=str)
    key, example = fields["key"], fields.get("example", "ordinary")
    return done(asking.print_test(request.hall.pk, actor_of(request), key, printer=printer, example=example))


@allowed("kiosk", *AT_THE_DESK)
@require_POST
def came_out(request: HallRequest, hall: str) -> JsonResponse:
    """At the kiosk: whether the paper came out, of which the printer did not tell."""
    fields = posted(request, ticket=int, yes=bool)
    if len(fields) < 3:
        raise Refused("bad_input", 400, detail="ticket, yes")
    return done(asking.came_out(request.hall.pk, actor_of(request, "kiosk"), fields.pop("key"), **fields))


@allowed(*DEVICE_WATCHERS)
@require_GET
def slips(request: HallRequest, hall: str, printer: int) -> JsonResponse:
    """What lies below the demo's printer twin: its mode, and the numbers of its last slips, newest first."""
    return JsonResponse(_twin_state(_twin(request, printer)))


@allowed(*DEVICE_WATCHERS)
@require_GET
def slip(request: HallRequest, hall: str, printer: int, number: int) -> HttpResponse:
    """One slip of the twin, as a picture."""
    found = _twin(request, printer).slip(number)
    if found is None:
        raise Http404("slip")
    return HttpResponse(found.png(), "image/png", headers={"Cache-Control": "private, no-store"})


@allowed(*AT_THE_DESK)
@require_POST
def mode(request: HallRequest, hall: str, printer: int) -> JsonResponse:
    """Give the twin a fault, or take it away."""
    twin, wish = _twin(request, printer), posted(request, mode=str).get("mode")
    if wish not in list(Mode):
        raise Refused("bad_input", 400, detail="mode")
    twin.after, twin.mode = MIDWAY if wish in BREAKS else 0, Mode(wish)
    return JsonResponse(_twin_state(twin))


def _twin(request: HallRequest, printer: int) -> PrinterTwin:
    """The twin behind a printer of the demo; raises Http404 outside the demo."""
    found = Printer.objects.filter(hall=request.hall, pk=printer).first()
    if not settings.DEMO or found is None or not found.is_twin:
        raise Http404("twin")
    return twin_at(found.address)


def _twin_state(twin: PrinterTwin) -> dict[str, Any]:
    first = max(twin.printed - SHOWN_SLIPS, 0)
    return {"mode": twin.mode.value, "slips": list(range(twin.printed, first, -1))}
