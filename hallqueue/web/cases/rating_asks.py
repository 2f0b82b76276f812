"""Where citizens rate: on the pad at a window, by the ticket's own link, at a kiosk with the slip in hand."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_POST

from hallqueue.actions.cases.ratings import rate_again, rate_at_kiosk, rate_at_pad, rate_own, with_slip
from hallqueue.actions.command import Actor, Answer
from hallqueue.errors import Refused
from hallqueue.models import Device, Hall, Ticket, User, Window
from hallqueue.rating_reasons import CURRENT, VERSIONS
from hallqueue.topics.rating import ratings_of
from hallqueue.topics.reading import Reading
from hallqueue.transactions import one_read
from hallqueue.web.access import ANYONE, HallRequest, actor_of, allowed
from hallqueue.web.cases.slip_tries import counted
from hallqueue.web.kiosk import tongues
from hallqueue.web.pages import page, page_data
from hallqueue.web.reading import done, posted

PAD, KIOSK = Device.Kind.PAD.value, Device.Kind.KIOSK.value


@allowed(PAD)
@require_GET
def pad(request: HallRequest, hall: str) -> HttpResponse:
    """The pad's one page; it asks nobody for anything until somebody was served at its window."""
    window = _window(request)
    data = page_data(
        request,
        tongues=tongues("rating"),
        reasons=VERSIONS[CURRENT],
        window={"number": window.number},
        names={"zh": request.hall.name, "mn": request.hall.name_mn, "en": request.hall.name_en},
    )
    return page(request, "hallqueue/pad.html", {"data": data})


@allowed(PAD)
@require_POST
def rate_here(request: HallRequest, hall: str) -> JsonResponse:
    """Whoever was last served at the pad's window says how it was."""
    fields = posted(request, rating=int, level=int, reasons=list[str])
    window, key = _window(request).number, fields.pop("key")
    return done(rate_at_pad(request.hall.pk, actor_of(request, PAD), key, window=window, **_said(fields)))


@allowed(ANYONE)
@require_POST
def rate_by_link(request: HttpRequest, token: str) -> JsonResponse:
    """Whoever holds the ticket's address rates one of its matters."""
    texts = dict.fromkeys(("comment", "name", "phone"), str)
    return _by_holder(request, token, rate_own, reasons=list[str], **texts)


@allowed(ANYONE)
@require_POST
def rate_answer(request: HttpRequest, token: str) -> JsonResponse:
    """Whoever holds the ticket's address says how the answer to a bad rating was (追评)."""
    return _by_holder(request, token, rate_again, comment=str)


@allowed(KIOSK)
@require_POST
def held(request: HallRequest, hall: str) -> JsonResponse:
    """What may be rated with a slip (number and code, or the link read from it); if nothing, why.

    `over` is the last day on which a matter of it could be rated, "" where all were; `rated` whether any was.
    """
    fields = posted(request, slip=str, code=str)
    slip, by = fields.get("slip", ""), actor_of(request, KIOSK)
    with counted(request.hall, slip, by.name), one_read():
        ticket = with_slip(request.hall, slip, fields.get("code", ""))
        rows = ratings_of(Reading(Hall.objects.get(pk=request.hall.pk)), ticket)
    left = [each for each in rows if each["may"] == "rate"]
    over = "" if left else max((each["until"] for each in rows if not each["rated"]), default="")
    return done(
        {"label": ticket.label, "ratings": left, "over": over, "rated": any(each["rated"] for each in rows)}
    )


@allowed(KIOSK)
@require_POST
def rate_with_slip(request: HallRequest, hall: str) -> JsonResponse:
    """The holder of a slip rates at the kiosk."""
    fields = posted(request, slip=str, code=str, rating=int, level=int, reasons=list[str])
    key, slip, code = fields.pop("key"), fields.pop("slip", ""), fields.pop("code", "")
    by = actor_of(request, KIOSK)
    with counted(request.hall, slip, by.name):
        return done(rate_at_kiosk(request.hall.pk, by, key, slip=slip, code=code, **_said(fields)))


def _by_holder(request: HttpRequest, token: str, verb: Callable[..., Answer], **types: type) -> JsonResponse:
    """Say it for the holder, whoever that is: who rated is nowhere in the log. A signed-in colleague may not."""
    fields = posted(request, rating=int, level=int, **types)
    ticket = Ticket.objects.filter(token=token[:22]).first()
    if ticket is None:
        raise Refused("unknown_ticket", 404)
    user = request.user if isinstance(request.user, User) else None
    by = Actor("citizen", ANYONE, user, "phone")
    return done(verb(ticket.hall_id, by, fields.pop("key"), token=token, **_said(fields)))


def _said(fields: dict[str, object]) -> dict[str, object]:
    """With a level at all; raises Refused("bad_input") by the action for 0."""
    return {"rating": 0, "level": 0} | fields


def _window(request: HallRequest) -> Window:
    device = request.viewer.device(PAD, request.hall)
    if device is None or device.window is None:
        raise Refused("unknown_window", 404)
    return device.window


urls: list[URLPattern] = [
    path("<slug:hall>/pad/", pad, name="pad"),
    path("<slug:hall>/pad/rate/", rate_here, name="pad-rate"),
    path("<slug:hall>/kiosk/slip/", held, name="kiosk-slip"),
    path("<slug:hall>/kiosk/rate/", rate_with_slip, name="kiosk-rate"),
    path("t/<str:token>/rate/", rate_by_link, name="ticket-rate"),
    path("t/<str:token>/rate-again/", rate_answer, name="ticket-rate-again"),
]
