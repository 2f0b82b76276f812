"""Calling for a helper: from a kiosk, from a window, and from the citizen's own page; and what stands where."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from hallqueue.actions import helping
from hallqueue.errors import Refused
from hallqueue.models import Ticket
from hallqueue.web.access import ANYONE, HallRequest, actor_of, allowed, holder
from hallqueue.web.reading import done, posted


@allowed("kiosk", "clerk", "desk", "manager", "administrator")
@require_POST
def ask(request: HallRequest, hall: str) -> HttpResponse:
    """Somebody at a kiosk presses, or a clerk at a window (`window`: its number) does."""
    fields = posted(request, kind=str, window=int, note=str)
    device = request.viewer.device("kiosk", request.hall)
    if fields.get("window") is not None:
        place, spot = "window", str(fields.pop("window"))
    else:
        place, spot = ("kiosk", device.name) if device else ("desk", "")
    key, kind = fields.pop("key"), fields.pop("kind", "")
    actor = actor_of(request, "kiosk")
    return done(
        helping.ask_for_help(request.hall.pk, actor, key, kind=kind, place=place, spot=spot, **fields)
    )


@allowed(ANYONE)
@require_POST
def ask_from_seat(request: HttpRequest, token: str) -> HttpResponse:
    """The ticket's own page calls somebody to the seat: `spot` says where the person sits."""
    found = Ticket.objects.filter(token=token).first()
    if found is None:
        raise Refused("unknown_ticket", 404)
    fields = posted(request, kind=str, spot=str)
    key, kind = fields.pop("key"), fields.pop("kind", "")
    about = {"kind": kind, "place": "seat", "ticket": found.pk, "spot": fields.get("spot", "")}
    return done(helping.ask_for_help(found.hall_id, holder(found), key, **about))


urls: list[URLPattern] = [
    path("<slug:hall>/help/", ask, name="help"),
    path("t/<str:token>/help/", ask_from_seat, name="ticket-help"),
]
