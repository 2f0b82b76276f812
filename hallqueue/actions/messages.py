"""Short words from the managers to the windows, and the clerks' sign that they have read them."""

from collections.abc import Iterable

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.tickets import masked_text
from hallqueue.actions.windows import own_window
from hallqueue.errors import Refused
from hallqueue.models import Message, Shift, Window

LONGEST = 200


@command
def send(c: Command, *, text: str, window: int | None = None) -> Answer:
    """Tell one window, or with no number every window at which somebody sits or that is not closed.

    Raises Refused: not_allowed, text_required, text_too_long, unknown_window, nobody_to_tell.
    """
    c.managers_only()
    words = masked_text(text, LONGEST)
    if not words:
        raise Refused("text_required")
    seats = [c.window(window)] if window is not None else list(_manned(c))
    if not seats:
        raise Refused("nobody_to_tell")
    numbers = sorted(seat.number for seat in seats)
    seq = c.log.record(
        "message.sent", window=seats[0] if window is not None else None, text=words, windows=numbers
    )
    Message.objects.bulk_create(
        Message(
            hall=c.hall,
            business_date=c.business_date,
            window=seat,
            text=words,
            by=c.by.name,
            sent_at=c.now,
            sent_seq=seq,
        )
        for seat in seats
    )
    return {"sent": seq, "windows": numbers}


@command
def seen(c: Command, *, window: int, message: int) -> Answer:
    """Who sits at the window has read it. Raises Refused: not_your_window, unknown_message."""
    seat = own_window(c, window)
    found = Message.objects.filter(hall=c.hall, window=seat, pk=message).first()
    if found is None:
        raise Refused("unknown_message", 404)
    if found.seen_at is None and found.withdrawn_at is None:
        found.seen_at, found.seen_by = c.now, c.by.name
        found.save(update_fields=["seen_at", "seen_by"])
        c.log.record("message.seen", window=seat, message=found.pk, sent=found.sent_seq)
    return {"message": found.pk}


def withdraw(c: Command, sent_seq: int) -> int:
    """Take a message back from the windows that have not read it; how many those were."""
    unread = Message.objects.filter(hall=c.hall, sent_seq=sent_seq, seen_at=None, withdrawn_at=None)
    count = unread.update(withdrawn_at=c.now)
    if count:
        c.log.record("message.withdrawn", sent=sent_seq, count=count)
    return count


def _manned(c: Command) -> Iterable[Window]:
    sitting = set(Shift.standing(c.hall).values_list("window_id", flat=True))
    for window in Window.in_use(c.hall):
        if window.pk in sitting or window.state != Window.State.CLOSED:
            yield window
