"""The worker: printers that fail, cables pulled, processes that die between any two steps, two workers at once."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from hallqueue.leases import LEASE
from hallqueue.models import Alarm, Event, Ticket
from printers import asking, jobs, transport, worker
from printers.models import PrintCursor, Printer, PrintJob
from printers.planning import plan_of
from printers.twin import Mode
from printers.worker import Feeder, Supervisor
from tests.hall import SmallHall
from tests.printers.desk import Desk, desk_of

pytestmark = pytest.mark.both_databases


class Killed(BaseException):
    """Stands for kill -9: nothing of ours catches it."""


@pytest.fixture
def desk(small_hall: SmallHall) -> Iterator[Desk]:
    with desk_of(small_hall) as made:
        yield made


def _at_the_receipt(error: BaseException, after: str = "") -> Callable[..., Any]:
    """Break off a command just before it is complete, once a statement with `after` in it was seen."""
    seen = [not after]

    def execute(go_on: Callable[..., Any], sql: str, *args: Any) -> Any:
        seen[0] = seen[0] or ("reason" in sql and after in sql)
        if seen[0] and sql.startswith("INSERT") and "receipt" in sql:
            raise error
        return go_on(sql, *args)

    return execute


def _line_stands(desk: Desk, ticket: Ticket) -> None:
    """No ghost in the line, and the person keeps the place: one ticket, waiting, called by the next."""
    assert Ticket.objects.filter(state="waiting").count() == 1
    assert desk.small.call_next(1)["label"] == ticket.label


@pytest.mark.parametrize(
    ("mode", "condition"),
    [
        (Mode.PAPER_OUT, "paper_out"),
        (Mode.COVER_OPEN, "cover_open"),
        (Mode.OFFLINE, "offline"),
        (Mode.SILENT, "no_answer"),
        (Mode.RESET, "refused"),
    ],
)
def test_regression_4_printer_with_a_fault_says_so_and_prints_when_it_is_over(
    desk: Desk, mode: Mode, condition: str
) -> None:
    desk.twin.mode = mode
    ticket = desk.issue()
    desk.work()
    assert Printer.objects.get().condition == condition
    assert desk.job(ticket).state == "queued"
    assert not desk.twin.slips
    desk.twin.mode = Mode.OK
    desk.look_again()
    assert desk.job(ticket).state == "confirmed"
    assert desk.paper().errors == ()
    _line_stands(desk, ticket)


def test_regression_4_printer_that_is_away_prints_when_it_is_back(small_hall: SmallHall) -> None:
    with desk_of(small_hall, "tcp://127.0.0.1:1") as desk:
        ticket = desk.issue()
        desk.work()
        assert Printer.objects.get().condition == "refused"
        assert desk.job(ticket).state == "queued"
        Printer.objects.update(address=desk.twin.url)
        desk.look_again()
        assert desk.job(ticket).state == "confirmed"
        _line_stands(desk, ticket)


def test_regression_4_cable_pulled_in_mid_job_is_unknown_and_never_printed_again_by_itself(
    desk: Desk,
) -> None:
    desk.turns(1)
    desk.twin.after, desk.twin.mode = 600, Mode.RESET
    ticket = desk.issue()
    desk.follow()
    desk.feeder.turn()
    job = desk.job(ticket)
    assert (job.state, job.reason) == ("unknown", "broken")
    desk.twin.mode = Mode.OK
    desk.look_again()
    desk.another_worker()
    desk.work()
    assert not desk.twin.slips
    assert desk.kinds().count("slip.failed") == 1
    asking.reprint(
        desk.small.hall.pk, desk.small.actor("desk"), "reprint-it", ticket=ticket.pk, why="not_printed"
    )
    desk.turns()
    assert "补打 第2份" in desk.twin.slips[-1].text
    _line_stands(desk, ticket)


def test_printer_that_hangs_in_mid_slip_is_unknown_and_holds_up_nobody_else(desk: Desk) -> None:
    """The line stays up and nothing moves: neither a second paper by itself, nor a lost place."""
    ticket = desk.torn()
    assert (desk.job(ticket).state, desk.job(ticket).reason) == ("unknown", "no_answer")
    later = desk.issue()
    desk.follow()
    desk.look_again()
    assert (desk.job(later).state, Printer.objects.get().condition) == ("queued", "no_answer")
    desk.twin.after, desk.twin.mode = 0, Mode.OK
    desk.look_again()
    assert (desk.job(ticket).state, desk.job(later).state) == ("unknown", "confirmed")
    torn, whole = desk.twin.slips  # the half that hung is cut off before the next
    assert (ticket.label in torn.text, ticket.token in torn.text) == (True, False)
    assert (later.label in whole.text, later.token in whole.text) == (True, True)
    assert desk.kinds().count("slip.failed") == 1


def test_printer_that_fails_between_the_question_and_the_slip_is_tried_again_later(
    small_hall: SmallHall,
) -> None:
    """A printer that cannot be asked fails only when it is sent to."""
    with desk_of(small_hall, "tcp://127.0.0.1:1?status=none") as desk:
        ticket = desk.issue()
        desk.follow()
        desk.turns(1)
        job = desk.job(ticket)
        assert (job.state, job.reason, job.tries) == ("queued", "refused", 1)
        assert job.due_at > Event.objects.order_by("-seq")[0].at
        assert desk.kinds().count("slip.delayed") == 1


@pytest.mark.parametrize("step", ["before the jobs", "in the jobs", "after the jobs"])
def test_worker_killed_around_the_cursor_neither_loses_nor_doubles_a_job(desk: Desk, step: str) -> None:
    ticket = desk.issue()

    if step == "in the jobs":
        with connection.execute_wrapper(_at_the_receipt(Killed())), pytest.raises(Killed):
            desk.follow()
        assert not PrintJob.objects.exists()
    if step == "after the jobs":
        desk.follow()
    desk.another_worker()
    desk.work()
    desk.work()
    assert desk.job(ticket).state == "confirmed"
    assert desk.paper().errors == ()


def test_worker_killed_before_its_claim_leaves_the_job_to_the_next(desk: Desk) -> None:
    ticket = desk.issue()
    desk.follow()
    assert jobs.take_lease(desk.printer, desk.feeder.owner, None)
    desk.another_worker()
    desk.turns()
    assert desk.job(ticket).state == "confirmed"
    assert desk.paper().errors == ()


@pytest.mark.parametrize("sent", [False, True])
def test_worker_killed_while_sending_leaves_an_unknown_paper_and_never_a_second_one(
    desk: Desk, sent: bool
) -> None:
    ticket = desk.issue()
    desk.follow()
    assert jobs.take_lease(desk.printer, desk.feeder.owner, None)
    job = jobs.claim(desk.printer, desk.feeder.owner)
    assert job is not None
    if sent:
        desk.feeder._send(desk.printer, job)
    desk.another_worker()
    desk.turns()
    assert (desk.job(ticket).state, desk.job(ticket).reason) == ("unknown", "worker_lost")
    assert len(desk.twin.slips) == int(sent)
    later = desk.issue()
    desk.work()
    assert desk.job(later).state == "confirmed"


def test_worker_taken_for_dead_may_still_tell_the_truth(desk: Desk) -> None:
    ticket = desk.issue()
    desk.follow()
    slow = desk.feeder
    assert jobs.take_lease(desk.printer, slow.owner, None)
    job = jobs.claim(desk.printer, slow.owner)
    assert job is not None
    delivery = slow._send(desk.printer, job)
    desk.another_worker()
    desk.turns()
    assert desk.job(ticket).state == "unknown"
    slow._tell(job, delivery)
    assert desk.job(ticket).state == "confirmed"
    assert desk.paper().errors == ()


def test_outcome_that_could_not_be_stored_is_stored_later(desk: Desk) -> None:
    ticket = desk.issue()
    desk.follow()

    away = _at_the_receipt(ConnectionError("the database is away"), after='UPDATE "printers_printjob"')
    with connection.execute_wrapper(away), pytest.raises(ConnectionError):
        desk.turns()
    assert desk.job(ticket).state == "sending"
    desk.turns()
    assert desk.job(ticket).state == "confirmed"
    assert desk.paper().errors == ()


def test_second_worker_keeps_its_hands_off_a_printer_that_has_one(desk: Desk) -> None:
    desk.turns(1)
    other = Feeder(desk.printer.pk)
    ticket = desk.issue()
    desk.follow()
    other.turn()
    assert desk.job(ticket).state == "queued"
    assert jobs.claim(desk.printer, other.owner) is None
    desk.turns()
    assert desk.paper().errors == ()


def test_a_slip_that_is_long_on_its_way_keeps_its_printer(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture takes a minute at 9600 baud, six leases."""
    monkeypatch.setattr(worker, "RENEW_EVERY", 0.0)
    ticket = desk.issue()
    desk.follow()
    desk.turns(1)
    sent_at, taken_until = desk.job(ticket).sent_at, Printer.objects.get().owned_until
    assert sent_at and taken_until and taken_until > sent_at + LEASE  # noqa: PT018


