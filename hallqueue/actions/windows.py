"""Who sits at a window, and whether it is open."""

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.tickets import masked_text
from hallqueue.errors import Refused
from hallqueue.models import Shift, Ticket, User, Window
from hallqueue.statements import exists

_SITS = """SELECT 1 FROM "hallqueue_shift"
    WHERE "hall_id" = %s AND "window_id" = %s AND "user_id" = %s AND "ended_at" IS NULL"""


@command
def sit(c: Command, *, window: int, take_over: bool = False) -> Answer:
    """Take a seat at a window. A second clerk is refused unless `take_over`, which ends the first one's shift.

    Raises Refused: not_allowed, clerk_elsewhere, window_taken.
    """
    if c.by.user is None:
        raise Refused("not_allowed", 403)
    seat = c.window(window)
    _leave_elsewhere(c, c.by.user, seat)
    sitting = shift_at(seat)
    if sitting is not None and sitting.user_id == c.by.user.pk:
        return _answer(seat)
    if sitting is not None:
        if not take_over:
            raise Refused("window_taken", name=str(sitting.user), number=seat.number)
        end_shift(c, sitting, seat, taken_by=c.by.user.pk)
    Shift.objects.create(hall=c.hall, window=seat, user=c.by.user, started_at=c.now)
    c.log.record("shift.started", window=seat, user=c.by.user.pk)
    return _answer(seat)


@command
def leave(c: Command, *, window: int) -> Answer:
    """End the shift at a window; it must have nobody at it, and closes."""
    seat = own_window(c, window)
    refuse_busy(seat)
    sitting = shift_at(seat)
    if sitting is not None:
        end_shift(c, sitting, seat)
    set_state(c, seat, Window.State.CLOSED)
    return _answer(seat)


@command
def open_window(c: Command, *, window: int) -> Answer:
    """Open a window, so that it may call."""
    seat = own_window(c, window)
    set_state(c, seat, Window.State.OPEN)
    return _answer(seat)


@command
def pause(c: Command, *, window: int, reason: str) -> Answer:
    """Stop calling for a while, with a reason; who is being served is served to the end."""
    seat = own_window(c, window)
    if not masked_text(reason, 100):
        raise Refused("reason_required")
    set_state(c, seat, Window.State.PAUSED, masked_text(reason, 100))
    return _answer(seat)


@command
def close(c: Command, *, window: int, reason: str = "") -> Answer:
    """Close a window, perhaps with a reason; nobody may be at it."""
    seat = own_window(c, window)
    refuse_busy(seat)
    set_state(c, seat, Window.State.CLOSED, masked_text(reason, 100))
    return _answer(seat)


def shift_at(window: Window) -> Shift | None:
    """The open shift at a window, if any."""
    return (
        Shift.objects.filter(hall_id=window.hall_id, window=window, ended_at=None)
        .select_related("user")
        .first()
    )


def own_window(c: Command, number: int) -> Window:
    """The window, if it is this person's seat or they manage the hall; raises Refused("not_your_window").

    A machine has no seat: in the role of a clerk it may act at a window where nobody sits.
    """
    window = c.window(number)
    window.hall = c.hall
    if c.by.may_manage or (c.by.user is not None and exists(_SITS, c.hall.pk, window.pk, c.by.user.pk)):
        return window
    if c.by.is_machine and c.by.role == "clerk" and shift_at(window) is None:
        return window
    raise Refused("not_your_window", 403, number=number)


def _leave_elsewhere(c: Command, user: User, seat: Window) -> None:
    """One clerk, one window: a shift left standing elsewhere is ended, unless somebody is being served there."""
    other = (
        Shift.objects.filter(hall=c.hall, user=user, ended_at=None)
        .exclude(window=seat)
        .select_related("window")
    )
    for shift in other:
        if _busy(shift.window):
            raise Refused("clerk_elsewhere", number=shift.window.number)
        end_shift(c, shift, shift.window)
        set_state(c, shift.window, Window.State.CLOSED)


def end_shift(c: Command, shift: Shift, window: Window, taken_by: int | None = None) -> None:
    """Nobody, or `taken_by`, sits at the window from now on."""
    shift.ended_at = c.now
    shift.save(update_fields=["ended_at"])
    c.log.record("shift.ended", window=window, user=shift.user_id, taken_by=taken_by)


def set_state(c: Command, window: Window, state: str, reason: str = "") -> None:
    """Write a window's state, and log it if it is another one."""
    if window.state == state and window.pause_reason == reason:
        return
    before, before_reason = window.state, window.pause_reason
    window.state, window.pause_reason, window.state_at = state, reason, c.now
    window.save(update_fields=["state", "pause_reason", "state_at"])
    kind = {"open": "window.opened", "paused": "window.paused", "closed": "window.closed"}[state]
    c.log.record(kind, window=window, before=before, before_reason=before_reason, reason=reason)


def _busy(window: Window) -> bool:
    return Ticket.objects.filter(hall_id=window.hall_id, window=window, state__in=Ticket.OPEN_STATES).exists()


def refuse_busy(window: Window) -> None:
    """Raises Refused("window_has_ticket") while somebody is at the window."""
    if _busy(window):
        raise Refused("window_has_ticket", number=window.number)


def _answer(window: Window) -> Answer:
    return {"window": window.number, "state": window.state, "reason": window.pause_reason}
