"""Commands that waited share one commit: in order, each whole or not at all, and nobody pays for another's failure."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, IntegrityError, OperationalError, connection, connections, transaction
from django.utils import timezone

from hallqueue import group_commit
from hallqueue.actions import day
from hallqueue.actions.command import new_key
from hallqueue.errors import Refused
from hallqueue.group_commit import LARGEST_GROUP, commit_together
from hallqueue.models import Event, Hall, Receipt, Ticket
from hallqueue.statements import insert, rows
from tests.ground.process import wait_until
from tests.hall import SmallHall
from tests.invariants import check

pytestmark = pytest.mark.both_databases

said = ContextVar("said", default="nothing")


def waiting(hall_id: int) -> int:
    """How many commands of the hall wait in this process for another to be done."""
    line = group_commit._lines.get(hall_id)
    return len(line._waiting) if line else 0


class Queue:
    """Threads that give commands while the first has the hall and waits until all the others are in line."""

    def __init__(self, hall: SmallHall) -> None:
        self.hall = hall
        self.outcomes: dict[str, Any] = {}
        self.threads: dict[str, int] = {}
        self._running: list[threading.Thread] = []

    def lead(self, count: int, then: Callable[[Hall], Any] = lambda hall: "led") -> None:
        """The first command: it goes on when `count` others wait."""
        began = threading.Event()

        def work(hall: Hall) -> Any:
            if not began.is_set():  # it is done once more when the group's commit fails
                began.set()
                wait_until(lambda: waiting(hall.pk) == count, 10, f"{count} in line")
            return then(hall)

        self.give("leader", lambda: commit_together(self.hall.hall.pk, work))
        assert began.wait(10)

    def follow(self, name: str, work: Callable[[], Any]) -> None:
        """Another command, which waits behind those given before."""
        before = waiting(self.hall.hall.pk)
        self.give(name, work)
        wait_until(
            lambda: waiting(self.hall.hall.pk) != before or name in self.outcomes, 10, f"{name} in line"
        )

    def give(self, name: str, work: Callable[[], Any]) -> None:
        """In a thread of its own, whose outcome is kept under the name: the answer or the error."""

        def run() -> None:
            self.threads[name] = threading.get_ident()
            try:
                self.outcomes[name] = work()
            except Exception as error:  # noqa: BLE001  (an outcome like any other)
                self.outcomes[name] = error
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        self._running.append(thread)

    def end(self) -> dict[str, Any]:
        """All outcomes, once everybody is done."""
        for thread in self._running:
            thread.join(20)
            assert not thread.is_alive(), "somebody was never woken"
        return self.outcomes


@pytest.fixture
def queue(committed_hall: SmallHall) -> Queue:
    return Queue(committed_hall)


@contextmanager
def counted_commits(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """In which threads the database committed, in order."""
    seen: list[int] = []
    commit = type(connections[DEFAULT_DB_ALIAS])._commit  # type: ignore[attr-defined]

    def counting(self: Any) -> None:
        seen.append(threading.get_ident())
        commit(self)

    with monkeypatch.context() as patch:
        patch.setattr(type(connections[DEFAULT_DB_ALIAS]), "_commit", counting)
        yield seen


def labels() -> list[str]:
    return list(Ticket.objects.order_by("number").values_list("label", flat=True))


def test_commands_that_waited_share_one_commit_in_their_order(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counted_commits(monkeypatch) as commits:
        queue.lead(3)
        for name in ("one", "two", "three"):
            queue.follow(name, queue.hall.issue)
        outcomes = queue.end()
    assert commits == [queue.threads["leader"]]
    assert [outcomes[name]["label"] for name in ("one", "two", "three")] == ["A001", "A002", "A003"]
    check(queue.hall.fresh())


def test_each_work_sees_the_context_of_whoever_gave_it(queue: Queue) -> None:
    def speak(word: str) -> tuple[str, int]:
        said.set(word)
        return commit_together(queue.hall.hall.pk, lambda hall: (said.get(), threading.get_ident()))

    queue.lead(2, then=lambda hall: said.get())
    queue.follow("one", lambda: speak("您好"))
    queue.follow("two", lambda: speak("hello"))
    outcomes = queue.end()
    leader = queue.threads["leader"]
    assert outcomes == {"leader": "nothing", "one": ("您好", leader), "two": ("hello", leader)}


def test_a_refused_one_leaves_nothing_and_the_others_stand(queue: Queue) -> None:
    def half_done(hall: Hall) -> None:
        insert(Receipt, hall_id=hall.pk, key="half-done", request="", answer={}, at=timezone.now())
        raise Refused("hall_closed")

    queue.lead(3)
    queue.follow("one", queue.hall.issue)
    queue.follow("half", lambda: commit_together(queue.hall.hall.pk, half_done))
    queue.follow("two", queue.hall.issue)
    outcomes = queue.end()
    assert outcomes["half"].code == "hall_closed"
    assert not Receipt.objects.filter(key="half-done").exists()
    assert labels() == ["A001", "A002"]
    check(queue.hall.fresh())


def test_a_refusal_in_a_group_is_kept_under_its_key(queue: Queue) -> None:
    queue.lead(2)
    queue.follow("nobody", lambda: queue.hall.call_next(1, key="nobody-was-there"))
    queue.follow("one", queue.hall.issue)
    assert queue.end()["nobody"].code == "nobody_waiting"
    with pytest.raises(Refused, match="nobody_waiting"):
        queue.hall.call_next(1, key="nobody-was-there")
    assert queue.hall.call_next(1)["label"] == "A001"


def test_each_in_a_group_finds_the_hall_as_the_one_before_left_it(queue: Queue) -> None:
    def half_closed(hall: Hall) -> None:
        hall.is_open, hall.seq = False, 10**6
        raise Refused("hall_closed")

    queue.lead(5, then=lambda hall: setattr(hall, "seen", "by the leader"))
    queue.follow("bare", lambda: commit_together(queue.hall.hall.pk, lambda hall: hasattr(hall, "seen")))
    queue.follow("half", lambda: commit_together(queue.hall.hall.pk, half_closed))
    queue.follow("one", queue.hall.issue)
    queue.follow("close", lambda: day.close_hall(queue.hall.hall.pk, queue.hall.actor("manager"), new_key()))
    queue.follow("two", queue.hall.issue)
    outcomes = queue.end()
    assert outcomes["bare"] is False
    assert outcomes["one"]["label"] == "A001"
    assert outcomes["two"].code == "hall_closed"
    check(queue.hall.fresh())


def test_the_same_key_twice_in_one_group_is_one_ticket(queue: Queue) -> None:
    queue.lead(2)
    queue.follow("tap", lambda: queue.hall.issue(key="a-double-tap"))
    queue.follow("tap again", lambda: queue.hall.issue(key="a-double-tap"))
    outcomes = queue.end()
    assert outcomes["tap"] == outcomes["tap again"]
    assert labels() == ["A001"]


def test_a_leader_that_fails_takes_nobody_down(queue: Queue) -> None:
    def refuse(hall: Hall) -> None:
        Hall.objects.filter(pk=hall.pk).update(seq=10**6)
        raise Refused("hall_closed")

    queue.lead(2, then=refuse)
    queue.follow("one", queue.hall.issue)
    queue.follow("two", queue.hall.issue)
    outcomes = queue.end()
    assert outcomes["leader"].code == "hall_closed"
    assert labels() == ["A001", "A002"]
    check(queue.hall.fresh())


def outcome_among_others(queue: Queue, work: Callable[[Hall], Any]) -> Any:
    """What came of a command that spoils the group's transaction between two that do not; all others must stand."""
    queue.lead(3, then=lambda hall: hall.seq)
    queue.follow("one", queue.hall.issue)
    queue.follow("spoiler", lambda: commit_together(queue.hall.hall.pk, work))
    queue.follow("two", queue.hall.issue)
    outcomes = queue.end()
    assert isinstance(outcomes["leader"], int)
    assert sorted(outcomes[name]["label"] for name in ("one", "two")) == labels() == ["A001", "A002"]
    check(queue.hall.fresh())
    return outcomes["spoiler"]


