"""The hall on paper, second page: what becomes of a ticket between its call and its end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from tests.model.plain import OPEN, Matter, No, Paper, PlainHall, Said
from tests.model.plain_order import SERIES, alike, around, own_work, rank_at, sent_on

RESULTS = ("done", "not_done", "sent_on")


def name_of(ticket: Paper) -> str:
    """No two tickets share it."""
    return f"{ticket.label} {ticket.day}"


@dataclass
class House:
    """The rules of the house; 0 means no limit."""

    calls: int = 0
    seconds: int = 0
    numbers: int = 0
    minutes: int = 0
    limit: int = 0
    place: str = "after"
    after: int = 3
    refuse_late: bool = False
    citizens: bool = True


@dataclass
class PlainLife(PlainHall):
    """Call again, let go, send on, bring back, join, put right, end, take back."""

    house: House = field(default_factory=House)

    # At the window

    def passed(self, ticket: Paper) -> float:
        assert ticket.said_at is not None
        return (self.now - ticket.said_at).total_seconds()

    def recall(self, who: str, window: int) -> Said:
        ticket = self.here(who, window)
        if ticket.state != "called":
            raise No("wrong_state")
        if self.passed(ticket) < self.house.seconds:
            raise No("recall_too_soon")
        ticket.said, ticket.said_at = ticket.said + 1, self.now
        return {"label": ticket.label, "state": "called", "said": ticket.said}

    def no_show(self, who: str, window: int) -> Said:
        ticket = self.here(who, window)
        if ticket.state == "called" and self.house.calls:
            if ticket.said < self.house.calls:
                raise No("no_show_too_few")
            if self.passed(ticket) < self.house.seconds:
                raise No("no_show_too_soon")
        said = self.step(who, window, ("called",), "missed")
        ticket.missed_at, ticket.missed_call = self.now, ticket.last_call
        return said

    def park(self, who: str, window: int, reason: str, minutes: int | None) -> Said:
        ticket = self.here(who, window)
        if not reason:
            raise No("reason_required")
        if minutes is not None and not 1 <= minutes <= 480:
            raise No("bad_input")
        said = self.step(who, window, OPEN, "parked")
        ticket.remind_at = self.now + timedelta(minutes=minutes) if minutes else None
        ticket.reminded = False
        return said

    def remind(self, who: str) -> Said:
        late = [t for t in self.tickets if t.remind_at and not t.reminded and t.remind_at <= self.now]
        late.sort(key=lambda t: (t.remind_at, self.tickets.index(t)))
        for ticket in late:
            ticket.reminded = True
        return {"reminded": [ticket.label for ticket in late]}

    def correct(self, who: str, window: int, service: str) -> Said:
        return self.corrected(self.here(who, window), service)

    def correct_ticket(self, who: str, ticket: Paper, service: str) -> Said:
        if ticket.state in OPEN:
            raise No("wrong_state")
        return self.corrected(ticket, service)

    def corrected(self, ticket: Paper, service: str) -> Said:
        if ticket.walks:
            raise No("on_a_journey")
        if service not in SERIES:
            raise No("unknown_service")
        if service == ticket.service:
            raise No("same_service")
        if ticket.state not in ("waiting", "called", "serving", "parked", "missed"):
            raise No("wrong_state")
        matters = [
            replace(m, service=service)
            if (m.service, m.result, m.came_with) == (ticket.service, "", "")
            else m
            for m in ticket.matters
        ]
        return self.move(ticket, ticket.state, service=service, matters=matters)

    def note(self, who: str, window: int, people: int, note: str) -> Said:
        ticket = self.here(who, window)
        if not 1 <= people <= 99:
            raise No("bad_input")
        ticket.people = people
        return {"label": ticket.label, "state": ticket.state}

    # A visit

    @staticmethod
    def all_matters(ticket: Paper) -> list[Matter]:
        return ticket.matters or [Matter(ticket.service)]

    def join(self, who: str, window: int, ticket: Paper) -> Said:
        whole = self.here(who, window)
        if whole.walks or ticket.walks:
            raise No("on_a_journey")
        brought = [replace(m, came_with=name_of(ticket)) for m in self.all_matters(ticket)]
        if len(self.all_matters(whole)) + len(brought) > 10:
            raise No("too_many_matters")
        if ticket.state not in ("waiting", "parked", "missed"):
            raise No("wrong_state")
        matters = self.all_matters(whole) + brought
        said = self.move(ticket, "joined", joined_to=whole)
        self.have_matters(whole, matters)
        return said | {"into": whole.label}

    @staticmethod
    def have_matters(ticket: Paper, matters: list[Matter]) -> None:
        ticket.matters = matters
        if ticket.before is not None:
            ticket.before.matters = matters

    def finish(self, who: str, window: int, results: tuple[str, ...]) -> Said:
        ticket = self.here(who, window)
        matters = self.ended(ticket, list(results))
        if ticket.state != "serving":
            raise No("wrong_state")
        onward = next((m.service for m in matters if m.result == "sent_on"), None)
        if onward is not None:
            where = {"service": onward, "sent_to": None, "to_fallback": False, **sent_on(ticket)}
            return self.move(ticket, "waiting", "transfer", matters=matters, **where)
        lender = self.lender(ticket)
        if lender not in (None, window):
            back: dict[str, object] = {"sent_to": lender, "to_fallback": False, "lent_by": None}
            back |= {"klass": "returning", "rank": 10}
            return self.move(ticket, "waiting", "transfer", matters=matters, **back)
        if ticket.way:
            where = {"service": ticket.way.pop(0), "sent_to": None, "to_fallback": False, **sent_on(ticket)}
            return self.move(ticket, "waiting", "advance", matters=matters, **where)
        return self.move(ticket, "done", matters=matters, lent_by=None)

    def ended(self, ticket: Paper, results: list[str]) -> list[Matter]:
        matters = self.all_matters(ticket)
        unfinished = [m for m in matters if m.result in ("", "sent_on")]
        alone = len(matters) == 1 and "sent_on" in results
        if len(results) > len(unfinished) or any(r not in RESULTS for r in results) or alone:
            raise No("bad_input")
        if not ticket.matters and "not_done" not in results:
            return []
        return [
            replace(m, result=results.pop(0) if results else "done") if m.result in ("", "sent_on") else m
            for m in matters
        ]

    # On, and back

    def transfer(
        self,
        who: str,
        window: int,
        reason: str,
        service: str,
        to_window: int | None,
        fallback: bool,
        place: str,
        after: int,
        back: bool,
        ticket: Paper | None,
    ) -> Said:
        if [bool(service), to_window is not None, fallback].count(True) != 1:
            raise No("bad_input")
        if place not in ("keep", "front", "back", "after") or (place == "after") != (0 < after < 100):
            raise No("bad_input")
        found = self.here(who, window) if ticket is None else self.parked_here(who, window, ticket)
        if not reason:
            raise No("reason_required")
        if ticket is None and to_window == window:
            raise No("already_at_window")
        self.refuse_nowhere(service, to_window)
        count = found.transfers + 1
        if not fallback and count >= 3 and window != 9 and self.seats[9].state == "open":
            service, to_window, fallback = "", None, True
        copy = replace(
            found, transfers=count, sent_to=to_window, to_fallback=fallback, service=service or found.service
        )
        if to_window is not None and to_window == self.lender(found):
            copy.klass, copy.rank, copy.lent_by = "returning", 10, None
        else:
            for name, value in sent_on(found).items():
                setattr(copy, name, value)
        if back:
            copy.lent_by = window
        copy.rank = rank_at(copy.klass, place)
        copy.place = self.place_of(found, copy, place, after)
        names = ("transfers", "sent_to", "to_fallback", "service", "klass", "rank", "lent_by", "place")
        return self.move(found, "waiting", "transfer", **{name: getattr(copy, name) for name in names})

    def refuse_nowhere(self, service: str, to_window: int | None) -> None:
        if to_window is not None and to_window not in self.seats:
            raise No("unknown_window")
        if service and service not in SERIES:
            raise No("unknown_service")

    def lender(self, ticket: Paper) -> int | None:
        """Where whoever lent the person sits now, if that window is open; else the window they lent them from."""
        calls = [each for each in self.turns if each.ticket is ticket and each.window == ticket.lent_by]
        who = next((each.who for each in reversed(calls) if not each.undone), "nobody")
        sits = (seat.number for seat in self.seats.values() if seat.clerk == who and seat.state == "open")
        return ticket.lent_by if ticket.lent_by is None else next(sits, ticket.lent_by)

    def parked_here(self, who: str, window: int, ticket: Paper) -> Paper:
        seat = self.own(who, window)
        own = ticket.state != "waiting" and ticket.last_window == window
        if who != "manager" and not own and not self.takes(seat, ticket):
            raise No("not_in_your_line")
        if ticket.state != "parked":
            raise No("wrong_state")
        return ticket

    def place_of(self, me: Paper, there: Paper, where: str, after: int) -> int:
        seat = None if there is me else self.seats.get(there.sent_to or 0)
        waiting = [t for t in self.tickets if t is not me and t.state == "waiting"]
        others = [t for t in waiting if (own_work(self, seat, t, there) if seat else alike(t, there))]
        others.sort(key=self.order)
        if where == "keep" or (where == "front" and not others):
            return me.place
        if where == "front":
            return min(others[0].place - 1, me.place)
        if where == "after":
            others = (
                others if seat else sorted((t for t in waiting if around(self, t, there)), key=self.order)
            )
            if len(others) >= after:
                return others[after - 1].place + 1
        return self.last_place()

    def requeue(self, who: str, ticket: Paper) -> Said:
        if ticket.state not in ("parked", "missed"):
            raise No("wrong_state")
        missed = ticket.state == "missed"
        refusal = self.too_late(ticket) if missed else ""
        if refusal and self.house.refuse_late:
            raise No(refusal)
        where = "end" if refusal else self.house.place
        rank = rank_at(ticket.klass, where)
        place = self.place_of(ticket, replace(ticket, rank=rank), where, self.house.after)
        requeued = ticket.requeued + missed
        return self.move(ticket, "waiting", place=place, rank=rank, requeued=requeued) | {"place": where}

    def too_late(self, ticket: Paper) -> str:
        house = self.house
        if house.limit and ticket.requeued >= house.limit:
            return "requeue_too_often"
        if ticket.missed_at is None or not (house.numbers or house.minutes):
            return ""
        later = {id(t) for t in self.called_out[ticket.missed_call :] if t.label[0] == ticket.label[0]}
        few = house.numbers and len(later - {id(ticket)}) <= house.numbers
        quick = house.minutes and self.now - ticket.missed_at <= timedelta(minutes=house.minutes)
        return "" if few or quick else "requeue_too_late"

    def requeue_own(self, who: str, token: Paper) -> Said:
        self.own_number(token)
        if token.state != "missed":
            raise No("wrong_state")
        return self.requeue(who, token)

    def cancel_own(self, who: str, token: Paper) -> Said:
        self.own_number(token)
        return self.cancel(who, token)

    def own_number(self, ticket: Paper) -> None:
        if ticket.day < self.today:
            raise No("unknown_ticket")
        if not self.house.citizens:
            raise No("desk_only")

    def undo(self, who: str, window: int, ticket: Paper) -> Said:
        seat = self.own(who, window)
        if ticket.state == "joined":
            return self.part(window, ticket)
        if ticket.last_window != window:
            raise No("nothing_to_undo")
        before = ticket.before
        if before is not None and before.at is not None:
            if seat.state == "closed":
                raise No("window_not_open")
            if self.held(window) not in (None, ticket):
                raise No("window_has_ticket")
        if ticket.state not in ("waiting", "called", "serving", "missed", "parked"):
            raise No("wrong_state")
        if before is None or (ticket.state == "waiting" and ticket.verb != "transfer"):
            raise No("nothing_to_undo")
        return self.back_to(ticket, before)

    def part(self, window: int, ticket: Paper) -> Said:
        whole = ticket.joined_to
        if whole is None or whole.at != window or ticket.before is None:
            raise No("nothing_to_undo")
        said = self.back_to(ticket, ticket.before)
        self.have_matters(whole, [m for m in whole.matters if m.came_with != name_of(ticket)])
        return said

    def back_to(self, ticket: Paper, before: Paper) -> Said:
        if ticket.state in OPEN and before.state not in OPEN:
            [each for each in self.turns if each.ticket is ticket][-1].undone = True
        kept = (
            "state",
            "at",
            "sent_to",
            "to_fallback",
            "service",
            "place",
            "calls",
            "rank",
            "klass",
            "since",
            "requeued",
            "transfers",
        )
        for name in (*kept, "lent_by", "joined_to", "remind_at", "reminded", "matters"):
            setattr(ticket, name, getattr(before, name))
        ticket.before = None
        return {"label": ticket.label, "state": ticket.state}
