"""Signed out after a while of doing nothing, where the operator wants that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from hallqueue.actions.command import new_key
from tests.hall import SmallHall, midday

PAGE = {"Accept": "text/html,*/*"}
SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def clock(small_hall: SmallHall) -> Iterator[time_machine.Traveller]:
    with midday(small_hall) as coordinates:
        yield coordinates


@pytest.fixture
def manager(small_hall: SmallHall, clock: time_machine.Traveller, settings: Settings) -> Client:
    settings.IDLE_MINUTES = 30
    client = Client()
    client.force_login(small_hall.people["manager"])
    client.get("/small/manager/", headers=PAGE)
    return client


def is_in(client: Client) -> bool:
    return client.get("/small/devices/list/", headers=SCRIPT).status_code == 200


def test_who_does_nothing_is_signed_out_on_pages_and_sockets(
    manager: Client, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(minutes=29))
    assert is_in(manager)
    clock.shift(timedelta(minutes=2))
    assert not is_in(manager), "what a page asks for by itself is no act"
    assert not Session.objects.filter(expire_date__gt=timezone.now()).exists(), "sockets ask for this"


def test_every_press_and_every_page_counts(manager: Client, clock: time_machine.Traveller) -> None:
    for _ in range(3):
        clock.shift(timedelta(minutes=20))
        manager.get("/small/manager/", headers=PAGE)
        clock.shift(timedelta(minutes=20))
        said = {"key": new_key(), "reason": "午休"}
        manager.post("/small/window/1/pause/", said, content_type="application/json", headers=SCRIPT)
    assert is_in(manager)


def test_even_who_never_rests_signs_in_once_a_day(manager: Client, clock: time_machine.Traveller) -> None:
    for _ in range(12 * 3 - 1):
        clock.shift(timedelta(minutes=20))
        manager.get("/small/manager/", headers=PAGE)
    assert is_in(manager)
    clock.shift(timedelta(minutes=20))
    assert not is_in(manager)


def test_without_the_setting_a_session_lasts_as_ever(
    small_hall: SmallHall, clock: time_machine.Traveller
) -> None:
    client = Client()
    client.force_login(small_hall.people["manager"])
    clock.shift(timedelta(hours=11))
    assert is_in(client)
    assert Session.objects.count() == 1