def test_one_that_breaks_the_transaction_breaks_only_its_own(queue: Queue) -> None:
    def break_it(hall: Hall) -> None:
        transaction.set_rollback(True)
        raise ValueError("the database is out of step")

    assert isinstance(outcome_among_others(queue, break_it), ValueError)


def test_a_transaction_lost_in_the_middle_costs_only_whoever_lost_it(queue: Queue, on_postgres: bool) -> None:
    def lose_it(hall: Hall) -> None:
        """The connection is cut; on SQLite the transaction is rolled back under us, as a full disk does."""
        if on_postgres:
            rows("SELECT pg_terminate_backend(pg_backend_pid())")
        connections[DEFAULT_DB_ALIAS].connection.execute("ROLLBACK")
        raise OperationalError("database or disk is full")

    assert isinstance(outcome_among_others(queue, lose_it), OperationalError)


def test_a_commit_the_database_refuses_costs_only_whoever_spoiled_it(queue: Queue) -> None:
    def of_no_hall(hall: Hall) -> None:
        insert(Receipt, hall_id=10**6, key="of-no-hall", request="", answer={}, at=timezone.now())

    queue.lead(2)
    queue.follow("one", queue.hall.issue)
    queue.follow("spoiler", lambda: commit_together(queue.hall.hall.pk, of_no_hall))
    outcomes = queue.end()
    assert isinstance(outcomes["spoiler"], IntegrityError)
    assert (outcomes["leader"], outcomes["one"]["label"]) == ("led", "A001")
    assert labels() == ["A001"]
    check(queue.hall.fresh())


def test_a_group_has_an_end(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    with counted_commits(monkeypatch) as commits:
        queue.lead(LARGEST_GROUP + 3)
        for number in range(LARGEST_GROUP + 3):
            queue.follow(str(number), queue.hall.issue)
        outcomes = queue.end()
    assert len(commits) == 2
    assert [outcomes[str(number)]["label"] for number in range(LARGEST_GROUP + 3)] == labels()


def test_nobody_is_answered_before_the_commit(queue: Queue) -> None:
    seen: dict[str, Any] = {}

    def look(hall: Hall) -> None:
        seen["while the group ran"] = dict(queue.outcomes)

    queue.lead(2)
    queue.follow("one", queue.hall.issue)
    queue.follow("look", lambda: commit_together(queue.hall.hall.pk, look))
    queue.end()
    assert seen == {"while the group ran": {}}


def test_many_threads_at_once_make_one_gapless_log(queue: Queue) -> None:
    for number in range(12):
        queue.give(str(number), lambda: [queue.hall.issue()["label"] for _ in range(10)])
    outcomes = queue.end()
    assert sorted(label for made in outcomes.values() for label in made) == labels()
    seqs = Event.objects.filter(hall=queue.hall.hall).order_by("seq").values_list("seq", flat=True)
    assert list(seqs) == list(range(1, len(seqs) + 1))
    check(queue.hall.fresh())
