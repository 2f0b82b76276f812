"""Whatever people do in whatever order: the hall and a plain model on paper agree after every step."""

from __future__ import annotations

import pytest
import time_machine
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.hall import make_small_hall
from tests.model.machine import MORNING
from tests.model.machine_appointments import AppointmentMachine, book_some
from tests.model.machine_journeys import offer_walk


@pytest.mark.slow
@pytest.mark.both_databases
@pytest.mark.parametrize("half", [1, 2])
def test_hall_and_paper_agree_whatever_people_do(db: None, half: int) -> None:
    with time_machine.travel(MORNING, tick=False):
        small = make_small_hall(open_windows=())
        offer_walk(small)
        book_some(small)
    machine = type("Day", (AppointmentMachine,), {"small": small})
    # Half of the examples each, so that both cores have something to do.
    usual = machine.TestCase.settings  # type: ignore[attr-defined]
    run_state_machine_as_test(machine, settings=settings(usual, max_examples=-(-usual.max_examples // 2)))
