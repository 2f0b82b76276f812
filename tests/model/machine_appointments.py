"""Random days on which some people have an appointment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from hallqueue.actions import appointments
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import slots
from hallqueue.models import Appointment
from tests.hall import SmallHall
from tests.model.machine import MORNING, ROOMS
from tests.model.machine_journeys import JourneyMachine
from tests.model.plain_appointments import PaperBooking

ROOMS |= dict.fromkeys(("check_in", "cancel_appointment", "count_missed"), appointments)

# Minutes after the morning began, the service, and the window of the slot.
BOOKED = [
    (1, "id-card", None),
    (5, "invoice", None),
    (20, "id-card", 1),
    (90, "housing", 3),
    (1441, "id-card", None),
]
HALF_AN_HOUR = timedelta(minutes=30)
CODE = st.integers(0, len(BOOKED) - 1)
WHO = st.sampled_from(["kiosk", "desk"])
ABOUT = st.sampled_from([-16, -14, 0, 9, 9, 11])


def book_some(small: SmallHall) -> None:
    """The appointments of the model, made before the day begins."""
    for at, (minutes, service, window) in enumerate(BOOKED):
        begin = (MORNING + timedelta(minutes=minutes)).astimezone(small.hall.local_zone)
        span = {"start": f"{begin:%H:%M}", "end": f"{begin + HALF_AN_HOUR:%H:%M}"}
        where: dict[str, Any] = {
            "service": service,
            "day": begin.date().isoformat(),
            "window": window,
            **span,
        }
        slot = slots.make_slot(small.hall.pk, THE_HALL, new_key(), capacity=1, **where)["slot"]
        person = {"name": "张三", "phone": f"1380000000{at}"}
        appointments.book(small.hall.pk, THE_HALL, new_key(), slot=slot, **person)


class AppointmentMachine(JourneyMachine):
    """All that people do, and appointments kept, cancelled and missed."""

    def __init__(self) -> None:
        super().__init__()
        booked = Appointment.objects.filter(hall=self.small.hall).order_by("pk")
        self.codes = list(booked.values_list("code", flat=True))
        begins = [MORNING + timedelta(minutes=minutes) for minutes, _, _ in BOOKED]
        self.paper.bookings = [
            PaperBooking(service, begin, begin + HALF_AN_HOUR, window)
            for begin, (_, service, window) in zip(begins, BOOKED, strict=True)
        ]

    def in_the_hall(self, name: str, value: Any) -> Any:
        """A code is its place on paper too."""
        return self.codes[value] if name == "code" else super().in_the_hall(name, value)

    @rule(comers=st.lists(st.tuples(CODE, WHO, ABOUT), min_size=2, max_size=4))
    def come_about_then(self, comers: list[tuple[int, str, int]]) -> None:
        """Each comes so many minutes after the slot begins, or now where that moment is over already."""
        for code, who, minutes in comers:
            left = self.paper.bookings[code].begin + timedelta(minutes=minutes) - self.paper.now
            if left > timedelta():
                self.clock_moves(int(left.total_seconds()) // 60)
            self.both("check_in", who, code=code)

    @rule(code=CODE, who=WHO)
    def cancel_appointment(self, code: int, who: str) -> None:
        self.both("cancel_appointment", who, code=code)

    @rule(minutes=st.sampled_from([0, 15, 45]))
    def slots_pass(self, minutes: int) -> None:
        self.clock_moves(minutes)
        self.both("count_missed", "hall")
