"""Where a clerk is found again: people come back to whoever served them, not to the place where that was."""

from hallqueue.models import Call, Shift, Ticket, Window


def sits_now(ticket: Ticket, window: Window) -> Window:
    """The open window at which whoever called the ticket to `window` sits now; `window` itself if at none."""
    called = (
        Call.objects.filter(ticket=ticket, window=window).exclude(outcome="undone").order_by("-id").first()
    )
    if called is None or called.user_id is None:
        return window
    shifts = Shift.standing(ticket.hall).filter(user=called.user_id, window__state=Window.State.OPEN)
    shift = shifts.select_related("window").first()
    return shift.window if shift else window
