"""Random days: people act on the hall and on the paper model, which must agree after each step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import time_machine
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hallqueue import hall_time
from hallqueue.actions import day, windows
from hallqueue.actions.command import THE_HALL, Actor, new_key
from hallqueue.actions.house import policies, rules, setup
from hallqueue.actions.line import calling, citizens, desk, fallback, moving, sending, tickets, visits
from hallqueue.actions.round import ageing, reminders
from hallqueue.models import Window
from hallqueue.routing import line, stranded
from hallqueue.statements import fetch_all
from tests import invariants
from tests.hall import KIOSK, SmallHall
from tests.model.comparing import (
    TICKETS,
    WINDOWS,
    Outcome,
    agree,
    ask,
    chosen,
    on_paper,
    outcome_of,
    results_in,
)
from tests.model.machine_order import TAKES, WINDOW, WISH, OrderRules
from tests.model.plain import Seat
from tests.model.plain_day import PaperHall

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CITIZEN = Actor("citizen", "anyone")
CLERKS = {1: "clerk1", 2: "clerk2", 3: "clerk3", 9: "fallback"}
ROOMS = {
    **dict.fromkeys(("issue", "requeue", "cancel"), tickets),
    **dict.fromkeys(("park", "transfer"), sending),
    **dict.fromkeys(("join", "correct", "correct_ticket", "note"), visits),
    **dict.fromkeys(("requeue_own", "cancel_own"), citizens),
    "remind": reminders,
    **dict.fromkeys(("sit", "leave", "open_window", "pause", "close"), windows),
    **dict.fromkeys(("open_hall", "close_hall", "close_days"), day),
    **dict.fromkeys(("verify", "take_back_priority"), desk),
    "map_services": setup,
    "redirect": moving,
    **dict.fromkeys(("refuse", "ask_for_fallback", "send_to_fallback"), fallback),
    "set_window_rules": rules,
    "look_at_waits": ageing,
    **dict.fromkeys(("set_policy", "drop_policy"), policies),
}

WHO = st.sampled_from(["own"] * 6 + ["manager", "clerk1", "clerk3", "fallback"])
REASON = st.sampled_from(["他有事", "有理由", "", "  "])
NUMBER = st.integers(0, 60)
AT_WINDOW = ["call_next"] * 4 + ["start", "start", "finish", "finish", "no_show", "recall"]
SEAT = ["sit", "open_window", "open_window", "leave", "pause", "close"]


class HallMachine(OrderRules, RuleBasedStateMachine):
    """One example is one transaction, rolled back at its end. Subclasses set `small`."""

    small: SmallHall

    def __init__(self) -> None:
        super().__init__()
        self.travel = time_machine.travel(MORNING, tick=False)
        self.clock = self.travel.start()
        self.still = mock.patch.object(hall_time, "monotonic", return_value=0.0)  # the machine's count, too
        self.still.start()
        hall_time._behind.clear()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.seq = self.small.fresh().seq
        self.said: list[tuple[Callable[[str], Outcome], str, Outcome]] = []
        self.rows: list[int] = []
        seats = {n: Seat(n, dict(TAKES[n]), fallback=n == 9) for n in TAKES}
        self.paper = PaperHall(MORNING, MORNING, seats)

    def teardown(self) -> None:
        """The whole log, told again, must lead to what stands; then all is forgotten."""
        try:
            invariants.check(self.small.hall)
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)
            connection.run_on_commit.clear()
            self.still.stop()
            self.travel.stop()

    # What is said to both

    def person(self, who: str, window: int) -> str:
        return CLERKS[window] if who == "own" else who

    def in_the_hall(self, name: str, value: Any) -> Any:
        """A ticket is its place on paper, its id or its token in the hall."""
        found = chosen(self.rows, name, value)
        if name == "token":
            return ask("SELECT token FROM hallqueue_ticket WHERE id = %s", found)[0][0]
        return found

    def both(self, verb: str, who: str, **details: Any) -> Outcome:
        """Say it to the hall and to the paper: one answer, or the same refusal."""
        engine = {name: self.in_the_hall(name, value) for name, value in details.items()}
        paper = {name: chosen(self.paper.tickets, name, value) for name, value in details.items()}
        room = ROOMS.get(verb, calling)
        actor = {"hall": THE_HALL, "kiosk": KIOSK, "citizen": CITIZEN}.get(who) or self.small.actor(who)

        def say(key: str) -> Outcome:
            return outcome_of(lambda: getattr(room, verb)(self.small.hall.pk, actor, key, **engine))

        if "reason" in paper:
            paper["reason"] = paper["reason"].strip()
        key = new_key()
        got, expected = say(key), outcome_of(lambda: getattr(self.paper, verb)(who, **paper))
        [(seq,)] = ask("SELECT seq FROM hallqueue_hall WHERE id = %s", self.small.hall.pk)
        if seq > self.seq:
            self.seq, self.paper.moved = seq, self.paper.now
        self.said.append((say, key, got))
        same = agree(got, expected)
        assert same, f"{verb} by {who} with {details}: the hall says {got}, the paper {expected}"
        self.compare_tickets()
        return got

    @initialize()
    def open_the_hall(self) -> None:
        for number in (1, 2, 9):
            self.both("sit", CLERKS[number], window=number, take_over=False)
            self.both("open_window", CLERKS[number], window=number)

    @rule(wishes=st.lists(WISH, min_size=1, max_size=3))
    def issue(self, wishes: list[tuple[str, str, bool, str]]) -> None:
        for service, priority, to_fallback, language in wishes:
            wish = {"service": service, "priority": priority, "language": language}
            self.both("issue", "kiosk", to_fallback=to_fallback, **wish)

    @rule(who=WHO, window=WINDOW, verb=st.sampled_from(AT_WINDOW))
    def at_window(self, who: str, window: int, verb: str) -> None:
        more: dict[str, Any] = {"results": []} if verb == "finish" else {}
        self.both(verb, self.person(who, window), window=window, **more)

    @rule(
        window=WINDOW, verbs=st.lists(st.sampled_from(["start", "finish", "no_show"]), min_size=1, max_size=2)
    )
    def serve(self, window: int, verbs: list[str]) -> None:
        for verb in ("call_next", *verbs):
            more: dict[str, Any] = {"results": []} if verb == "finish" else {}
            self.both(verb, CLERKS[window], window=window, **more)

    @precondition(lambda self: self.rows)
    @rule(who=WHO, window=WINDOW, number=NUMBER, reason=REASON)
    def pick(self, who: str, window: int, number: int, reason: str) -> None:
        self.both("pick", self.person(who, window), window=window, ticket=self.some(number), reason=reason)

    @rule(who=WHO, window=WINDOW, words=REASON, kind=st.sampled_from(["materials", "not_today", "no"]))
    def refuse(self, who: str, window: int, words: str, kind: str) -> None:
        self.both("refuse", self.person(who, window), window=window, kind=kind, words=words.strip())

    @precondition(lambda self: self.rows)
    @rule(number=NUMBER, asked=st.booleans())
    def leave_to_fallback(self, number: int, asked: bool) -> None:
        if asked:
            self.both("ask_for_fallback", "kiosk", ticket=self.some(number))
        else:
            self.both("send_to_fallback", "desk", ticket=self.some(number), reason="not_today")

    @precondition(lambda self: self.rows)
    @rule(
        who=st.sampled_from(["manager", "manager", "clerk1"]),
        numbers=st.sets(NUMBER, min_size=1, max_size=4),
        all_waiting=st.booleans(),
        reason=REASON,
        to=st.sampled_from(["id-card", "housing", "passport", 1, 3, 7, 0]),
    )
    def redirect(self, who: str, numbers: set[int], all_waiting: bool, reason: str, to: str | int) -> None:
        """Several at once, sometimes one of them not waiting: then nobody moves."""
        waiting = [n for n, t in enumerate(self.paper.tickets) if t.state == "waiting"]
        some = {waiting[n % len(waiting)] if all_waiting and waiting else self.some(n) for n in numbers}
        service, there = (to, None) if isinstance(to, str) else ("", to or None)
        where = {"service": service, "to_window": there, "fallback": to == 0}
        self.both("redirect", who, tickets=sorted(some), reason=reason, **where)

    @precondition(lambda self: self.rows)
    @rule(who=WHO, window=WINDOW, number=NUMBER, last=st.booleans())
    def undo(self, who: str, window: int, number: int, last: bool) -> None:
        touched = [n for n, t in enumerate(self.paper.tickets) if t.last_window == window]
        chosen = touched[-1] if last and touched else self.some(number)
        self.both("undo", self.person(who, window), window=window, ticket=chosen)

    @precondition(lambda self: self.rows)
    @rule(number=NUMBER, verb=st.sampled_from(["requeue", "requeue", "cancel"]), aside=st.booleans())
    def from_the_desk(self, number: int, verb: str, aside: bool) -> None:
        lying = [n for n, t in enumerate(self.paper.tickets) if t.state in ("parked", "missed")]
        chosen = lying[number % len(lying)] if aside and lying else self.some(number)
        self.both(verb, "desk", ticket=chosen)

    @precondition(lambda self: self.rows)
    @rule(number=NUMBER, kind=st.sampled_from(["elderly", "elderly", "disabled", ""]))
    def priority(self, number: int, kind: str) -> None:
        """The desk sees a paper, or takes a priority back."""
        verb, more = ("verify", {"kind": kind}) if kind else ("take_back_priority", {})
        self.both(verb, "desk", ticket=self.some(number), **more)

    @rule(who=WHO, window=WINDOW, verb=st.sampled_from(SEAT), reason=REASON, over=st.booleans())
    def seat(self, who: str, window: int, verb: str, reason: str, over: bool) -> None:
        more: dict[str, dict[str, Any]] = {"pause": {"reason": reason}, "sit": {"take_over": over}}
        self.both(verb, self.person(who, window), window=window, **more.get(verb, {}))

    @rule(verb=st.sampled_from(["open_hall", "open_hall", "close_hall", "close_days", "close_days"]))
    def of_the_hall(self, verb: str) -> None:
        _, answer = self.both(verb, "hall")
        if verb == "close_days" and answer["closed"]:
            self.said.clear()  # closing a day throws old receipts away
        if verb == "close_hall":
            self.both("open_hall", "hall")

    @precondition(lambda self: self.said)
    @rule(number=NUMBER)
    def same_key_again(self, number: int) -> None:
        say, key, first = self.said[-1 - number % min(8, len(self.said))]
        again = say(key)
        assert again == first, f"I10: first {first}, then {again}"
        self.compare_tickets()

    @precondition(lambda self: self.said)
    @rule(number=NUMBER)
    def key_for_something_else(self, number: int) -> None:
        _, key, _ = self.said[number % len(self.said)]
        got = outcome_of(
            lambda: tickets.issue(self.small.hall.pk, KIOSK, key, service="id-card", note="another wish")
        )
        assert got == ("no", "key_reused")

    # What is compared

    def some(self, number: int) -> int:
        """Mostly somebody who is still in the hall."""
        living = [
            n for n, t in enumerate(self.paper.tickets) if t.state not in ("done", "expired", "cancelled")
        ]
        chosen = living if living and number % 4 else range(len(self.rows))
        return chosen[number % len(chosen)]

    def compare_tickets(self) -> None:
        """Every ticket stands as on paper."""
        found = [(*row[:-1], results_in(row[-1])) for row in ask(TICKETS, self.small.hall.pk)]
        if len(self.rows) < len(self.paper.tickets):
            self.rows.append(found[-1][0])
        assert found == [(pk, *on_paper(t)) for pk, t in zip(self.rows, self.paper.tickets, strict=True)]

    @invariant()
    def compare_windows(self) -> None:
        """Every window, the head of the log, and every line; on PostgreSQL one line at each step."""
        seats = [(seat.number, seat.state, seat.reason, seat.clerk) for seat in self.paper.seats.values()]
        assert ask(WINDOWS, self.small.hall.pk) == seats
        assert ask("SELECT COUNT(*) FROM hallqueue_event WHERE hall_id = %s", self.small.hall.pk) == [
            (self.seq,)
        ], "I9"
        windows = fetch_all(Window, '"hall_id" = %s ORDER BY "number"', self.small.hall.pk)
        if (
            connection.vendor == "postgresql"
        ):  # each line is five ways to another process and back: one in turn
            windows = [windows[len(self.said) % len(windows)]]
        for window in windows:
            self.compare_line(window)

    def compare_line(self, window: Window) -> None:
        """The line of a window, or, asked at the fallback window, whom nobody serves."""
        window.hall = self.small.hall
        seen = [ticket.pk for ticket in line(window)]
        expected = [self.rows[self.paper.tickets.index(t)] for t in self.paper.line(window.number)]
        assert seen == expected, f"I5, I7: window {window.number}: {seen}, on paper {expected}"
        if window.is_fallback and window.state != "open":
            lost = [self.rows[self.paper.tickets.index(t)] for t in self.paper.stranded()]
            assert [*stranded(self.small.hall).values_list("pk", flat=True)] == lost, "I6"
