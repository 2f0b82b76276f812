"""What is left open when a ticket is over without having been finished: ratings to ask for, calls for a helper."""

from hallqueue.actions.cases.rating_asks import ask_unfinished
from hallqueue.actions.command import Command
from hallqueue.models import HelpCall, Ticket


def leave(c: Command, ticket: Ticket) -> None:
    """Ask for the rating of what was begun, and send nobody any more to who is gone.

    A helper who is on the way or there already says for themselves how it ended.
    """
    ask_unfinished(c, ticket)
    for call in HelpCall.objects.filter(hall=c.hall, ticket=ticket, taken_at=None, done_at=None):
        call.done_at, call.outcome = c.now, HelpCall.Outcome.NOT_NEEDED
        call.save(update_fields=["done_at", "outcome"])
        c.log.record("help.finished", ticket, call=call.pk, outcome=call.outcome)
