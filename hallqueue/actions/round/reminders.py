"""Reminders of parked tickets: the hall's round says once, as an event, that the time a clerk named is over."""

from datetime import datetime

from django.db.models import QuerySet

from hallqueue.actions.command import Answer, Command, command
from hallqueue.models import Hall, Ticket
from hallqueue.statements import update


@command
def remind(c: Command) -> Answer:
    """Raise every reminder that is due; the console of the window that parked shows it."""
    due = list(reminders_due(c.hall, c.now).order_by("remind_at", "id"))
    for ticket in due:
        ticket.reminded_at = c.now
        update(ticket, ("reminded_at",))
        last = ticket.calls.order_by("-id").select_related("window").first()
        c.log.record("ticket.reminded", ticket, last.window if last else None, reason=ticket.reason)
    return {"reminded": [ticket.label for ticket in due]}


def reminders_due(hall: Hall, now: datetime) -> QuerySet[Ticket]:
    """Parked tickets whose reminder is due and not yet raised."""
    parked = Ticket.objects.filter(hall=hall, state=Ticket.State.PARKED, ended_at=None)
    return parked.filter(remind_at__lte=now, reminded_at=None)
