"""The devices page: everything that stands in the hall and how it is; codes approved, devices replaced and revoked."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from hallqueue.actions.entering import CODE_TRIES, note_wrong_try, refuse_locked
from hallqueue.actions.people import approve_pairing, replace_device, revoke_device
from hallqueue.equipment import Piece, pieces_of
from hallqueue.errors import Refused
from hallqueue.models import HANDS, Device, Hall, Window
from hallqueue.transactions import one_read
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page, page_data
from hallqueue.web.reading import done, posted

PAIRED_BY_CODE = (Device.Kind.KIOSK, Device.Kind.BOARD, Device.Kind.SCREEN, Device.Kind.PAD)
AT_A_WINDOW = (Device.Kind.SCREEN, Device.Kind.PAD)


@allowed(*HANDS)
@require_GET
def devices(request: HallRequest, hall: str) -> HttpResponse:
    """Everything that stands in the hall, and the form that approves a code."""
    windows = list(Window.in_use(request.hall).values("number", "name", "zone"))
    zones = sorted({window["zone"] for window in windows if window["zone"]})
    kinds = list(PAIRED_BY_CODE)
    data = page_data(request, "pairing", windows=windows, zones=zones, kinds=kinds, **_all(request))
    return page(request, "hallqueue/devices.html", {"data": data})


@allowed(*HANDS)
@require_GET
def device_list(request: HallRequest, hall: str) -> HttpResponse:
    """The same anew."""
    return JsonResponse(_all(request))


@allowed(*HANDS)
@require_POST
def approve(request: HallRequest, hall: str) -> HttpResponse:
    """A manager says what the device with this code is; ten wrong codes lock the manager for 15 minutes."""
    fields = posted(request, code=str, kind=str, name=str, window=int, zone=str)
    asked = {name: fields.get(name, "") for name in ("kind", "name", "zone")}
    if asked["kind"] not in PAIRED_BY_CODE:
        raise Refused("bad_input", 400, detail="kind")
    window = fields.get("window") if asked["kind"] in AT_A_WINDOW else None
    if asked["kind"] in AT_A_WINDOW and window is None:
        raise Refused("bad_input", 400, detail="window")
    return _with_code(request, approve_pairing, fields, window=window, **asked)


@allowed(*HANDS)
@require_POST
def replace(request: HallRequest, hall: str) -> HttpResponse:
    """The browser with this code takes a device's place: name, window, zone, layout and printer stay."""
    fields = posted(request, code=str, device=int)
    return _with_code(request, replace_device, fields, device=fields.get("device", 0))


@allowed(*HANDS)
@require_POST
def revoke(request: HallRequest, hall: str) -> HttpResponse:
    """Take a device's right away; its page goes back to the pairing page by itself."""
    fields = posted(request, device=int)
    return done(
        revoke_device(request.hall.pk, actor_of(request), fields["key"], device=fields.get("device", 0))
    )


def _with_code(request: HallRequest, verb: Any, fields: dict[str, Any], **details: Any) -> HttpResponse:
    """Say a verb that a code gives the right to; a wrong code is counted."""
    user = request.viewer.user
    assert user is not None
    refuse_locked(user, "pairing_locked")
    by, code = actor_of(request), fields.get("code", "")
    try:
        return done(verb(request.hall.pk, by, fields["key"], code=code, **details))
    except Refused as refusal:
        if refusal.code == "pairing_wrong":
            note_wrong_try(user, by, CODE_TRIES)
        raise


def _all(request: HallRequest) -> dict[str, Any]:
    with one_read():
        hall = Hall.objects.get(pk=request.hall.pk)
        return {"pieces": [_row(hall, piece) for piece in pieces_of(hall, language_of(request))]}


def _row(hall: Hall, piece: Piece) -> dict[str, Any]:
    return piece._asdict() | {"seen_at": _moment(hall, piece.seen_at)}


def _moment(hall: Hall, at: datetime | None) -> str:
    """The hall's time; with the date when it was another day."""
    if at is None:
        return ""
    zone = hall.local_zone
    today = at.astimezone(zone).date() == timezone.now().astimezone(zone).date()
    return at.astimezone(zone).strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M")


urls = [
    path("<slug:hall>/devices/", devices, name="devices"),
    path("<slug:hall>/devices/list/", device_list, name="device-list"),
    path("<slug:hall>/devices/approve/", approve, name="device-approve"),
    path("<slug:hall>/devices/replace/", replace, name="device-replace"),
    path("<slug:hall>/devices/revoke/", revoke, name="device-revoke"),
]
