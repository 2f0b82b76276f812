"""What is forgotten when its day is over: words about people that only that day's staff needed."""

from collections.abc import Sequence
from datetime import date

from hallqueue.actions.command import Command
from hallqueue.models import HelpCall, Loan, Ticket


def forget(c: Command, dates: Sequence[date]) -> None:
    """Empty the notes on tickets and calls for help of these dates, and on deposits that were given back."""
    of_these = {"hall": c.hall, "business_date__in": dates}
    Ticket.objects.filter(**of_these).exclude(note="").update(note="")
    HelpCall.objects.filter(**of_these).exclude(note="").update(note="")
    Loan.objects.filter(hall=c.hall, back_at__lt=c.now).exclude(deposit="").update(deposit="")
