"""Who looks at a socket, what they may look at, and whether they still may."""

from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import close_old_connections
from django.http import HttpRequest
from django.utils import timezone

from hallqueue.live.hub import Socket
from hallqueue.models import Device, Hall, User
from hallqueue.password_age import change_first
from hallqueue.topics import KINDS, Topic
from hallqueue.web.access import DEVICES, STAFF, Viewer, devices_of


def cookies_of(scope: dict[str, Any]) -> dict[str, str]:
    """The cookies of a socket's handshake."""
    raw = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(raw.decode("latin-1")).items()}
    except CookieError:
        return {}


def viewer_of_cookies(cookies: dict[str, str]) -> tuple[Viewer, str]:
    """The viewer behind a handshake, and the session it hangs on."""
    close_old_connections()
    session_key = cookies.get("sessionid", "")
    user = _signed_in(session_key) if session_key else None
    return Viewer(user, devices_of(cookies, list(DEVICES))), session_key if user else ""


def find_hall(topic: Topic) -> Hall | None:
    """The hall of a topic."""
    close_old_connections()
    return Hall.objects.filter(slug=topic.slug).first()


def may_look(viewer: Viewer, topic: Topic, hall: Hall) -> bool:
    """Whether this viewer may look at this topic."""
    kind = KINDS[topic.kind]
    audiences = viewer.kinds(hall) & set(kind.audiences)
    if kind.own_name is None or audiences & set(STAFF):
        return bool(audiences)
    devices = [device for name in audiences if (device := viewer.device(name, hall))]
    return any(kind.own_name(device) in (None, topic.name) for device in devices)


def no_longer_allowed(sockets: list[Socket]) -> list[Socket]:
    """The sockets whose person or device lost its right, asked for all of them at once."""
    close_old_connections()
    devices = {device.pk for socket in sockets for device in socket.viewer.devices.values()}
    users = {socket.viewer.user.pk for socket in sockets if socket.viewer.user}
    sessions = {socket.session_key for socket in sockets if socket.session_key}
    paired = Device.objects.filter(pk__in=devices, revoked_at=None)
    # A replaced browser's token is no longer the device's.
    living = set(paired.values_list("pk", "token_hash"))
    active = {user.pk: user for user in User.objects.filter(pk__in=users, is_active=True)}
    open_sessions = Session.objects.filter(session_key__in=sessions, expire_date__gt=timezone.now())
    keys = set(open_sessions.values_list("session_key", flat=True))
    return [socket for socket in sockets if not _stands(socket, living, active, keys)]


def _stands(
    socket: Socket, devices: set[tuple[int, str]], users: dict[int, User], sessions: set[str]
) -> bool:
    viewer = socket.viewer
    if any((device.pk, device.token_hash) not in devices for device in viewer.devices.values()):
        return False
    if viewer.user is None:
        return True
    now = users.get(viewer.user.pk)
    if now is None or now.role != viewer.user.role or socket.session_key not in sessions:
        return False
    if change_first(now, timezone.now()):
        return False
    return (
        now.get_session_auth_hash() == viewer.user.get_session_auth_hash()
    )  # a new password ends old sessions


def _signed_in(session_key: str) -> User | None:
    request = HttpRequest()
    request.session = SessionStore(session_key)
    user = get_user(request)
    if not isinstance(user, User) or not user.is_active or change_first(user, timezone.now()):
        return None
    return user
