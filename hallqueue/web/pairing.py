"""Pairing, at the device: a browser shows a code; once a manager approved it (`web/devices.py`), it takes its token."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from hallqueue.actions.people import (
    PAIRING_LIVES,
    ask_pairing,
    claim_pairing,
    hashed,
    new_code,
    new_secret,
)
from hallqueue.counting import count
from hallqueue.errors import Refused
from hallqueue.models import Device, Hall, Pairing
from hallqueue.web.access import ANYONE, HallRequest, actor_of, allowed
from hallqueue.web.limits import address_of, refuse_more
from hallqueue.web.pages import page, page_data
from hallqueue.web.reading import done, posted

PAIRING_COOKIE = "hq_pairing"
LONGEST_COOKIE = 400 * 24 * 3600
# A hall of 40 screens behind one address may restart at once; a guesser's flood may not.
MOST_CODES = 120


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
    key = f"codes-{address_of(request)}"
    refuse_more(key, MOST_CODES, "pairing_too_often")
    count(key, int(PAIRING_LIVES.total_seconds()))


urls = [
    path("<slug:hall>/pair/", pair, name="pair"),
    path("<slug:hall>/pair/code/", ask, name="pair-code"),
    path("<slug:hall>/pair/status/", status, name="pair-status"),
    path("<slug:hall>/pair/claim/", claim, name="pair-claim"),
]
