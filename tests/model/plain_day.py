"""The hall on paper, third page: who sits where, and how a day ends."""

from __future__ import annotations

from tests.model.plain import LIVING, No, Said, Seat
from tests.model.plain_appointments import AppointmentPaper
from tests.model.plain_fallback import FallbackPaper
from tests.model.plain_journeys import JourneyPaper
from tests.model.plain_life import PlainLife
from tests.model.plain_order import PaperPolicy, policy_of


class PaperHall(JourneyPaper, AppointmentPaper, PlainLife, FallbackPaper):
    """The whole plain model."""

    def sit(self, who: str, window: int, take_over: bool) -> Said:
        if window not in self.seats:
            raise No("unknown_window")
        seat = self.seats[window]
        others = [each for each in self.seats.values() if each.clerk == who and each is not seat]
        if any(self.held(each.number) for each in others):
            raise No("clerk_elsewhere")
        if seat.clerk not in ("", who) and not take_over:
            raise No("window_taken")
        for each in others:
            each.clerk = ""
            self.stand(each, "closed")
        if seat.clerk != who:
            seat.clerk, seat.clerk_since = who, self.today
        return self.shown(seat)

    def leave(self, who: str, window: int) -> Said:
        seat = self.own(who, window)
        if self.held(window):
            raise No("window_has_ticket")
        seat.clerk = ""
        return self.stand(seat, "closed")

    def open_window(self, who: str, window: int) -> Said:
        return self.stand(self.own(who, window), "open")

    def pause(self, who: str, window: int, reason: str) -> Said:
        seat = self.own(who, window)
        if not reason:
            raise No("reason_required")
        return self.stand(seat, "paused", reason)

    def close(self, who: str, window: int) -> Said:
        seat = self.own(who, window)
        if self.held(window):
            raise No("window_has_ticket")
        return self.stand(seat, "closed")

    def stand(self, seat: Seat, state: str, reason: str = "") -> Said:
        if (seat.state, seat.reason) != (state, reason):
            seat.state, seat.reason, seat.since = state, reason, self.today
        return self.shown(seat)

    @staticmethod
    def shown(seat: Seat) -> Said:
        return {"window": seat.number, "state": seat.state, "reason": seat.reason}

    def map_services(self, who: str, window: int, takes: list[tuple[str, int]]) -> Said:
        if who != "manager":
            raise No("not_allowed")
        self.seats[window].takes = dict(takes)
        return {"window": window, "takes": len(takes)}

    def set_window_rules(
        self,
        who: str,
        window: int,
        services: list[tuple[str, int]],
        classes: list[str],
        languages: list[str],
        anyway: bool,
    ) -> Said:
        if who != "manager":
            raise No("not_allowed")
        seat = self.seats[window]
        if not services and not seat.fallback:
            raise No("window_takes_nothing")
        before = {code for each in self.seats.values() if not each.fallback for code in each.takes}
        old, seat.takes = seat.takes, dict(services)
        lost = before - {code for each in self.seats.values() if not each.fallback for code in each.takes}
        waiting = [
            t for t in self.tickets if t.state == "waiting" and t.sent_to is None and not t.to_fallback
        ]
        if not anyway and any(t.service in lost for t in waiting):
            seat.takes = old
            raise No("service_has_people")
        seat.classes, seat.languages = set(classes), set(languages)
        return {"window": window, "takes": len(services)}

    def set_policy(
        self, who: str, series: str, kind: str, preferred: int, ordinary: int, **limits: int
    ) -> Said:
        if who != "manager":
            raise No("not_allowed")
        ageing, guard = limits["ageing_minutes"], limits["guard_minutes"]
        if not (0 < preferred < 21 and 0 < ordinary < 21):
            raise No("bad_ratio")
        if not 0 < ageing < 481:
            raise No("bad_ageing")
        if guard and not 4 < guard < 481:
            raise No("bad_guard")
        if series not in ("", "A", "B", "C"):
            raise No("unknown_series")
        self.policies[series] = PaperPolicy(kind, preferred, ordinary, ageing, guard)
        return {"series": series}

    def drop_policy(self, who: str, series: str) -> Said:
        if who != "manager":
            raise No("not_allowed")
        return {"dropped": self.policies.pop(series, None) is not None}

    def look_at_waits(self, who: str) -> Said:
        moved = 0
        for ticket in self.tickets:
            if ticket.state == "waiting" and ticket.since is not None:
                minutes = (self.now - ticket.since).total_seconds() / 60
                reached = policy_of(self, ticket)[1].after(ticket, minutes)
                moved += reached < ticket.rank
                ticket.rank = min(ticket.rank, reached)
        return {"aged": moved}

    def open_hall(self, who: str) -> Said:
        self.is_open = True
        return {"is_open": True}

    def close_hall(self, who: str) -> Said:
        self.is_open = False
        return {"is_open": False}

    def close_days(self, who: str) -> Said:
        old = [t for t in self.tickets if t.day < self.today]
        living = [t for t in old if t.state in LIVING]
        for ticket in living:
            self.move(ticket, "expired")
        days = sorted({t.day for t in old} - self.closed)
        self.closed |= set(days)
        for seat in self.seats.values():
            self.empty(seat)
        return {"closed": [str(day) for day in days], "expired": len(living)}

    def empty(self, seat: Seat) -> None:
        """Over night nobody sits at a window, unless somebody of today already stands before it."""
        if self.held(seat.number):
            return
        if seat.clerk and seat.clerk_since is not None and seat.clerk_since < self.today:
            seat.clerk = ""
        if seat.state != "closed" and seat.since is not None and seat.since < self.today:
            self.stand(seat, "closed")
