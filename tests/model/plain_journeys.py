"""The hall on paper, last page: one number that walks several services, one after the other."""

from __future__ import annotations

from typing import Any

from tests.model.plain import No, PlainHall, Said

WALK = ("id-card", "invoice", "housing")


class JourneyPaper(PlainHall):
    """The journey "walk"; what may be done in any order needs the halls' round and is tested by itself."""

    def issue(self, who: str, service: str, *more: Any, journey: str = "", **wish: Any) -> Said:
        if not journey:
            return super().issue(who, service, *more, **wish)
        if self.is_open and service:
            raise No("bad_input")
        said = super().issue(who, WALK[0], *more, **wish)
        self.tickets[-1].way, self.tickets[-1].walks = [*WALK[1:]], True
        return said

    def skip_step(self, who: str, window: int, service: str, reason: str) -> Said:
        ticket = self.here(who, window)
        if not reason:
            raise No("reason_required")
        if service not in ticket.way:
            raise No("no_such_step")
        ticket.way.remove(service)
        return {"label": ticket.label, "state": ticket.state}
