"""The month of walkthroughs: what was found in it, and what was struck off in it whenever it was found."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from time_machine import Traveller

from tests.cases.test_findings import PLAN, found, say
from tests.cases.test_walkthroughs import begun
from tests.cases.test_walkthroughs import say as tap
from tests.hall import SmallHall

pytestmark = pytest.mark.both_databases


def read(small: SmallHall, month: str) -> str:
    client = Client()
    client.force_login(small.people["manager"])
    return client.get(f"/small/findings/month/?month={month}").content.decode()


def test_what_is_struck_off_belongs_to_the_month_of_that_day(hall: SmallHall, clock: Traveller) -> None:
    clock.move_to(datetime(2026, 3, 30, 2, tzinfo=UTC))
    finding = found(hall)
    say(hall, finding, "assign", **PLAN)
    say(hall, finding, "fix", "clerk1", note="清单已改")
    clock.move_to(datetime(2026, 3, 31, 2, tzinfo=UTC))
    again = begun(hall, by="desk", again_of=finding.walkthrough_id, service="")
    tap(hall, "finish_walkthrough", "desk", walkthrough=again)
    say(hall, finding, "verify", walkthrough=again)
    clock.move_to(datetime(2026, 4, 1, 2, tzinfo=UTC))
    assert "这个月没有走流程" in read(hall, "2026-04")
    say(hall, finding, "close")
    march, april = read(hall, "2026-03"), read(hall, "2026-04")
    assert "这个月没有堵点销号" in march
    assert finding.label not in march
    assert finding.label in april
    assert "这个月走流程没有发现堵点" in april, "a sentence stands where a table would have no row"
