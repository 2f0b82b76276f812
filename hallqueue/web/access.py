"""Who may open what: every view names its audience, and whatever names none is closed to everybody."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from hallqueue.actions.command import Actor, person
from hallqueue.actions.people import hashed
from hallqueue.errors import Refused
from hallqueue.models import Device, Hall, Role, Ticket, User, Wording
from hallqueue.password_age import change_first, is_overdue
from hallqueue.statements import fetch
from hallqueue.texts import use_words

ANYONE = "anyone"
STAFF = tuple(role.value for role in Role)
DEVICES = tuple(kind.value for kind in Device.Kind)
TRANSLATOR = "translator"
"""Whoever of the staff an administrator lets word the public texts, whatever their role."""
CHANGING = "/password/"
"""The page where everybody changes the own password."""
AUDIENCES = (ANYONE, *STAFF, *DEVICES, TRANSLATOR)

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Viewer:
    """Who looks: a member of staff, the devices this browser is paired as, or neither."""

    user: User | None = None
    devices: dict[str, Device] = field(default_factory=dict)

    def kinds(self, hall: Hall | None) -> set[str]:
        """The audiences this viewer belongs to in a hall."""
        found = {ANYONE}
        if self.user is not None and (
            self.user.hall_id is None or hall is None or self.user.hall_id == hall.pk
        ):
            found |= {self.user.role, TRANSLATOR} if self.user.may_translate else {self.user.role}
        found |= {kind for kind, device in self.devices.items() if hall is None or device.hall_id == hall.pk}
        return found

    def device(self, kind: str, hall: Hall) -> Device | None:
        """This browser's device of a kind in a hall."""
        device = self.devices.get(kind)
        return device if device is not None and device.hall_id == hall.pk else None


class HallRequest(HttpRequest):
    """A request after the door: the hall of its address, and who looks."""

    hall: Hall
    viewer: Viewer


def allowed(*audiences: str) -> Callable[[View], View]:
    """Name a view's audiences; the middleware enforces it."""
    if unknown := set(audiences) - set(AUDIENCES):
        raise ValueError(f"unknown audience {unknown}")

    def mark(view: View) -> View:
        view.allowed = audiences  # type: ignore[attr-defined]
        return view

    return mark


def check_door(request: HttpRequest, view: Any, kwargs: dict[str, Any]) -> HttpResponseBase | None:
    """Find the hall and the viewer, and let in or not; raises Refused, Http404."""
    audiences = getattr(view, "allowed", None)
    if audiences is None:
        if request.path.startswith("/admin/") and isinstance(request.user, User):
            return _led_to_change(request, request.user)
        if getattr(view, "guarded_elsewhere", False) or request.path.startswith(("/admin/", "/api/v1/")):
            return None
        raise Refused("not_allowed", 403)
    hall = _hall_of(kwargs)
    if hall is not None:
        use_words(Wording.overlay(hall))
    request.hall = hall  # type: ignore[attr-defined]
    request.viewer = viewer = viewer_of(request, audiences)  # type: ignore[attr-defined]
    if viewer.kinds(hall) & set(audiences):
        return _led_to_change(request, viewer.user) if viewer.user is not None else None
    return _turned_away(request, viewer, hall if set(audiences) & set(DEVICES) else None)


def _led_to_change(request: HttpRequest, user: User) -> HttpResponseBase | None:
    """The way to the page; None for whoever goes on. Raises Refused: password_given, password_overdue.

    A password from somebody else, or one that was too old when they signed in, opens nothing else. One that grew too
    old in the middle of the work lets the open page finish: what it asks for and what is pressed there is answered,
    only the next page is this one.
    """
    if request.path == CHANGING:
        return None
    now, accept = timezone.now(), request.headers.get("Accept", "")
    first = change_first(user, now)
    if request.method == "GET" and (first or is_overdue(user, now)):
        wants_page = "json" not in accept if first else "text/html" in accept
        if wants_page:
            return redirect(f"{CHANGING}?{urlencode({'next': request.get_full_path()})}")
    if first:
        raise Refused(f"password_{first}", 403)
    return None


def viewer_of(request: HttpRequest, audiences: tuple[str, ...] = AUDIENCES) -> Viewer:
    """The viewer of a request, looking up no more than `audiences` needs."""
    devices = devices_of(request.COOKIES, [kind for kind in DEVICES if kind in audiences])
    needs_user = bool(set(audiences) & set(STAFF)) and not (devices.keys() & set(audiences))
    user = request.user if needs_user and request.user.is_authenticated else None
    return Viewer(user, devices)


def devices_of(cookies: dict[str, str], kinds: list[str]) -> dict[str, Device]:
    """The living devices whose tokens these cookies carry, by kind."""
    wanted = {hashed(cookies[f"hq_{kind}"]): kind for kind in kinds if cookies.get(f"hq_{kind}")}
    if not wanted:
        return {}
    found = Device.objects.filter(token_hash__in=wanted, revoked_at=None).select_related("window")
    return {device.kind: device for device in found if wanted.get(device.token_hash) == device.kind}


def actor_of(request: HallRequest, *kinds: str) -> Actor:
    """Who acts in this request, and where: the signed-in person, or the paired device of one of `kinds`."""
    viewer, screen = request.viewer, screen_of(request.path)
    for kind in kinds:
        if device := viewer.device(kind, request.hall):
            screen = f"{kind}:{device.pk}"
            if viewer.user is None:
                return Actor(f"device:{device.pk}", kind, screen=screen)
    if viewer.user is not None:
        return person(viewer.user, screen)
    return Actor("citizen", ANYONE, screen=screen)


def holder(ticket: Ticket, role: str = ANYONE) -> Actor:
    """Whoever holds a ticket's address, on the phone."""
    return Actor(f"ticket:{ticket.pk}", role, screen="phone")


def screen_of(path: str) -> str:
    """The screen a page of the hall belongs to, as the log keeps it: its section, at a window with the number."""
    section, number = (*path.split("/")[2:4], "", "")[:2]
    return f"{section}:{number}" if section == "window" and number.isdecimal() else section[:40]


def _hall_of(kwargs: dict[str, Any]) -> Hall | None:
    slug = kwargs.get("hall")
    if slug is None:
        return None
    hall = fetch(Hall, '"slug" = %s', slug)
    if hall is None:
        raise Http404("hall")
    return hall


def _turned_away(request: HttpRequest, viewer: Viewer, pairs_in: Hall | None) -> HttpResponseBase:
    """Send a person to the sign-in, a browser that may become a device of `pairs_in` to the pairing page."""
    wants_page = request.method == "GET" and "json" not in request.headers.get("Accept", "")
    if viewer.user is None and wants_page and pairs_in is not None:
        return redirect(f"/{pairs_in.slug}/pair/")
    if viewer.user is None and wants_page:
        return redirect_to_login(request.get_full_path(), "/sign-in/")
    raise Refused("not_allowed" if viewer.user else "sign_in_needed", 403 if viewer.user else 401)
