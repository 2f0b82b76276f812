"""Pairing: a browser asks and shows a code, a manager approves it, the browser takes its token."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from hallqueue.actions.people import (
    PAIRING_LIVES,
    approve_pairing,
    ask_pairing,
    claim_pairing,
    hashed,
    new_code,
    new_secret,
    note_wrong_try,
    refuse_locked,
    revoke_device,
)
from hallqueue.errors import Refused
from hallqueue.models import Device, Hall, Pairing, Window
from hallqueue.web.access import ANYONE, HallRequest, actor_of, allowed
from hallqueue.web.pages import page, page_data
from hallqueue.web.reading import done, posted

PAIRING_COOKIE = "hq_pairing"
LONGEST_COOKIE = 400 * 24 * 3600
# A hall of 40 screens behind one address may restart at once; a guesser's flood may not.
MOST_CODES = 120
PAIRED_BY_CODE = (Device.Kind.KIOSK, Device.Kind.BOARD, Device.Kind.SCREEN)


@allowed(ANYONE)
@require_GET
def pair(request: HallRequest, hall: str) -> HttpResponse:
    """The page of a browser that is to become a device."""
    return page(request, "hallqueue/pair.html", {"data": page_data(request, "pairing")})


@allowed(ANYONE)
@require_POST
def ask(request: HallRequest, hall: str) -> HttpResponse:
    """A fresh code to show; the secret that will be the token stays in a cookie no script can read."""
    fields = posted(request)
    _refuse_flood(request)
    code, secret = new_code(), new_secret()
    actor = actor_of(request)
    ask_pairing(request.hall.pk, actor, fields["key"], code_hash=hashed(code), secret_hash=hashed(secret))
    answer = done({"code": code, "lives": int(PAIRING_LIVES.total_seconds())})
    _set_cookie(answer, PAIRING_COOKIE, secret, int(PAIRING_LIVES.total_seconds()))
    return answer


@allowed(ANYONE)
@require_GET
def status(request: HallRequest, hall: str) -> HttpResponse:
    """How this browser's request stands: waiting, approved or expired."""
    pairing = _pairing_of(request)
    state = "expired" if pairing is None else "waiting" if pairing.device_id is None else "approved"
    return JsonResponse({"state": state})


@allowed(ANYONE)
@require_POST
def claim(request: HallRequest, hall: str) -> HttpResponse:
    """The approved browser takes its token, and learns which page is its own."""
    fields = posted(request)
    secret = request.COOKIES.get(PAIRING_COOKIE, "")
    taken = claim_pairing(request.hall.pk, actor_of(request), fields["key"], secret_hash=hashed(secret))
    if taken["device"] is None:
        raise Refused("pairing_not_approved")
    answer = done({"url": page_of(request.hall, taken["kind"], taken["window"])})
    give_token(answer, taken["kind"], secret)
    answer.delete_cookie(PAIRING_COOKIE)
    return answer


@allowed("manager", "administrator")
@require_GET
def devices(request: HallRequest, hall: str) -> HttpResponse:
    """The manager's list of devices, and the form that approves a code."""
    windows = list(Window.objects.filter(hall=request.hall).values("number", "name", "zone"))
    zones = sorted({window["zone"] for window in windows if window["zone"]})
    data = page_data(
        request,
        "pairing",
        windows=windows,
        zones=zones,
        kinds=list(PAIRED_BY_CODE),
        devices=_rows(request.hall),
    )
    return page(request, "hallqueue/devices.html", {"data": data})


@allowed("manager", "administrator")
@require_GET
def device_list(request: HallRequest, hall: str) -> HttpResponse:
    """The devices anew."""
    return JsonResponse({"devices": _rows(request.hall)})


