"""The demo hall's shortcuts: one click signs in, pairs this browser or takes a number; nowhere else."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from hallqueue.actions import windows
from hallqueue.actions.command import Actor, new_key
from hallqueue.actions.entering import welcome
from hallqueue.actions.line import tickets
from hallqueue.actions.people import enrol, hashed, new_secret, revoke_device
from hallqueue.demo import day
from hallqueue.demo.hall_data import demo_hall
from hallqueue.demo.load import PASSWORD
from hallqueue.errors import Refused
from hallqueue.models import Call, Device, Hall, Presence, Role, Service, User, Window
from hallqueue.texts import text
from hallqueue.web.access import ANYONE, DEVICES, allowed, devices_of
from hallqueue.web.devices import AT_A_WINDOW
from hallqueue.web.pages import language_of
from hallqueue.web.pairing import give_token, page_of
from hallqueue.web.places import home_of, places_of

ONE_CLICK_DEVICES = (Device.Kind.KIOSK, Device.Kind.BOARD, Device.Kind.SCREEN, Device.Kind.PAD)
SPEEDS = (1, 10, 60)
THE_DEMO = Actor("demo", "manager", screen="demo")


def demo_context() -> dict[str, Any]:
    """What the start page shows of the demo hall; nothing outside the demo."""
    hall = _find_hall()
    if hall is None:
        return {}
    staff = list(User.objects.filter(hall=hall, is_active=True).order_by("id"))
    seats = {person.username: person.window for person in demo_hall().staff}
    return {
        "demo_hall": hall,
        "people": [user for user in staff if user.role != Role.CLERK],
        "clerks": [(user, seats.get(user.username)) for user in staff if user.role == Role.CLERK],
        "first_clerk": next((user for user in staff if user.role == Role.CLERK), None),
        "first_desk": next((user for user in staff if user.role == Role.DESK), None),
        "first_manager": next((user for user in staff if user.role == Role.MANAGER), None),
        "password": PASSWORD,
        "windows": Window.objects.filter(hall=hall),
        "last_call": Call.objects.filter(hall=hall)
        .select_related("ticket", "window")
        .order_by("-said_seq")
        .first(),
        "speeds": SPEEDS,
        "day_runs": day.running(hall),
    }


@allowed(ANYONE)
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One click: be one of the demo accounts, at the page of one's work or at `to`, another place of theirs."""
    hall = _demo_hall()
    user = User.objects.filter(hall=hall, username=request.POST.get("username", ""), is_active=True).first()
    if user is None:
        raise Http404("demo account")
    login(request, user, "django.contrib.auth.backends.ModelBackend")
    welcome(user, "demo")
    wish = request.POST.get("to", "")
    place = next((each for each in places_of(user, hall) if each.name == wish), None)
    return redirect(place.url if place else home_of(user))


@allowed(ANYONE)
@require_POST
def demo_device(request: HttpRequest) -> HttpResponse:
    """One click: this browser is a kiosk, the board or a window's screen. A kiosk finds all windows open."""
    hall = _demo_hall()
    kind = request.POST.get("kind", "")
    if kind not in ONE_CLICK_DEVICES:
        raise Http404("kind")
    window = _window(hall, request.POST.get("window", "")) if kind in AT_A_WINDOW else None
    number = window.number if window else None
    answer = redirect(page_of(hall, kind, number))
    if not _is_already(request, hall, kind, window):
        _retire_left(hall, kind, window)
        secret = new_secret()
        name = text("door.demo.browser", language_of(request))
        enrol(hall.pk, THE_DEMO, new_key(), kind=kind, name=name, token_hash=hashed(secret), window=number)
        give_token(answer, kind, secret)
    if kind == Device.Kind.KIOSK:
        _open_all(hall)
    return answer


@allowed(ANYONE)
@require_POST
def demo_ticket(request: HttpRequest) -> HttpResponse:
    """One click: a number, and its page as on the phone. In an empty hall a window is opened for it."""
    hall = _demo_hall()
    service = _servable(hall) or _open_one(hall)
    actor = Actor("demo", "kiosk", screen="demo")
    taken = tickets.issue(hall.pk, actor, new_key(), service=service.code, source="phone")
    return redirect(f"/t/{taken['token']}/")


@allowed(ANYONE)
@require_POST
def demo_day(request: HttpRequest) -> HttpResponse:
    """One click: simulated citizens and clerks live a day."""
    hall = _demo_hall()
    speed = request.POST.get("speed", "")
    if speed not in {str(each) for each in SPEEDS}:
        raise Http404("speed")
    day.start(hall, int(speed))
    return redirect("/")


def _find_hall() -> Hall | None:
    return Hall.objects.filter(is_demo=True).first() if settings.DEMO else None


def _demo_hall() -> Hall:
    """The demo hall; raises Http404 outside the demo."""
    hall = _find_hall()
    if hall is None:
        raise Http404("demo")
    return hall


def _window(hall: Hall, number: str) -> Window:
    window = Window.objects.filter(hall=hall, number=int(number)).first() if number.isdecimal() else None
    if window is None:
        raise Refused("unknown_window", 404, number=number[:6])
    return window


def _is_already(request: HttpRequest, hall: Hall, kind: str, window: Window | None) -> bool:
    """Whether this browser is that device: clicking twice makes no second one."""
    device = devices_of(request.COOKIES, list(DEVICES)).get(kind)
    return device is not None and device.hall_id == hall.pk and device.window == window


def _retire_left(hall: Hall, kind: str, window: Window | None) -> None:
    """What earlier clicks made and nobody looks at any more goes, so that no alarm of it stands for ever."""
    clicked = Device.objects.filter(hall=hall, kind=kind, window=window, revoked_at=None)
    for device in clicked.filter(approved_by=THE_DEMO.name):
        presence = Presence.objects.filter(hall=hall, subject=f"device:{device.pk}").first()
        if presence is not None and not presence.is_here(timezone.now()):
            revoke_device(hall.pk, THE_DEMO, new_key(), device=device.pk)


def _servable(hall: Hall) -> Service | None:
    """The most usual service that an open window takes."""
    open_now = Service.objects.filter(hall=hall, is_active=True, taken_by__window__state=Window.State.OPEN)
    return open_now.order_by("-weight", "id").first()


def _open_all(hall: Hall) -> None:
    """Open what is closed, as if the morning had come: a kiosk that could give no number would be no demo."""
    for window in Window.objects.filter(hall=hall, state=Window.State.CLOSED):
        windows.open_window(hall.pk, THE_DEMO, new_key(), window=window.number)


def _open_one(hall: Hall) -> Service:
    usual = Service.objects.filter(hall=hall, is_active=True, taken_by__window__is_fallback=False)
    service = usual.order_by("-weight", "id").first()
    if service is None:
        raise Http404("service")
    window = Window.objects.filter(takes__service=service, is_fallback=False).order_by(
        "takes__rank", "number"
    )[0]
    windows.open_window(hall.pk, THE_DEMO, new_key(), window=window.number)
    return service


urls = [
    path("demo/sign-in/", demo_sign_in, name="demo-sign-in"),
    path("demo/device/", demo_device, name="demo-device"),
    path("demo/ticket/", demo_ticket, name="demo-ticket"),
    path("demo/day/", demo_day, name="demo-day"),
]
