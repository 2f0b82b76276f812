"""Set a ticket aside for a while (挂起), or send it on (转窗): to a service, department or window, or the fallback."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.calls import a_reason, at_window, end_call, left_to_fallback, refuse_strange
from hallqueue.actions.line.matters import lender_of, returning
from hallqueue.actions.line.tickets import active_service, bring_back, plain_text, state_of, ticket_of
from hallqueue.actions.windows import own_window
from hallqueue.errors import Refused
from hallqueue.lifecycle import move
from hallqueue.models import Call, Department, FallbackPolicy, FallbackReason, Service, Ticket, Window
from hallqueue.order import placed, sent_on
from hallqueue.routing import Before, Lane, place_after, place_end, place_front

PLACES = ("keep", "front", "back", "after")
LONGEST_REMINDER = 8 * 60
MOST_AHEAD = 99


@command
def park(c: Command, *, window: int, reason: str, minutes: int | None = None) -> Answer:
    """Set the ticket aside with a reason, for instance to fetch a paper; after `minutes` the window is reminded."""
    seat, ticket, call = at_window(c, window, "park")
    why = a_reason(reason)
    if minutes is not None and not 1 <= minutes <= LONGEST_REMINDER:
        raise Refused("bad_input", 400, detail="minutes")
    remind_at = c.now + timedelta(minutes=minutes) if minutes else None
    told = {"reason": why, "minutes": minutes}
    move(c.log, ticket, "park", seat, told=told, reason=why, remind_at=remind_at, reminded_at=None)
    end_call(c, call, "parked")
    return state_of(ticket)


@command
def transfer(
    c: Command,
    *,
    window: int,
    reason: str,
    service: str = "",
    department: str = "",
    to_window: int | None = None,
    fallback: bool = False,
    place: str = "keep",
    after: int = 0,
    back: bool = False,
    ticket: int | None = None,
) -> Answer:
    """Send a person on under the same number: to a service, a department, a window, or the fallback window.

    Exactly one of `service` and `department` (codes), `to_window`, `fallback`. `place`: keep, front, back, or after the
    next `after` people there, newcomers as well: at the back and after others nobody goes before them for having been
    sent on. `back`: when the others are done, the person returns before everybody else to this clerk: to
    the open window where whoever called them sits then, or to this one. `ticket`: a parked one, instead of the one at
    the window. Raises Refused: reason_required, bad_input, unknown_service, unknown_department, department_empty,
    unknown_window, already_at_window, not_in_your_line, wrong_state.
    """
    if [bool(service), bool(department), to_window is not None, fallback].count(True) != 1:
        raise Refused("bad_input", 400, detail="service | department | to_window | fallback")
    _check_place(place, after)
    seat, found, call = _whom(c, window, ticket)
    why = a_reason(reason)
    if call is not None and to_window == window:
        raise Refused("already_at_window", number=window)
    service = _matter_of(c, department, found).code if department else service
    changes = _destination(c, found, service, to_window, fallback, why)
    count = found.transfer_count + 1
    told = {"reason": why, "service": service, "to_window": to_window, "back": back, "place": place}
    told |= {"department": department} if department else {}
    if not fallback and _too_often(c, seat, count):
        changes = left_to_fallback(FallbackReason.TRANSFERS, why)
        told |= {"service": "", "to_window": None, "wished": service or to_window}
    klass = str(changes.get("klass", sent_on(found.klass)))
    changes |= {"klass": klass, "precedence": placed(klass, place)}
    if back:
        changes["return_to"] = seat
    changes["position"] = _position(c, found, changes, place, after)
    told |= {"fallback": changes["fallback_reason"], "position": changes["position"]}
    told["klass"] = klass
    move(c.log, found, "transfer", seat, told=told, transfer_count=count, reason=why, **changes)
    if call is not None:
        end_call(c, call, "transferred")
    return state_of(found) | {"fallback": changes["fallback_reason"], "times": count}


@command
def requeue_here(c: Command, *, window: int, ticket: int) -> Answer:
    """The person is back: into the line again (激活), said at a window. As `tickets.requeue`, and not_in_your_line."""
    seat, found = own_window(c, window), ticket_of(c, ticket)
    refuse_strange(c, seat, found)
    return bring_back(c, found)


def _check_place(place: str, after: int) -> None:
    if place not in PLACES:
        raise Refused("bad_input", 400, detail="place")
    if (place == "after") != (1 <= after <= MOST_AHEAD) or after < 0:
        raise Refused("bad_input", 400, detail="after")


def _whom(c: Command, window: int, ticket: int | None) -> tuple[Window, Ticket, Call | None]:
    """The ticket at the window, or a parked one that is this window's to send."""
    if ticket is None:
        return at_window(c, window, "transfer")
    seat, found = own_window(c, window), ticket_of(c, ticket)
    refuse_strange(c, seat, found)
    if found.state != Ticket.State.PARKED:
        raise Refused("wrong_state", verb="transfer", state=found.state, label=found.label)
    return seat, found, None


def _destination(
    c: Command, ticket: Ticket, service: str, to_window: int | None, fallback: bool, why: str
) -> dict[str, Any]:
    clear: dict[str, Any] = {"for_window": None, "fallback_reason": "", "fallback_note": ""}
    if fallback:
        return left_to_fallback(FallbackReason.SENT, why)
    if to_window is None:
        return clear | {"service": active_service(c, service)}
    there = c.window(to_window)
    comes_back = lender_of(ticket) == there
    return clear | {"for_window": there} | (returning() if comes_back else {})


def _matter_of(c: Command, code: str, ticket: Ticket) -> Service:
    """What somebody sent to a department waits for there: their own matter where one of its windows takes it, else the
    one that most open windows take, so that whichever is free first calls; there it is corrected to what it is.

    Raises Refused: unknown_department, department_empty.
    """
    found = Department.objects.filter(hall=c.hall, code=plain_text(code, 40), is_active=True).first()
    if found is None:
        raise Refused("unknown_department", 404)
    open_now = Q(taken_by__window__state=Window.State.OPEN, taken_by__window__is_fallback=False)
    offered = Service.objects.filter(hall=c.hall, department=found, is_active=True)
    ranked = offered.annotate(takers=Count("taken_by", filter=open_now)).order_by(
        "-takers", "-weight", "order", "id"
    )
    own = ranked.filter(pk=ticket.service_id, takers__gt=0).first()
    if (matter := own or ranked.first()) is None:
        raise Refused("department_empty", name=found.name)
    return matter


def _position(c: Command, ticket: Ticket, changes: dict[str, Any], place: str, after: int) -> int:
    """Where the person stands in the line they come to."""
    if place == "keep":
        return ticket.position
    lane = _line_at(ticket, changes)
    if place == "front":
        return place_front(ticket, lane)
    seq = c.log.next_seq()
    return place_end(seq) if place == "back" else place_after(ticket, after, seq, lane)


def _line_at(ticket: Ticket, changes: dict[str, Any]) -> Lane | Before:
    """Among whom the person comes to stand."""
    service, there, precedence = changes.get("service"), changes["for_window"], changes["precedence"]
    if there is not None:
        return Before(there, precedence)
    return Lane(
        service.pk if service else ticket.service_id, None, bool(changes["fallback_reason"]), precedence
    )


def _too_often(c: Command, seat: Window, count: int) -> bool:
    """Whether the hall's policy ends a person's wandering now: the fallback window is open and takes over."""
    limit = FallbackPolicy.of(c.hall).transfers
    if seat.is_fallback or not limit or count < limit:
        return False
    return Window.objects.filter(hall=c.hall, is_fallback=True, state=Window.State.OPEN).exists()