@allowed("manager", "administrator")
@require_POST
def approve(request: HallRequest, hall: str) -> HttpResponse:
    """A manager says what the device with this code is; ten wrong codes lock the manager for 15 minutes."""
    fields = posted(request, code=str, kind=str, name=str, window=int, zone=str)
    user = request.viewer.user
    assert user is not None
    refuse_locked(user, "pairing_locked")
    asked = {name: fields.get(name, "") for name in ("code", "kind", "name", "zone")}
    if asked["kind"] not in PAIRED_BY_CODE:
        raise Refused("bad_input", 400, detail="kind")
    window = fields.get("window") if asked["kind"] == Device.Kind.SCREEN else None
    if asked["kind"] == Device.Kind.SCREEN and window is None:
        raise Refused("bad_input", 400, detail="window")
    try:
        return done(
            approve_pairing(request.hall.pk, actor_of(request), fields["key"], window=window, **asked)
        )
    except Refused as refusal:
        if refusal.code == "pairing_wrong":
            note_wrong_try(user)
        raise


@allowed("manager", "administrator")
@require_POST
def revoke(request: HallRequest, hall: str) -> HttpResponse:
    """Take a device's right away; its page goes back to the pairing page by itself."""
    fields = posted(request, device=int)
    return done(
        revoke_device(request.hall.pk, actor_of(request), fields["key"], device=fields.get("device", 0))
    )


def page_of(hall: Hall, kind: str, window: int | None = None) -> str:
    """The address of the page a device of this kind shows."""
    return f"/{hall.slug}/screen/{window}/" if kind == Device.Kind.SCREEN else f"/{hall.slug}/{kind}/"


def give_token(answer: HttpResponse, kind: str, token: str) -> None:
    """Make this browser a device: its token in a cookie that no script can read."""
    _set_cookie(answer, f"hq_{kind}", token, LONGEST_COOKIE)


def _set_cookie(answer: HttpResponse, name: str, value: str, seconds: int) -> None:
    secure = settings.SESSION_COOKIE_SECURE
    answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=secure)


def _pairing_of(request: HallRequest) -> Pairing | None:
    """This browser's request while it lives."""
    secret = request.COOKIES.get(PAIRING_COOKIE)
    if not secret:
        return None
    fresh = timezone.now() - PAIRING_LIVES
    return Pairing.objects.filter(
        hall=request.hall, secret_hash=hashed(secret), created_at__gte=fresh
    ).first()


def _refuse_flood(request: HttpRequest) -> None:
    """Raises Refused("pairing_too_often") when one address asks for more codes than a hall has screens."""
    key = f"codes-{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, int(PAIRING_LIVES.total_seconds()))
    if cache.incr(key) > MOST_CODES:
        raise Refused("pairing_too_often", 429)


def _rows(hall: Hall) -> list[dict[str, Any]]:
    found: QuerySet[Device] = Device.objects.filter(hall=hall).select_related("window").order_by("-id")
    living = list(found.filter(revoked_at=None))
    gone = list(found.exclude(revoked_at=None)[:20])
    return [_row(device) for device in [*living, *gone]]


def _row(device: Device) -> dict[str, Any]:
    return {
        "id": device.pk,
        "kind": device.kind,
        "name": device.name,
        "window": device.window.number if device.window else None,
        "zone": device.zone,
        "approved_at": device.approved_at.isoformat(),
        "revoked_at": device.revoked_at.isoformat() if device.revoked_at else None,
    }


urls = [
    path("<slug:hall>/pair/", pair, name="pair"),
    path("<slug:hall>/pair/code/", ask, name="pair-code"),
    path("<slug:hall>/pair/status/", status, name="pair-status"),
    path("<slug:hall>/pair/claim/", claim, name="pair-claim"),
    path("<slug:hall>/devices/", devices, name="devices"),
    path("<slug:hall>/devices/list/", device_list, name="device-list"),
    path("<slug:hall>/devices/approve/", approve, name="device-approve"),
    path("<slug:hall>/devices/revoke/", revoke, name="device-revoke"),
]
