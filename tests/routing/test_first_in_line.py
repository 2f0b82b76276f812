"""The statement that finds whom to call next says what the readable rule says, whatever waits."""

import random

import pytest

from hallqueue.models import Klass, Ticket, Window
from hallqueue.routing import PRECEDENCE, first_in_line, line
from tests.hall import SmallHall


@pytest.mark.slow
def test_first_in_line_is_the_first_of_the_line(small_hall: SmallHall) -> None:
    chance = random.Random(7)
    services = ("id-card", "invoice", "housing")
    tickets = [small_hall.ticket(small_hall.issue(chance.choice(services))) for _ in range(40)]
    windows = list(Window.objects.filter(hall=small_hall.hall))
    for _ in range(60):
        _shuffle(chance, chance.choice(tickets), windows)
        for window in windows:
            assert first_in_line(window) == next(iter(line(window)), None)


def _shuffle(chance: random.Random, ticket: Ticket, windows: list[Window]) -> None:
    """Any waiting ticket there may be: sent to a window, left to the fallback, of any class and place, or gone."""
    klass = chance.choice([Klass.ORDINARY, Klass.PRIORITY, Klass.RETURNING])
    Ticket.objects.filter(pk=ticket.pk).update(
        for_window=chance.choice([None, None, *windows]),
        fallback_reason=chance.choice(["", "", "asked"]),
        precedence=PRECEDENCE[klass],
        position=chance.randrange(1, 200) * 1024,
        state=chance.choice(["waiting", "waiting", "missed"]),
    )
