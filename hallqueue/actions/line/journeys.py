"""Journeys: what a hall offers, a step skipped with a reason, and moving on to a window that is free first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.calls import a_reason, at_window
from hallqueue.actions.line.stages import AHEAD, NOW, SKIPPED, begin_step
from hallqueue.actions.line.tickets import plain_text, state_of
from hallqueue.errors import Refused
from hallqueue.lifecycle import move
from hallqueue.models import Hall, Journey, JourneyPart, JourneyStep, Service, Ticket, Window, WindowService

MOST_STAGES, MOST_SIDE_BY_SIDE = 12, 6
AT_ONCE = 50


@command
def set_journey(
    c: Command,
    *,
    code: str,
    name: str,
    stages: Sequence[Sequence[str]],
    name_mn: str = "",
    name_en: str = "",
    returns: bool = False,
    is_active: bool = True,
) -> Answer:
    """Make or change a journey. `stages`: codes of services; those of one stage may be done in any order.

    Who is on the way already goes on as it was. Answers with `unserved`: services no window takes. Raises Refused:
    not_allowed, journey_code, journey_name, journey_empty, journey_long, journey_loop, unknown_service.
    """
    c.managers_only()
    key, title = plain_text(code, 40), plain_text(name, 100)
    if not key or not all(sign.isascii() and (sign.isalnum() or sign == "-") for sign in key):
        raise Refused("journey_code", 400)
    if not title:
        raise Refused("journey_name", 400)
    services = _services_of(c, title, stages)
    fields: dict[str, Any] = {"name_mn": plain_text(name_mn, 200), "name_en": plain_text(name_en, 200)}
    fields |= {"name": title, "returns": returns, "is_active": is_active}
    journey, _ = Journey.objects.update_or_create(hall=c.hall, code=key, defaults=fields)
    JourneyPart.objects.filter(journey=journey).delete()
    for stage, group in enumerate(services):
        for service in group:
            JourneyPart.objects.create(hall=c.hall, journey=journey, stage=stage, service=service)
    c.log.record("setup.changed", what="journey", code=key, stages=[list(group) for group in stages])
    return {"journey": key, "unserved": _unserved(c, [each for group in services for each in group])}


@command
def skip_step(c: Command, *, window: int, service: str, reason: str) -> Answer:
    """A step still ahead is not needed by the person at the window, and why. Raises Refused: no_ticket_here,
    reason_required, no_such_step."""
    seat, ticket, _ = at_window(c, window, "skip")
    why = a_reason(reason)
    step = JourneyStep.objects.filter(
        ticket=ticket, state=AHEAD, is_return=False, service__code=service
    ).first()
    if step is None:
        raise Refused("no_such_step", label=ticket.label)
    step.state, step.reason, step.ended_at, step.window = SKIPPED, why, c.now, seat
    step.save(update_fields=["state", "reason", "ended_at", "window"])
    c.log.record("step.skipped", ticket, seat, service=service, reason=why)
    return state_of(ticket)


@command
def reroute_free(c: Command) -> Answer:
    """Who waits for one of several steps that may be done in any order moves to the one whose window is free."""
    moved = []
    for ticket, step in _quicker(c.hall):
        here = JourneyStep.objects.get(ticket=ticket, state=NOW)
        here.state, here.waiting_at = AHEAD, None
        here.save(update_fields=["state", "waiting_at"])
        begin_step(c, step)
        ticket.hall = c.hall
        told = {"service": step.service.code, "stage": step.stage}
        move(c.log, ticket, "reroute", told=told, service=step.service)
        moved.append(ticket.label)
    return {"moved": moved}


def may_reroute(hall: Hall, now: datetime) -> bool:
    """Whether `reroute_free` would move anybody; one short read where nobody is on a journey."""
    return bool(_quicker(hall))


def _quicker(hall: Hall) -> list[tuple[Ticket, JourneyStep]]:
    """Who waits, and the other step of the same stage for which a window stands idle; each window once."""
    found: list[tuple[Ticket, JourneyStep]] = []
    taken: set[int] = set()
    for here in _side_by_side(hall):
        if _idle(hall, here.service_id, here.ticket_id) - taken:
            continue  # free but for this person, who is called there next
        others = JourneyStep.objects.filter(ticket=here.ticket_id, state=AHEAD, stage=here.stage)
        for step in others.select_related("service"):
            free = _idle(hall, step.service_id, here.ticket_id) - taken
            if free:
                taken.add(min(free))
                found.append((here.ticket, step))
                break
    return found


def _side_by_side(hall: Hall) -> QuerySet[JourneyStep]:
    on_the_way = {
        "ticket__state": Ticket.State.WAITING,
        "ticket__ended_at": None,
        "ticket__fallback_reason": "",
    }
    rows = JourneyStep.objects.filter(hall=hall, state=NOW, ticket__for_window=None, **on_the_way)
    return rows.select_related("ticket").order_by("ticket__precedence", "ticket__position")[:AT_ONCE]


def _idle(hall: Hall, service: int, ticket: int) -> set[int]:
    """The open windows (ids) for a service with nobody at them, where nobody but this ticket waits."""
    takers = WindowService.objects.filter(
        hall=hall, service=service, window__state=Window.State.OPEN, window__is_fallback=False
    )
    found = set()
    for window in takers.values_list("window", flat=True):
        theirs = WindowService.objects.filter(window=window).values("service")
        line = Ticket.objects.filter(hall=hall, ended_at=None, state=Ticket.State.WAITING).exclude(pk=ticket)
        busy = Ticket.objects.filter(hall=hall, window=window, ended_at=None).exists()
        sent = line.filter(for_window=window).exists()
        if not (
            busy or sent or line.filter(service__in=theirs, for_window=None, fallback_reason="").exists()
        ):
            found.add(window)
    return found


def _services_of(c: Command, name: str, stages: Sequence[Sequence[str]]) -> list[list[Service]]:
    if not stages or any(not group for group in stages):
        raise Refused("journey_empty", 400, name=name)
    if len(stages) > MOST_STAGES or any(len(group) > MOST_SIDE_BY_SIDE for group in stages):
        raise Refused("journey_long", 400, stages=MOST_STAGES, beside=MOST_SIDE_BY_SIDE)
    known = {each.code: each for each in Service.objects.filter(hall=c.hall, is_active=True)}
    seen: set[str] = set()
    for code in (code for group in stages for code in group):
        if code not in known:
            raise Refused("journey_service", 404, service=code[:60])
        if code in seen:
            raise Refused("journey_loop", 409, service=known[code].name)
        seen.add(code)
    return [[known[code] for code in group] for group in stages]


def _unserved(c: Command, services: list[Service]) -> list[str]:
    served: set[Any] = set(WindowService.objects.filter(hall=c.hall).values_list("service", flat=True))
    return [service.name for service in services if service.pk not in served]
