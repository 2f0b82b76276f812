"""The hall on paper, third page: what brings people to the fallback window."""

from __future__ import annotations

from tests.model.plain import OPEN, No, Paper, PlainHall, Said


class FallbackPaper(PlainHall):
    """Refusals and wishes; over-long waiting needs the clock of a round and is tested by itself."""

    def refuse(self, who: str, window: int, kind: str, words: str) -> Said:
        ticket = self.here(who, window)
        if not words:
            raise No("reason_required")
        if kind == "no":
            raise No("bad_input")
        if self.seats[window].fallback:
            raise No("fallback_refuses_nobody")
        if ticket.state not in OPEN:
            raise No("wrong_state")
        return self.move(ticket, "waiting", sent_to=None, to_fallback=True)

    def ask_for_fallback(self, who: str, ticket: Paper) -> Said:
        if not any(seat.fallback and seat.state == "open" for seat in self.seats.values()):
            raise No("no_fallback_open")
        if ticket.state == "waiting" and ticket.to_fallback:
            return {"label": ticket.label, "state": "waiting"}
        if ticket.state != "waiting":
            raise No("wrong_state")
        return self.move(ticket, "waiting", sent_to=None, to_fallback=True)

    def send_to_fallback(self, who: str, ticket: Paper, reason: str) -> Said:
        return self.ask_for_fallback(who, ticket)
