"""The hall on paper, last but one: people who booked, and come early, in time, late or never."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.model.plain import EAST_8, No, Paper, PlainHall, Said
from tests.model.plain_order import FIRST, SERIES

EARLY, LATE = timedelta(minutes=15), timedelta(minutes=10)
OVER = ("done", "cancelled", "expired")


@dataclass
class PaperBooking:
    """A place in a slot; `window` where the slot has one."""

    service: str
    begin: datetime
    end: datetime
    window: int | None = None
    state: str = "booked"
    ticket: Paper | None = None


class AppointmentPaper(PlainHall):
    """Bookings are named by their place in the list."""

    bookings: list[PaperBooking]

    def check_in(self, who: str, code: int) -> Said:
        booking = self.bookings[code]
        if booking.ticket is not None:
            if booking.ticket.state == "joined":
                raise No("appointment_joined")
            if booking.ticket.state in OVER:
                raise No("appointment_used")
            if booking.ticket.state == "missed":
                raise No("appointment_called")
            return {"label": booking.ticket.label, "late": booking.state == "late", "again": True}
        if booking.state == "cancelled":
            raise No("appointment_cancelled")
        late = self.comes_late(booking)
        opened = [seat for seat in self.seats.values() if seat.state == "open"]
        if not any(seat.fallback or booking.service in seat.takes for seat in opened):
            raise No("no_window_open")
        there = booking.window if any(seat.number == booking.window for seat in opened) else None
        booking.state, klass = ("late", "ordinary") if late else ("arrived", "appointment")
        booking.ticket = self.numbered(booking.service, klass)
        booking.ticket.sent_to = there
        return {"label": booking.ticket.label, "late": late, "again": False}

    def comes_late(self, booking: PaperBooking) -> bool:
        if self.now < booking.begin - EARLY:
            raise No("appointment_early")
        if self.now.astimezone(EAST_8).date() > booking.begin.astimezone(EAST_8).date():
            raise No("appointment_over")
        return self.now > booking.begin + LATE

    def numbered(self, service: str, klass: str) -> Paper:
        letter = SERIES[service]
        number = self.counters[self.today, letter] = self.counters.get((self.today, letter), 0) + 1
        label = f"{letter}{number:03d}"
        ticket = Paper(
            label, self.today, service, FIRST[klass], self.last_place(), klass=klass, since=self.now
        )
        self.tickets.append(ticket)
        return ticket

    def cancel_appointment(self, who: str, code: int) -> Said:
        booking = self.bookings[code]
        if booking.state != "booked":
            raise No("appointment_not_booked")
        if who != "desk" and self.now > booking.begin - timedelta(hours=2):
            raise No("cancel_too_late")
        booking.state = "cancelled"
        return {"state": "cancelled"}

    def count_missed(self, who: str) -> Said:
        over = [each for each in self.bookings if each.state == "booked" and each.end < self.now - LATE]
        for booking in over:
            booking.state = "missed"
        return {"missed": len(over)}
