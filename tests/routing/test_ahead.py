"""“Ahead of you” is what the order would do: on the ticket's page, on paper and at the kiosk, under every policy."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import policies, setup
from hallqueue.models import Service, Ticket, Window
from hallqueue.routing import line
from hallqueue.topics.lines import Lines
from hallqueue.topics.reading import Reading
from tests.hall import SmallHall

PEOPLE = st.lists(
    st.tuples(st.sampled_from(["id-card", "invoice", "housing"]), st.sampled_from(["", "", "elderly"])),
    min_size=1,
    max_size=8,
)
RULES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["strict", "ratio", "ratio"]),
        "preferred": st.integers(1, 2),
        "ordinary": st.integers(1, 3),
    }
)


def lines_now(small: SmallHall) -> Lines:
    return Lines(Reading(small.fresh()))


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What is rolled back leaves its `setup_seq` to another set-up."""
    Reading._catalogues.clear()


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@example(  # somebody who may come to the helping window takes no turn before they came
    people=[("id-card", ""), ("id-card", "elderly")],
    rules={"kind": "ratio", "preferred": 1, "ordinary": 2},
    series="",
    called=0,
)
@given(people=PEOPLE, rules=RULES, series=st.sampled_from(["", "A"]), called=st.integers(0, 2))
def test_ahead_is_everybody_whom_one_of_the_windows_would_call_before(
    small_hall: SmallHall, people: Any, rules: Any, series: str, called: int
) -> None:
    with transaction.atomic():
        Reading._catalogues.clear()
        policies.set_policy(small_hall.hall.pk, THE_HALL, new_key(), series=series, **rules)
        for service, priority in people:
            small_hall.issue(service, priority=priority)
        for _ in range(min(called, sum(service == "id-card" for service, _ in people))):
            small_hall.call_next(1)
            small_hall.say("park", reason="复印")
        agree_with_the_order(small_hall)
        transaction.set_rollback(True)


def agree_with_the_order(small: SmallHall) -> None:
    """Of everybody who waits, and of the newcomer who would stand there after taking a number."""
    lines = lines_now(small)
    seats = Window.objects.filter(hall=small.hall).select_related("hall")
    orders = {window.pk: [each.pk for each in line(window)] for window in seats}
    for row in lines._reading.waiting:
        taken = [orders[taker] for taker in lines.takers(row)]
        united = {who for order in taken for who in order[: order.index(row["id"])]}
        assert lines.ahead_of(row) == len(united)
    told = lines.ahead_of_newcomers()
    for service in Service.objects.filter(hall=small.hall):
        with transaction.atomic():
            ticket = small.issue(service.code)["ticket"]
            then = lines_now(small)
            mine = next(row for row in then._reading.waiting if row["id"] == ticket)
            assert told.get(service.pk, 0) == then.ahead_of(mine)
            transaction.set_rollback(True)


@pytest.mark.parametrize("kind", ["strict", "ratio"])
def test_where_one_window_serves_just_so_many_are_called_before(small_hall: SmallHall, kind: str) -> None:
    policies.set_policy(small_hall.hall.pk, THE_HALL, new_key(), kind=kind, preferred=1, ordinary=2)
    setup.map_services(small_hall.hall.pk, THE_HALL, new_key(), window=2, takes=[("invoice", 0)])
    people = ["", "", "", "elderly", "elderly", "elderly", ""]
    tickets = [small_hall.issue(priority=priority)["ticket"] for priority in people]
    lines = lines_now(small_hall)
    rows = {row["id"]: row for row in lines._reading.waiting}
    told = {lines.ahead_of(rows[ticket]): ticket for ticket in tickets}
    assert sorted(told) == list(range(7)), "no two stand at one place"
    for place in range(7):
        assert small_hall.call_next(1)["ticket"] == told[place]
        small_hall.say("no_show")
    assert not Ticket.objects.filter(hall=small_hall.hall, state="waiting").exists()
