"""A window leaves the hall: nobody sits, waits or has booked there, and who waits for its work is re-routed at once."""

from django.db.models import Q

from hallqueue.actions import borrowing
from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.house.rerouting import rerouting
from hallqueue.actions.house.rules import refuse_last_fallback, refuse_stranding, taken, told_of, unserved
from hallqueue.actions.windows import shift_at
from hallqueue.errors import Refused
from hallqueue.models import (
    FallbackDuty,
    Slot,
    SlotPattern,
    Ticket,
    Window,
    WindowScope,
    WindowService,
)


@command
@rerouting
def retire_window(c: Command, *, window: int, anyway: bool = False) -> Answer:
    """Take a window out of the hall. Its past stays told, and its number may be added again any day.

    Answers with how many active services no window takes now. Raises Refused: not_allowed, unknown_window,
    window_retired, window_manned, last_fallback, window_awaited, window_slots, service_has_people (unless `anyway`:
    the fallback window has them then).
    """
    c.managers_only()
    seat = c.window(window)
    _refuse_in_use(c, seat)
    before, taken_before = told_of(seat), taken(c.hall)
    for each in borrowing.standing(c).filter(window=seat):
        borrowing.end(c, each)
    for rows in (WindowScope, WindowService, FallbackDuty):
        rows._default_manager.filter(window=seat).delete()
    seat.state, seat.state_at, seat.is_fallback = Window.State.RETIRED, c.now, False
    seat.save(update_fields=["state", "state_at", "is_fallback"])
    if not anyway:
        refuse_stranding(c.hall, taken_before - taken(c.hall))
    c.log.record("setup.changed", window=seat, what="window", before=before, after={"retired": True})
    return {"window": window, "unserved": len(unserved(c.hall))}


def _refuse_in_use(c: Command, seat: Window) -> None:
    if seat.state != Window.State.CLOSED or shift_at(seat) is not None:
        raise Refused("window_manned", number=seat.number)
    refuse_last_fallback(c.hall, seat)
    bound = Ticket.objects.filter(hall=c.hall, ended_at=None).filter(Q(for_window=seat) | Q(return_to=seat))
    if people := bound.count():
        raise Refused("window_awaited", number=seat.number, people=people)
    to_come = Slot.objects.filter(window=seat, date__gte=c.hall.local_date(c.now))
    if to_come.exists() or SlotPattern.objects.filter(window=seat).exists():
        raise Refused("window_slots", number=seat.number)
