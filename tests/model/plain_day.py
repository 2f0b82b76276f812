"""The hall on paper, third page: who sits where, and how a day ends."""

from __future__ import annotations

from tests.model.plain import LIVING, No, Said, Seat
from tests.model.plain_fallback import FallbackPaper
from tests.model.plain_life import PlainLife


class PaperHall(PlainLife, FallbackPaper):
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
        self.seats[window].takes = {code for code, _ in takes}
        return {"window": window, "takes": len(takes)}

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
