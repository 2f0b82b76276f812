"""How often strangers may try, counted by where they are."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from hallqueue.web.door import MOST_WRONG
from tests.hall import SmallHall
from tests.pages.test_door import PASSWORD, said, sign_in


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    cache.clear()


def test_one_address_cannot_try_names_without_end(client: Client, small_hall: SmallHall) -> None:
    """One password on every name locks nobody; the address is turned away before anything is hashed."""
    manager = small_hall.people["manager"]
    manager.set_password(PASSWORD)
    manager.save()
    cache.set("door-127.0.0.1", MOST_WRONG - 1)
    assert sign_in(client, "nobody-here", "Hall-2026")[0] == 401
    status, page = sign_in(client, manager.username)
    assert (status, said(page)) == (429, "提交太频繁，请过一会儿再试。")
    assert sign_in(Client(REMOTE_ADDR="10.0.0.7"), manager.username)[0] == 302


def test_a_password_that_was_typed_as_a_name_is_not_to_be_guessed_from_what_is_counted(
    client: Client, small_hall: SmallHall
) -> None:
    store: Any = cache
    assert sign_in(client, "Hall-2026", "wrong")[0] == 401
    keys = [key for key in store._cache if "unknown-" in key]
    assert len(keys) == 2
    assert not [key for key in keys if "Hall-2026" in key or sha256(b"Hall-2026").hexdigest() in key]


@pytest.mark.parametrize(
    ("is_behind_a_proxy", "told", "address"),
    [
        (True, "10.0.0.7", "10.0.0.7"),
        (True, "127.0.0.1, 10.0.0.7", "10.0.0.7"),  # what stands before it the client wrote itself
        (True, None, "127.0.0.1"),
        (False, "10.0.0.7", "127.0.0.1"),
    ],
)
def test_behind_the_proxy_tries_are_counted_by_the_address_it_saw(
    client: Client, db: None, settings: Settings, is_behind_a_proxy: bool, told: str | None, address: str
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if is_behind_a_proxy else None
    headers = {"X-Forwarded-For": told} if told else {}
    client.post("/sign-in/", {"username": "nobody-here", "password": "wrong"}, headers=headers)
    assert cache.get(f"door-{address}") == 1
