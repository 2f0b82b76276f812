"""Who may go on looking: asked again for all sockets at once."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from hallqueue.live.hub import Socket
from hallqueue.live.rights import no_longer_allowed, viewer_of_cookies
from hallqueue.models import Device, User
from hallqueue.web.access import Viewer
from tests.hall import SmallHall


async def nowhere(message: dict[str, Any]) -> None:
    """A socket that is only asked about."""


def looking(user: User) -> Socket:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session.create()
    return Socket(nowhere, Viewer(User.objects.get(pk=user.pk)), str(session.session_key))


def test_clerk_who_signed_in_may_go_on_looking(committed_hall: SmallHall) -> None:
    assert no_longer_allowed([looking(committed_hall.people["clerk1"])]) == []


def test_new_password_ends_what_the_old_one_opened(committed_hall: SmallHall) -> None:
    clerk = committed_hall.people["clerk1"]
    socket, other = looking(clerk), looking(committed_hall.people["clerk2"])
    clerk.set_password("another secret of theirs")
    clerk.save()
    assert no_longer_allowed([socket, other]) == [socket]


def test_a_password_that_somebody_else_chose_opens_no_socket_and_one_grown_old_does(
    committed_hall: SmallHall, settings: Settings
) -> None:
    given, old = committed_hall.people["clerk1"], committed_hall.people["clerk2"]
    settings.PASSWORD_DAYS = 90
    User.objects.filter(pk=given.pk).update(password_given=True)
    User.objects.filter(pk=old.pk).update(password_set_at=timezone.now() - timedelta(days=91))
    seen = []
    for user in (given, old):
        client = Client()
        client.force_login(user)
        User.objects.filter(pk=user.pk).update(last_login=timezone.now() - timedelta(days=2))
        seen.append(viewer_of_cookies({"sessionid": client.cookies["sessionid"].value})[0].user)
    assert seen == [None, old]


def test_who_signed_in_after_the_password_had_ended_opens_no_socket_and_those_before_are_closed(
    committed_hall: SmallHall, settings: Settings
) -> None:
    clerk = committed_hall.people["clerk1"]
    settings.PASSWORD_DAYS = 90
    before = looking(clerk)
    User.objects.filter(pk=clerk.pk).update(password_set_at=timezone.now() - timedelta(days=91))
    client = Client()
    client.force_login(clerk)
    assert viewer_of_cookies({"sessionid": client.cookies["sessionid"].value})[0].user is None
    assert no_longer_allowed([before]) == [before], "it is asked for at the next page there too"


def test_a_replaced_browser_is_out_and_the_one_in_its_place_looks_on(committed_hall: SmallHall) -> None:
    device = Device.objects.create(hall=committed_hall.hall, kind="screen", name="1号屏", token_hash="old")
    socket, other = (
        Socket(nowhere, Viewer(None, {"screen": Device.objects.get(pk=device.pk)}), "") for _ in range(2)
    )
    assert no_longer_allowed([socket, other]) == []
    Device.objects.filter(pk=device.pk).update(token_hash="new")
    other.viewer.devices["screen"].token_hash = "new"
    assert no_longer_allowed([socket, other]) == [socket]


def test_new_role_or_dismissal_ends_it_too(committed_hall: SmallHall) -> None:
    first, second = committed_hall.people["clerk1"], committed_hall.people["clerk2"]
    sockets = [looking(first), looking(second)]
    User.objects.filter(pk=first.pk).update(role="desk")
    User.objects.filter(pk=second.pk).update(is_active=False)
    assert no_longer_allowed(sockets) == sockets
