"""Take back what a manager did today: each kind of act has its reverse, or a sentence that says why not."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from hallqueue.actions import borrowing, messages, notices
from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.house.rerouting import rerouting
from hallqueue.actions.line import moving
from hallqueue.actions.windows import refuse_busy, set_state
from hallqueue.errors import Refused
from hallqueue.models import Alarm, Borrowing, Dismissal, Event, Notice, Window
from hallqueue.notice_states import write_state


@command
@rerouting
def undo(c: Command, *, act: int) -> Answer:
    """Reverse the act whose event has this seq; itself an act with a name, and an event beside those of the reverse.

    Answers {act, left}: `left` names tickets that had moved on and stay where they are. Raises Refused: not_allowed,
    unknown_act, act_not_undoable, act_undone, act_over (something has changed since), and what the reverse refuses.
    """
    c.managers_only()
    event = Event.objects.select_related("window").filter(hall=c.hall, seq=act).first()
    if event is None or event.business_date != c.business_date:
        raise Refused("unknown_act", 404)
    reverse = REVERSES.get(event.kind)
    if reverse is None:
        raise Refused("act_not_undoable")
    later = Event.objects.filter(hall=c.hall, seq__gt=act, kind="act.undone")
    if any(each.data["act"] == act for each in later):
        raise Refused("act_undone")
    left = reverse(c, event) or []
    c.log.record("act.undone", window=event.window, act=act, kind=event.kind, left=left)
    return {"act": act, "left": left}


def _window_state(c: Command, event: Event) -> None:
    """Back to the state before, if the window still stands as this act left it, or does again."""
    assert event.window is not None
    seat = c.window(event.window.number)
    seat.hall = c.hall
    if (seat.state, seat.pause_reason) != (LEFT[event.kind], event.data["reason"]) or _went_on(event):
        raise Refused("act_over")
    before = event.data["before"]
    if before == Window.State.CLOSED:
        refuse_busy(seat)
    set_state(c, seat, before, event.data.get("before_reason", ""))


def _went_on(event: Event) -> bool:
    """Whether a window's state was changed after this act by anything that was not taken back."""
    kinds = (*LEFT, "act.undone")
    later = Event.objects.filter(hall=event.hall_id, window=event.window_id, seq__gt=event.seq)
    changes: set[int] = set()
    last = 0  # the change that an undo made stands before its line
    for seq, kind, data in later.filter(kind__in=kinds).order_by("seq").values_list("seq", "kind", "data"):
        if kind in LEFT:
            changes.add(last := seq)
        elif data["kind"] in LEFT:
            changes -= {last, data["act"]}
    return bool(changes)


def _hall_state(c: Command, event: Event) -> None:
    if c.hall.is_open != (event.kind == "hall.opened"):
        raise Refused("act_over")
    c.hall.is_open = not c.hall.is_open
    c.hall.save(update_fields=["is_open"])
    c.log.record("hall.opened" if c.hall.is_open else "hall.closed")


def _borrowed(c: Command, event: Event) -> None:
    found = borrowing.standing(c).filter(pk=event.data["borrowing"]).first()
    if found is None:
        raise Refused("act_over")
    borrowing.end(c, found)


def _lengthened(c: Command, event: Event) -> None:
    """Until the time before, which is still to come."""
    found = borrowing.standing(c).filter(pk=event.data["borrowing"]).first()
    was = datetime.fromisoformat(event.data["was"])
    _refuse_past(c, was)
    if found is None or borrowing.iso(found.until) != event.data["until"]:
        raise Refused("act_over")
    found.until = was
    found.save(update_fields=["until"])


def _given_back(c: Command, event: Event) -> None:
    """Borrow again, until the same time."""
    old = Borrowing.objects.select_related("window", "service", "department").get(pk=event.data["borrowing"])
    _refuse_past(c, old.until)
    names = ("window", "service", "department", "until", "reason")
    borrowing.start(c, Borrowing(**{name: getattr(old, name) for name in names}))


def _moved(c: Command, event: Event) -> list[str]:
    """Everybody back who still waits where they were sent; refused when nobody does."""
    left = moving.put_back(c, event.data["was"], event.data)
    if len(left) == len(event.data["was"]):
        raise Refused("act_over")
    return left


def _said(c: Command, event: Event) -> None:
    if not messages.withdraw(c, event.seq):
        raise Refused("message_read")


def _put_up(c: Command, event: Event) -> None:
    found = notices.standing(c.hall).filter(pk=event.data["notice"]).first()
    if found is None:
        raise Refused("act_over")
    notices.end(c, found)


def _emergency_begun(c: Command, event: Event) -> None:
    found = notices.emergency(c.hall)
    if found is None or found.pk != event.data["notice"]:
        raise Refused("act_over")
    notices.end(c, found)


def _notice_moved(c: Command, event: Event) -> None:
    """Back to the state before, if the notice still stands as this act left it and says what it said then."""
    found = Notice.objects.get(hall=c.hall, pk=event.data["notice"])
    anew = Event.objects.filter(hall=c.hall, seq__gt=event.seq, kind__in=WRITTEN_ANEW)
    if found.state != event.data["to"] or any(each.data["notice"] == found.pk for each in anew):
        raise Refused("act_over")
    unapproved: dict[str, Any] = (
        {"approved_by": "", "approved_at": None} if event.kind == "notice.approved" else {}
    )
    write_state(c.log, found, event.data["from"], "notice.put_back", **unapproved)


def _taken_down(c: Command, event: Event) -> None:
    old = Notice.objects.get(pk=event.data["notice"])
    _refuse_past(c, old.until)
    names = ("zh", "mn", "en", "places", "until")
    notices.show(c, Notice(**{name: getattr(old, name) for name in names}))


def _seen(c: Command, event: Event) -> None:
    """Those of the alarms that still stand ring again."""
    standing = Alarm.objects.filter(hall=c.hall, pk__in=event.data["alarms"], cleared_at=None)
    if not standing.update(acknowledged_by="", acknowledged_at=None):
        raise Refused("act_over")


def _dismissed(c: Command, event: Event) -> None:
    """The advice may be given again at once."""
    Dismissal.objects.filter(hall=c.hall, advice=event.data["advice"]).delete()


def _refuse_past(c: Command, until: datetime | None) -> None:
    if until is not None and until <= c.now:
        raise Refused("act_over")


LEFT: dict[str, str] = {
    "window.opened": Window.State.OPEN,
    "window.paused": Window.State.PAUSED,
    "window.closed": Window.State.CLOSED,
}
"""How these acts leave a window."""

WRITTEN_ANEW = ("notice.changed", "notice.sent_back", "notice.redrafted")

REVERSES: dict[str, Callable[[Command, Event], Any]] = {
    "window.opened": _window_state,
    "window.paused": _window_state,
    "window.closed": _window_state,
    "window.borrowed": _borrowed,
    "borrowing.lengthened": _lengthened,
    "borrowing.ended": _given_back,
    "tickets.redirected": _moved,
    "message.sent": _said,
    "notice.put": _put_up,
    "notice.ended": _taken_down,
    "emergency.begun": _emergency_begun,
    "notice.approved": _notice_moved,
    "notice.shown": _notice_moved,
    "notice.withdrawn": _notice_moved,
    "alarm.acknowledged": _seen,
    "advice.dismissed": _dismissed,
    "hall.opened": _hall_state,
    "hall.closed": _hall_state,
}


def register(kind: str, reverse: Callable[[Command, Event], Any]) -> None:
    """Another house's act can be taken back too."""
    REVERSES[kind] = reverse
