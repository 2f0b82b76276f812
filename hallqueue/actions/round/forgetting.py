"""What is forgotten when its day is over: words about people that only that day's staff needed."""

from collections.abc import Sequence
from datetime import date

from hallqueue.actions.command import Command
from hallqueue.models import HelpCall, Loan, Ticket


def forget(c: Command, dates: Sequence[date]) -> None:
    """Empty the notes on tickets of these dates, on earlier calls for help, and on deposits that were given back."""
    Ticket.objects.filter(hall=c.hall, business_date__in=dates).exclude(note="").update(note="")
    # Calls for help there are also on days without a single number.
    older = HelpCall.objects.filter(hall=c.hall, business_date__lt=c.business_date)
    older.exclude(note="").update(note="")
    Loan.objects.filter(hall=c.hall, back_at__lt=c.now).exclude(deposit="").update(deposit="")
