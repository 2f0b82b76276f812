"""A running hall whose boards and screens are looked at by a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.displays.acting import Hand
from tests.displays.looking import Display
from tests.ground.browser import Pages
from tests.ground.servers import Hallqueue


@pytest.fixture(scope="module")
def server() -> Iterator[Hallqueue]:
    """One server for a module; tests that kill it start it again."""
    running = Hallqueue()
    running.start()
    yield running
    running.remove()


@pytest.fixture(scope="module")
def hand(server: Hallqueue) -> Iterator[Hand]:
    """Acts in the server's halls from another process."""
    with closing(Hand(server.environment())) as acting:
        yield acting


@pytest.fixture
def display(pages: Pages, server: Hallqueue, hand: Hand) -> Display:
    """Opens paired boards and screens."""
    return Display(pages, server, hand)
