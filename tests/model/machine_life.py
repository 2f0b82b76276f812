"""Random days, second page: what becomes of tickets between call and end, under house rules drawn anew for each day."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from hallqueue.models import Rules
from tests.model.machine import CLERKS, NUMBER, REASON, WHO, HallMachine
from tests.model.machine_order import SERVICE, WINDOW
from tests.model.plain_life import House

HOUSES = st.sampled_from(
    [
        House(),
        House(calls=2, seconds=60, numbers=2, minutes=7, limit=1, place="front", refuse_late=True),
        House(calls=1, numbers=1, place="end", citizens=False),
        House(seconds=90, minutes=10, limit=2, after=1),
        House(calls=3, seconds=30, numbers=1, refuse_late=True, after=2),
    ]
)
NAMES = {
    "calls": "calls_before_no_show",
    "seconds": "seconds_between_calls",
    "numbers": "requeue_within_numbers",
    "minutes": "requeue_within_minutes",
    "limit": "requeue_limit",
    "place": "requeue_place",
    "after": "requeue_after",
}
RESULT = st.sampled_from(["done", "done", "not_done", "sent_on", "sent_on", "lost"])
PLACE = st.sampled_from([("keep", 0), ("keep", 0), ("front", 0), ("back", 0), ("after", 1), ("after", 2)])
BAD_PLACE = st.sampled_from([("after", 0), ("front", 1), ("nowhere", 0)])
WHERE = st.sampled_from(["invoice", "housing", "passport", 1, 1, 2, 3, 7, 9, 0])


class LifeMachine(HallMachine):
    """The hall and the paper, with everything a window may do to a ticket."""

    @initialize(house=HOUSES)
    def house_rules(self, house: House) -> None:
        self.paper.house = house
        told = {name: asdict(house)[short] for short, name in NAMES.items()}
        told |= {"citizens_requeue": house.citizens, "citizens_cancel": house.citizens}
        told["requeue_late"] = "refused" if house.refuse_late else "end"
        Rules.objects.filter(hall=self.small.hall).update(**told)

    @rule(who=WHO, window=WINDOW, reason=REASON, minutes=st.sampled_from([None, None, 1, 5, 0, 500]))
    def park(self, who: str, window: int, reason: str, minutes: int | None) -> None:
        self.both("park", self.person(who, window), window=window, reason=reason, minutes=minutes)

    @rule(seconds=st.sampled_from([30, 60, 300]))
    def a_little_later(self, seconds: int) -> None:
        self.clock.shift(timedelta(seconds=seconds))
        self.paper.clock += timedelta(seconds=seconds)
        self.both("remind", "hall")

    @rule(
        window=WINDOW,
        verbs=st.lists(st.sampled_from(["recall", "wait", "wait", "no_show"]), min_size=2, max_size=5),
    )
    def nobody_comes(self, window: int, verbs: list[str]) -> None:
        self.both("call_next", CLERKS[window], window=window)
        for verb in verbs:
            if verb == "wait":
                self.a_little_later(30)
            else:
                self.both(verb, CLERKS[window], window=window)

    @rule(who=WHO, window=WINDOW, reason=REASON, to=WHERE, place=PLACE | BAD_PLACE, back=st.booleans())
    def transfer(
        self, who: str, window: int, reason: str, to: str | int, place: tuple[str, int], back: bool
    ) -> None:
        self.send(who, window, reason, to, place, back, None)

    @precondition(lambda self: self.rows)
    @rule(window=WINDOW, to=WHERE, number=NUMBER, place=PLACE)
    def transfer_parked(self, window: int, to: str | int, number: int, place: tuple[str, int]) -> None:
        parked = [n for n, t in enumerate(self.paper.tickets) if t.state == "parked"]
        chosen = parked[number % len(parked)] if parked else self.some(number)
        self.send("own", window, "有理由", to, place, back=number % 2 == 0, ticket=chosen)

    def send(
        self,
        who: str,
        window: int,
        reason: str,
        to: str | int,
        place: tuple[str, int],
        back: bool,
        ticket: int | None,
    ) -> None:
        service, there = (to, None) if isinstance(to, str) else ("", to or None)
        where: dict[str, Any] = {"service": service, "to_window": there, "fallback": to == 0}
        how: dict[str, Any] = {"place": place[0], "after": place[1], "back": back, "ticket": ticket}
        self.both("transfer", self.person(who, window), window=window, reason=reason, **where, **how)

    @rule(
        service=SERVICE,
        also=st.lists(st.sampled_from(["invoice", "housing", "id-card", "passport"]), max_size=3),
    )
    def issue_a_visit(self, service: str, also: list[str]) -> None:
        self.both("issue", "kiosk", service=service, priority="", to_fallback=False, also=also)

    @rule(window=WINDOW, results=st.lists(RESULT, max_size=3))
    def finish_matter_by_matter(self, window: int, results: list[str]) -> None:
        self.both("finish", CLERKS[window], window=window, results=results)

    @precondition(lambda self: self.rows)
    @rule(who=WHO, window=WINDOW, number=NUMBER, again=st.booleans())
    def join(self, who: str, window: int, number: int, again: bool) -> None:
        self.both("join", self.person(who, window), window=window, ticket=self.some(number))
        if again:
            self.both("undo", self.person(who, window), window=window, ticket=self.some(number + 1))

    @precondition(lambda self: any(t.state == "joined" for t in self.paper.tickets))
    @rule(window=WINDOW, number=NUMBER)
    def part(self, window: int, number: int) -> None:
        joined = [n for n, t in enumerate(self.paper.tickets) if t.state == "joined"]
        whole = self.paper.tickets[joined[number % len(joined)]].joined_to
        where = whole.at if whole is not None and whole.at and number % 3 else window
        self.both("undo", CLERKS[where], window=where, ticket=joined[number % len(joined)])

    @rule(who=WHO, window=WINDOW, service=st.sampled_from(["id-card", "invoice", "housing", "passport"]))
    def correct(self, who: str, window: int, service: str) -> None:
        self.both("correct", self.person(who, window), window=window, service=service)

    @precondition(lambda self: self.rows)
    @rule(number=NUMBER, service=SERVICE)
    def correct_ticket(self, number: int, service: str) -> None:
        self.both("correct_ticket", "desk", ticket=self.some(number), service=service)

    @rule(window=WINDOW, people=st.sampled_from([1, 2, 5, 0, 100]))
    def note(self, window: int, people: int) -> None:
        self.both("note", CLERKS[window], window=window, people=people, note="带孩子")

    @precondition(lambda self: self.rows)
    @rule(
        number=NUMBER,
        verb=st.sampled_from(["requeue_own", "requeue_own", "cancel_own"]),
        missed=st.booleans(),
    )
    def on_the_phone(self, number: int, verb: str, missed: bool) -> None:
        lying = [n for n, t in enumerate(self.paper.tickets) if t.state == "missed"]
        self.both(
            verb, "citizen", token=lying[number % len(lying)] if missed and lying else self.some(number)
        )
