"""The operator's command for machines: a token is shown once and opens the interface until it is revoked."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from hallqueue.models import ApiClient, Event
from tests.hall import SmallHall


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("api_client", *words, stdout=out)
    return out.getvalue().strip()


def status(token: str) -> int:
    return Client().get("/api/v1/halls/small", headers={"Authorization": f"Bearer {token}"}).status_code


def test_token_opens_the_interface_until_it_is_revoked(small_hall: SmallHall) -> None:
    token = said("add", "--hall", "small", "--name", "kiosk software", "--role", "desk")
    client = ApiClient.objects.get(hall=small_hall.hall)
    assert token not in client.token_hash
    assert status(token) == 200
    assert said("list", "--hall", "small") == f"{client.pk}\tdesk\tkiosk software\tliving"
    said("revoke", "--hall", "small", str(client.pk))
    assert status(token) == 401
    assert "revoked" in said("list", "--hall", "small")
    assert Event.objects.filter(hall=small_hall.hall, kind="client.revoked").exists()


def test_unknown_hall_and_client_are_said(small_hall: SmallHall) -> None:
    with pytest.raises(CommandError, match="no such hall"):
        said("list", "--hall", "nowhere")
    with pytest.raises(CommandError, match="no such living client"):
        said("revoke", "--hall", "small", "77")
