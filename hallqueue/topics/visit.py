"""What a console shows of a ticket's visit: its matters, who lent the person, and when the hall's rules allow what."""

from datetime import datetime, timedelta
from typing import Any

from hallqueue.models import Call, Rules, Ticket
from hallqueue.topics.reading import Reading, iso
from hallqueue.whereabouts import sits_now

Row = dict[str, Any]


def visit_of(reading: Reading, call: Call) -> Row:
    """The visit at a window: what a clerk needs beyond the ticket's row."""
    ticket = call.ticket
    joined = {each.pk: each.label for each in _joined(ticket)}
    return {
        "matters": matters_of(reading, ticket, joined),
        "joined": [{"ticket": pk, "label": label} for pk, label in joined.items()],
        "back_to": sits_now(ticket, ticket.return_to).number if ticket.return_to else None,
        **times_of(reading.catalogue.rules, call),
    }


def matters_of(reading: Reading, ticket: Ticket, joined: dict[int, str] | None = None) -> list[Row]:
    """The matters of a visit with their results, and the number each came with; none for the usual ticket."""
    labels = joined or {}
    return [
        {
            "service": reading.service_name(matter["service"]),
            "result": matter["result"],
            "with": labels.get(matter["joined"], ""),
        }
        for matter in ticket.matters
    ]


def times_of(rules: Rules, call: Call) -> Row:
    """From when the call may be said again, and the number passed; `calls_missing` are still to be said before that."""
    pause = timedelta(seconds=rules.seconds_between_calls)
    missing = max(0, rules.calls_before_no_show - call.said)
    no_show = call.said_at + pause * (missing + 1) if rules.calls_before_no_show else call.said_at
    return {
        "recall_from": _unless_past(call.said_at + pause, call.said_at),
        "no_show_from": _unless_past(no_show, call.said_at),
        "calls_missing": missing,
    }


def set_aside_of(ticket: Ticket, call: Call | None, window: int) -> Row:
    """What a row of the parked and missed says beyond the ticket's own: whose it is, and its reminder."""
    return {
        "own": call is not None and call.window_id == window,
        "remind_at": iso(ticket.remind_at),
        "due": ticket.reminded_at is not None,
    }


def last_joined(call: Call) -> Row | None:
    """The number joined last to the one at the window: taking that back comes before any other undo."""
    found = _joined(call.ticket)
    last = found[-1] if found else None
    if last is None:
        return None
    return {"ticket": last.pk, "label": last.label, "state": last.state, "verb": "join"}


def _joined(ticket: Ticket) -> list[Ticket]:
    """The numbers joined to this one, in the order in which they came; most tickets have one matter and none."""
    came = [matter["joined"] for matter in ticket.matters if matter["joined"]]
    if not came:
        return []
    found = {each.pk: each for each in Ticket.objects.filter(joined_to=ticket)}
    return [found[pk] for pk in dict.fromkeys(came) if pk in found]


def _unless_past(moment: datetime, said_at: datetime) -> str | None:
    return iso(moment) if moment > said_at else None