def test_second_follower_makes_no_second_job(desk: Desk) -> None:
    desk.issue()
    plan = plan_of(desk.small.hall.pk)
    assert plan is not None
    details = {"since": plan.since, "upto": plan.upto, "slips": plan.slips}
    made = [
        jobs.follow(desk.small.hall.pk, jobs.THE_PRINTERS, f"follower-{each}", **details)["made"]
        for each in range(2)
    ]
    assert made == [1, 0]
    assert PrintCursor.objects.get().seq == plan.upto


def _until(reached: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "not reached in time"
        time.sleep(0.05)


def _rounds(supervisor: Supervisor) -> threading.Thread:
    def go_round() -> None:
        while not supervisor.stopping.is_set():
            supervisor.round()
        connection.close()

    thread = threading.Thread(target=go_round)
    thread.start()
    return thread


@pytest.mark.slow
def test_two_whole_workers_print_each_number_once(committed_hall: SmallHall) -> None:
    with desk_of(committed_hall) as desk:
        supervisors = [Supervisor(), Supervisor()]
        threads = [_rounds(each) for each in supervisors]
        try:
            tickets = [desk.issue() for _ in range(12)]
            _until(lambda: PrintJob.objects.filter(state="confirmed").count() == len(tickets))
        finally:
            for supervisor in supervisors:
                supervisor.stop()
            for thread in threads:
                thread.join(10)
        texts = [slip.text for slip in desk.twin.slips]
        assert len(texts) == len(tickets)
        for ticket in tickets:
            assert sum(ticket.label in text for text in texts) == 1


@pytest.mark.slow
def test_fault_is_told_to_staff_and_the_asking_hinders_no_command(
    committed_hall: SmallHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How fast it is told stands in the bench; here a number is taken while the printer is being asked."""
    monkeypatch.setattr(transport, "ANSWER_S", 60)
    with desk_of(committed_hall) as desk, socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        Printer.objects.update(address=address)
        supervisor = Supervisor()
        thread = _rounds(supervisor)
        try:
            asked, _ = silent.accept()
            assert asked.recv(16)
            desk.issue()
            assert Printer.objects.get().condition == "unknown"
            asked.close()
            _until(lambda: Printer.objects.get().condition == "refused")
            _until(lambda: Alarm.objects.filter(subject=f"printer:{desk.printer.pk}").exists())
        finally:
            supervisor.stop()
            thread.join(10)


def test_slips_come_out_although_the_clock_was_set_back(desk: Desk) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        desk.turns(1)
        before = desk.issue()
        clock.shift(timedelta(minutes=-10))
        ticket = desk.issue()
        desk.work()
    assert (desk.job(before).state, desk.job(ticket).state) == ("confirmed", "confirmed")


def test_what_a_dead_process_left_is_told_although_the_clock_was_set_back(desk: Desk) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        desk.turns(1)
        ticket = desk.issue()
        desk.follow()
        assert jobs.claim(desk.printer, desk.feeder.owner) is not None
        clock.shift(timedelta(minutes=-10))
        desk.feeder = Feeder(desk.printer.pk)  # its lease would have lasted ten seconds
        desk.turns(1)
    assert (desk.job(ticket).state, desk.job(ticket).reason) == ("unknown", "worker_lost")
