"""A small hall on a Monday morning, for figures and reports; a module with another day has fixtures of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine

from tests.hall import SmallHall, clock_at, make_small_hall

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # nine in the morning in the hall
TODAY = date(2026, 3, 2)


clock = clock_at(MONDAY)


@pytest.fixture
def hall(clock: time_machine.Traveller, db: None) -> SmallHall:
    """The small hall, made on that Monday; nobody has come yet."""
    return make_small_hall()
