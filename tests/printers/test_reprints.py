"""What a paper says that is printed after something has changed: what is true now, with its mark and its count."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hallqueue.actions.command import new_key
from hallqueue.actions.house.departments import set_department
from hallqueue.actions.line import desk as desk_verbs
from hallqueue.actions.line import moving, visits
from hallqueue.models import Service, Ticket, Window
from hallqueue.texts import text
from tests.hall import SmallHall
from tests.printers.desk import Desk, desk_of

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(small_hall: SmallHall) -> Iterator[Desk]:
    """A hall whose departments have an area each."""
    with desk_of(small_hall) as made:
        for service, area in (("id-card", "A区"), ("invoice", "B区"), ("housing", "C区")):
            move_to(made, service, area)
        yield made


def move_to(desk: Desk, service: str, area: str) -> None:
    found = Service.objects.get(hall=desk.small.hall, code=service).department
    manager = desk.small.actor("manager")
    set_department(
        desk.small.hall.pk, manager, new_key(), code=found.code, name=found.name, zone=area, order=found.order
    )


def again(desk: Desk, ticket: Ticket) -> list[str]:
    """The lines of the ticket's next paper."""
    asked = {"ticket": ticket.pk, "why": "lost"}
    desk_verbs.ask_slip(desk.small.hall.pk, desk.small.actor("desk"), new_key(), **asked)
    desk.work()
    return desk.twin.slips[-1].text.splitlines()


def send(desk: Desk, ticket: Ticket, **where: object) -> None:
    manager = desk.small.actor("manager")
    moving.redirect(desk.small.hall.pk, manager, new_key(), tickets=[ticket.pk], reason="人多", **where)


def wait_in(area: str) -> str:
    return text("slip.place", zone=area)


def test_each_paper_says_where_to_wait_now_and_which_copy_it_is(desk: Desk) -> None:
    ticket = desk.issue("id-card")
    desk.work()
    first = desk.twin.slips[-1].text.splitlines()
    assert wait_in("A区") in first
    assert not [line for line in first if "补打" in line]

    move_to(desk, "id-card", "二楼新区")
    second = again(desk, ticket)
    assert wait_in("二楼新区") in second
    assert "【补打 第2份】" in second

    hall, by = desk.small.hall.pk, desk.small.actor("desk")
    visits.correct_ticket(hall, by, new_key(), ticket=ticket.pk, service="housing")
    third = again(desk, ticket)
    assert {ticket.label, "公租房申请", wait_in("C区"), "【补打 第3份】"} <= set(third)


def test_who_was_sent_to_a_window_waits_where_that_stands(desk: Desk) -> None:
    Window.objects.filter(hall=desk.small.hall, number=3).update(zone="C区")
    ticket = desk.issue("invoice")
    send(desk, ticket, to_window=3)
    assert wait_in("C区") in again(desk, ticket)
    send(desk, ticket, to_window=9)
    assert text("slip.fallback") in again(desk, ticket)


@pytest.mark.parametrize("asked", [True, False])
def test_who_is_left_to_the_fallback_window_reads_so_whatever_the_reason(desk: Desk, asked: bool) -> None:
    ticket = desk.issue("invoice", to_fallback=asked)
    if not asked:
        send(desk, ticket, fallback=True)
    lines = again(desk, ticket)
    assert text("slip.fallback") in lines
    assert wait_in("B区") not in lines
