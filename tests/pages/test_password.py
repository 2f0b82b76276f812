"""Passwords that somebody else chose, or that grew too old, are changed before anything else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from hallqueue.actions.command import new_key
from hallqueue.models import Event, Hall, User
from hallqueue.password_age import NOTICE_DAYS
from tests.hall import SmallHall, midday

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]

GIVEN, OWN, NEXT = "right horse 2026", "left horse 2027", "third horse 2028"
PAGE, SCRIPT = {"Accept": "text/html,*/*"}, {"Accept": "application/json"}
OPEN = {"username": "small-clerk1", "password": GIVEN}


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    cache.clear()


@pytest.fixture
def clock(small_hall: SmallHall) -> Iterator[time_machine.Traveller]:
    with midday(small_hall) as coordinates:
        yield coordinates


@pytest.fixture
def clerk(small_hall: SmallHall, clock: time_machine.Traveller) -> User:
    user = small_hall.people["clerk1"]
    user.set_password(GIVEN)
    user.save()
    return user


def change(client: Client, old: str, new: str, **fields: str) -> tuple[int, str]:
    answer = client.post("/password/", {"old": old, "new": new, "again": new, **fields})
    return answer.status_code, answer.content.decode()


def pause(client: Client) -> int:
    said = {"key": new_key(), "reason": "午休"}
    url = "/small/window/1/pause/"
    return client.post(url, said, content_type="application/json", headers=SCRIPT).status_code


def test_a_password_from_somebody_else_opens_nothing_but_the_page_that_changes_it(
    client: Client, clerk: User
) -> None:
    assert client.post("/sign-in/", OPEN).headers["Location"] == "/small/window/"
    for page in ("/small/window/1/", "/"):
        assert client.get(page, headers=PAGE).headers["Location"].startswith("/password/?next=%2F")
    led = client.get("/small/window/1/", headers=PAGE).headers["Location"]
    assert pause(client) == client.get("/small/devices/list/", headers=SCRIPT).status_code == 403
    shown = client.get(led).content.decode()
    assert "这个密码是别人为您设的" in shown
    assert 'name="next" value="/small/window/1/"' in shown
    status, changed = change(client, GIVEN, OWN, next="/small/window/1/")
    assert (status, 'href="/small/window/1/"' in changed) == (200, True)
    assert client.get("/small/window/1/", headers=PAGE).status_code == 200
    told = Event.objects.filter(kind="person.changed").latest("seq")
    assert (told.by, told.data["fields"]) == (f"user:{clerk.pk}", ["password"])


def test_who_does_not_want_to_may_still_sign_out(client: Client, clerk: User) -> None:
    client.post("/sign-in/", OPEN)
    assert client.post("/sign-out/").headers["Location"] == "/"
    assert client.get("/").status_code == 200


def test_neither_the_present_password_nor_the_one_before_is_taken_again(client: Client, clerk: User) -> None:
    client.post("/sign-in/", OPEN)
    assert change(client, GIVEN, GIVEN)[0] == 400
    assert change(client, GIVEN, OWN)[0] == 200
    status, page = change(client, OWN, GIVEN)
    assert (status, "不能和现在的或上一个密码相同" in page) == (400, True)
    assert change(client, OWN, NEXT)[0] == 200
    assert change(client, NEXT, GIVEN)[0] == 200


def test_add_user_and_the_set_up_pages_give_passwords_that_must_be_changed(
    small_hall: SmallHall, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("add_user", "night", "--role", "clerk", "--hall", "small")
    administrator = Client()
    administrator.force_login(small_hall.people["administrator"])
    passwords = {"password1": GIVEN, "password2": GIVEN, "usable_password": "true"}
    fields = {"username": "day", "name": "新人", "role": "clerk", **passwords}
    administrator.post("/admin/hallqueue/user/add/", fields)
    reset = small_hall.people["clerk2"]
    administrator.post(f"/admin/hallqueue/user/{reset.pk}/password/", passwords)
    given = set(User.objects.filter(password_given=True).values_list("username", flat=True))
    assert given == {"night", "day", reset.username}
    own = small_hall.people["administrator"].pk
    for page in (f"hallqueue/user/{own}/password/", "password_change/"):
        assert administrator.get(f"/admin/{page}").headers["Location"] == "/password/", (
            "which asks for the old"
        )


def test_an_administrator_with_a_given_password_is_led_from_the_set_up_pages_too(
    client: Client, small_hall: SmallHall
) -> None:
    user = small_hall.people["administrator"]
    User.objects.filter(pk=user.pk).update(password_given=True)
    client.force_login(user)
    assert client.get("/admin/", headers=PAGE).headers["Location"] == "/password/?next=%2Fadmin%2F"
    assert client.post("/admin/hallqueue/hall/add/", {"slug": "x"}).status_code == 403


def test_an_old_password_is_spoken_of_in_time_and_then_due_at_the_next_page(
    client: Client, clerk: User, clock: time_machine.Traveller, settings: Settings
) -> None:
    User.objects.update(password_given=False)
    settings.PASSWORD_DAYS = 90

    def come(days: int) -> str:
        clock.shift(timedelta(days=days))
        client.post("/sign-in/", OPEN)
        answer = client.get("/small/window/", headers=PAGE)
        return answer.headers.get("Location", "") or answer.content.decode()

    assert "密码剩" not in come(90 - NOTICE_DAYS - 1)
    assert f"密码剩 {NOTICE_DAYS} 天" in come(1)
    assert "密码剩 1 天" in come(NOTICE_DAYS - 1)
    assert pause(client) == 200
    clock.shift(timedelta(hours=11))
    come(0)
    clock.shift(timedelta(hours=11))
    client.force_login(clerk)  # while it is still good
    clock.shift(timedelta(hours=2))
    assert client.get("/small/devices/list/", headers=SCRIPT).status_code == 403, "as for any clerk"
    assert pause(client) == 200, "whoever serves somebody just then goes on"
    led = client.get("/small/window/1/", headers=PAGE).headers["Location"]
    assert "这个密码已经用满 90 天" in client.get(led).content.decode()
    assert change(client, GIVEN, OWN)[0] == 200
    assert "密码剩" not in client.get("/small/window/1/", headers=PAGE).content.decode()


def test_who_signs_in_with_an_overdue_password_opens_nothing_before_another_is_chosen(
    client: Client, clerk: User, clock: time_machine.Traveller, settings: Settings
) -> None:
    User.objects.update(password_given=False)
    settings.PASSWORD_DAYS = 90
    clock.shift(timedelta(days=91))
    assert client.post("/sign-in/", OPEN).status_code == 302
    said = client.post("/small/window/1/pause/", {}, content_type="application/json", headers=SCRIPT)
    assert (said.status_code, said.json()["code"]) == (403, "password_overdue")
    assert client.get("/small/window/1/pickable/", headers=SCRIPT).json()["code"] == "password_overdue"
    assert change(client, GIVEN, OWN)[0] == 200
    assert pause(client) == 200


def test_without_the_setting_a_password_grows_as_old_as_it_likes(
    client: Client, clerk: User, clock: time_machine.Traveller
) -> None:
    User.objects.update(password_given=False)
    clock.shift(timedelta(days=2000))
    client.force_login(clerk)
    assert client.get("/small/window/", headers=PAGE).status_code == 200


def test_the_demo_asks_nobody_for_another_password(
    client: Client, clerk: User, clock: time_machine.Traveller, settings: Settings
) -> None:
    settings.DEMO, settings.PASSWORD_DAYS = True, 90
    Hall.objects.update(is_demo=True)
    clock.shift(timedelta(days=100))
    client.post("/demo/sign-in/", {"username": clerk.username})
    assert client.get("/small/window/", headers=PAGE).status_code == 200
