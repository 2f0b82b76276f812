"""The matters of a visit: what each came to, and where the person goes when this window is done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hallqueue.errors import Refused
from hallqueue.models import Klass, Service, Ticket, Window
from hallqueue.order import PRECEDENCE, sent_on
from hallqueue.whereabouts import sits_now

Matter = dict[str, Any]
"""One matter: {"service": id, "result": one of RESULTS or "", "joined": id of the ticket it came with, or null}."""

DONE, NOT_DONE, SENT_ON = "done", "not_done", "sent_on"
RESULTS = (DONE, NOT_DONE, SENT_ON)
STILL_OPEN = ("", SENT_ON)
MOST_MATTERS = 10


@dataclass(frozen=True)
class Onward:
    """Where a person goes on to: changes of the ticket, what the log is told, a word for the clerk."""

    changes: dict[str, Any]
    told: dict[str, Any]
    to: str
    verb: str = "transfer"


def matter_of(service_id: int, joined: int | None = None) -> Matter:
    """A matter not yet begun."""
    return {"service": service_id, "result": "", "joined": joined}


def matters_of(ticket: Ticket) -> list[Matter]:
    """All matters of a ticket; the usual one has its service alone."""
    return list(ticket.matters) or [matter_of(ticket.service_id)]


def refuse_too_many(matters: list[Matter]) -> None:
    """A visit is one person's, not a day's work; raises Refused("too_many_matters")."""
    if len(matters) > MOST_MATTERS:
        raise Refused("too_many_matters", limit=MOST_MATTERS)


def results_of(ticket: Ticket, results: Sequence[str]) -> list[Matter]:
    """The ticket's matters with their results: one for each open matter in order, done where none is given.

    The usual ticket that is simply done stays without a list. Raises Refused("bad_input").
    """
    matters = matters_of(ticket)
    still_open = [matter for matter in matters if matter["result"] in STILL_OPEN]
    if len(results) > len(still_open) or not all(result in RESULTS for result in results):
        raise Refused("bad_input", 409, detail="results")
    if SENT_ON in results and len(matters) == 1:
        raise Refused("bad_input", 409, detail="results")  # one matter goes on by a transfer, with its reason
    if not ticket.matters and set(results) <= {DONE}:
        return []
    given = iter(results)
    return [_ended(matter, given) for matter in matters]


def _ended(matter: Matter, given: Iterator[str]) -> Matter:
    return matter | {"result": next(given, DONE)} if matter["result"] in STILL_OPEN else matter


def ended_here(ticket: Ticket, matters: list[Matter], onward: Onward | None) -> list[tuple[int, int]]:
    """Which matters are over when this window is done, as (position, id of the service), before the ticket moves.

    A person lent by another clerk goes back with the matter still open.
    """
    if not matters:
        over = onward is None or onward.verb == "advance"
        return [(0, ticket.service_id)] if over else []
    pairs = zip(matters_of(ticket), matters, strict=True)
    return [
        (position, after["service"])
        for position, (before, after) in enumerate(pairs)
        if before["result"] in STILL_OPEN and after["result"] not in STILL_OPEN
    ]


def way_on(seat: Window, ticket: Ticket, matters: list[Matter]) -> Onward | None:
    """Where to, after this window: to the next matter sent on, or back to the clerk who lent the person; None ends."""
    onward = next((matter["service"] for matter in matters if matter["result"] == SENT_ON), None)
    if onward is not None:
        return _to_matter(onward, sent_on(ticket.klass))
    back = lender_of(ticket)
    if back is not None and back.pk != seat.pk:
        told = {"reason": "returned", "to_window": back.number, "service": "", "fallback": False}
        return Onward(_to_window(back) | returning(), told | {"klass": str(Klass.RETURNING)}, str(back))
    return None


def lender_of(ticket: Ticket) -> Window | None:
    """Where the clerk who lent the person sits now; None where nobody did."""
    return sits_now(ticket, ticket.return_to) if ticket.return_to is not None else None


def returning() -> dict[str, Any]:
    """What changes on a ticket that comes back to the clerk who lent it: it goes before others, and is lent no more."""
    return {"return_to": None, "klass": Klass.RETURNING, "precedence": PRECEDENCE[Klass.RETURNING]}


def _to_matter(service_id: int, klass: str) -> Onward:
    service = Service.objects.get(pk=service_id)
    told = {"reason": "next_matter", "to_window": None, "service": service.code, "fallback": False}
    changes: dict[str, Any] = {"for_window": None, "fallback_reason": "", "fallback_note": ""}
    changes["service"] = service
    changes |= {"klass": klass, "precedence": PRECEDENCE[klass]}
    return Onward(changes, told | {"klass": klass}, service.name)


def _to_window(window: Window) -> dict[str, Any]:
    return {"for_window": window, "fallback_reason": "", "fallback_note": ""}
