"""The printer, the line or the worker dies at any byte: no place lost, no ghost, no second number, copies marked."""

from __future__ import annotations

import functools
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hallqueue.actions.command import new_key
from hallqueue.models import Ticket
from printers import asking
from printers.models import PrintJob
from printers.twin import Mode, PrinterTwin
from tests.conftest import HallStarter
from tests.ground.process import wait_until
from tests.ground.servers import Hallqueue
from tests.hall import KIOSK, SmallHall
from tests.kiosk_hall import build, say
from tests.printers.desk import Desk, desk_of

QUESTIONS = 9  # bytes that ask how the printer is, before the slip


@pytest.fixture
def desk(small_hall: SmallHall) -> Iterator[Desk]:
    with desk_of(small_hall) as made:
        yield made


def whole(twin: PrinterTwin, label: str) -> list[bool]:
    """Of each whole paper with this number: whether it bears the mark."""
    texts = [slip.text for slip in twin.slips if label in slip.text and "[QR]" in slip.text]
    return ["补打" in text for text in texts]


@pytest.mark.slow
@pytest.mark.both_databases
def test_cut_at_any_byte_loses_no_place_and_makes_no_second_paper_without_the_mark(desk: Desk) -> None:
    ticket = desk.issue()
    desk.work()
    length = len(desk.paper().raw) - QUESTIONS
    spots = [
        QUESTIONS + 1,
        QUESTIONS + 2,
        *range(QUESTIONS + 40, QUESTIONS + length, 331),
        QUESTIONS + length,
    ]
    for spot in spots:
        desk.twin.after, desk.twin.mode = spot, Mode.RESET
        ticket = desk.issue()
        desk.follow()
        desk.feeder._look_at = float("inf")  # the fault comes between two looks at the printer
        desk.turns(1)
        assert (desk.job(ticket).state, desk.job(ticket).reason) == ("unknown", "broken"), spot
        desk.twin.mode = Mode.OK
        asking.came_out(desk.small.hall.pk, KIOSK, new_key(), ticket=ticket.pk, yes=False)
        desk.look_again()
        assert desk.job(ticket, copy=2).state == "confirmed"
        last = desk.twin.slips[-1]
        assert last.errors == ()  # what lay half printed was cut off first
        assert (ticket.label in last.text, "补打 第2份" in last.text) == (True, True)
        assert sorted(whole(desk.twin, ticket.label)) in ([True], [False, True])
    assert Ticket.objects.filter(state="waiting").count() == len(spots) + 1
    assert len(set(Ticket.objects.values_list("label", flat=True))) == len(spots) + 1
    assert PrintJob.objects.filter(copy=1).count() == len(spots) + 1


def has_taken(twin: PrinterTwin, count: int) -> bool:
    """Whether the connection of this moment brought so many bytes."""
    return twin.received > count


def jobs_of(server: Hallqueue) -> list[tuple[str, int, str]]:
    """Number, copy and state of every job, read beside the server."""
    database = Path(server.settings["HALLQUEUE_DATA"]) / "hallqueue.sqlite3"
    asked = "SELECT t.label, j.copy, j.state FROM printers_printjob j JOIN hallqueue_ticket t ON t.id = j.ticket_id"
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as reading:
        return [(label, copy, state) for label, copy, state in reading.execute(f"{asked} ORDER BY j.id")]


@pytest.mark.slow
@pytest.mark.servers
def test_worker_killed_at_any_byte_prints_nothing_a_second_time(start_hall: HallStarter) -> None:
    """kill -9 of the whole process while a slow printer has had so many bytes of a slip."""
    with PrinterTwin(Mode.SLOW, pace=0.5) as twin:
        server = start_hall({"HALLQUEUE_SECRET": "a secret for tests only"})
        build(
            server,
            "from printers.setting_up import add_printer",
            "from hallqueue.actions.command import THE_HALL, new_key",
            f"add_printer(small.hall.pk, THE_HALL, new_key(), name='P', address='{twin.url}')",
        )
        issue = "tickets.issue(hall, Actor('device:1', 'kiosk'), new_key(), service='id-card')"
        for bytes_out in (QUESTIONS + 1, 600):
            twin.received = 0
            asking_for_one = threading.Thread(target=say, args=(server, issue))
            asking_for_one.start()
            wait_until(
                functools.partial(has_taken, twin, bytes_out), 60, f"{bytes_out} bytes of a slip are out"
            )
            server.kill()
            asking_for_one.join()
            server.start()
        say(server, issue)
        wait_until(lambda: jobs_of(server)[-1][2] == "confirmed", 90, "the last slip is printed")
        jobs = jobs_of(server)
        assert [(label, copy) for label, copy, _ in jobs] == [(f"A00{at}", 1) for at in range(1, 4)]
        assert {state for _, _, state in jobs} <= {"unknown", "confirmed"}
        assert [state for _, _, state in jobs].count("unknown") >= 1
        for label, _, _ in jobs:
            assert whole(twin, label) in ([], [False])
        assert whole(twin, "A003") == [False]


def test_half_a_slip_is_cut_off_before_the_next_though_somebody_said_that_it_came_out(desk: Desk) -> None:
    """Whoever says so may hold the half of it, and the printer did not say that there is no more."""
    torn = desk.torn()
    asking.came_out(desk.small.hall.pk, KIOSK, new_key(), ticket=torn.pk, yes=True)
    assert desk.job(torn).state == "confirmed"
    desk.twin.after, desk.twin.mode = 0, Mode.OK
    later = desk.issue()
    desk.follow()
    desk.look_again()
    assert [later.label in slip.text for slip in desk.twin.slips] == [False, True]
    assert torn.label not in desk.twin.slips[-1].text
