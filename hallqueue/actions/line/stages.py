"""A ticket's way through its journey: where it begins, where it goes when a step is over, whom it returns to."""

from datetime import datetime
from typing import Any

from django.db.models import Count

from hallqueue.actions.command import Command
from hallqueue.actions.line.matters import Onward, returning
from hallqueue.errors import Refused
from hallqueue.models import Call, Journey, JourneyStep, Klass, Service, Ticket, Window, WindowService
from hallqueue.order import PRECEDENCE, sent_on
from hallqueue.routing import waiting
from hallqueue.whereabouts import sits_now

AHEAD, NOW, DONE = JourneyStep.State.AHEAD, JourneyStep.State.NOW, JourneyStep.State.DONE
SKIPPED, FAILED = JourneyStep.State.SKIPPED, JourneyStep.State.FAILED


def journey_of(c: Command, code: str) -> tuple[Journey, Service]:
    """An offered journey, and the service of its first stage that is free first. Raises Refused: unknown_journey,
    service_inactive."""
    journey = Journey.objects.filter(hall=c.hall, code=code.replace("\x00", "?"), is_active=True).first()
    if journey is None:
        raise Refused("unknown_journey", 404)
    parts = list(journey.parts.select_related("service__series"))
    if not parts:
        raise Refused("journey_empty", 409, name=journey.name)
    for part in parts:
        if not part.service.is_active:
            raise Refused("service_inactive", name=part.service.name)
    first = [part.service for part in parts if part.stage == parts[0].stage]
    return journey, free_first(c, first)


def all_of(journey: Journey) -> list[Service]:
    """The services of a journey, in its order."""
    return [part.service for part in journey.parts.select_related("service")]


def lay_out(c: Command, ticket: Ticket, journey: Journey) -> None:
    """Write the steps of a new ticket down; the one it waits for is `now`."""
    parts = list(journey.parts.all())
    steps = [(part.stage, part.service_id, False) for part in parts]
    if journey.returns:
        steps.append((parts[-1].stage + 1, parts[0].service_id, True))
    for stage, service, is_return in steps:
        here = service == ticket.service_id and not is_return
        JourneyStep.objects.create(
            hall=c.hall,
            business_date=ticket.business_date,
            ticket=ticket,
            journey=journey,
            stage=stage,
            service_id=service,
            is_return=is_return,
            state=NOW if here else AHEAD,
            waiting_at=c.now if here else None,
        )


def step_on(c: Command, seat: Window, ticket: Ticket, call: Call) -> Onward | None:
    """The step at this window is over: the next one begins, or the journey ends (None)."""
    if ticket.journey_id is None or ticket.state != Ticket.State.SERVING:
        return None
    end_step(c.now, ticket, DONE, seat=seat, call=call)
    return _to_next(c, seat, ticket)


def end_step(
    now: datetime,
    ticket: Ticket,
    state: str,
    *,
    seat: Window | None = None,
    call: Call | None = None,
    why: str = "",
) -> None:
    """Write down how the present step ended, where, and its times."""
    step = JourneyStep.objects.filter(ticket=ticket, state=NOW).first()
    if step is None:
        return
    step.state, step.reason, step.ended_at, step.window = state, why, now, seat
    if call is not None:
        step.called_at, step.started_at = call.called_at, call.started_at
    step.save(update_fields=["state", "reason", "ended_at", "window", "called_at", "started_at"])


def begin_step(c: Command, step: JourneyStep) -> None:
    """The person waits for this step from now on."""
    step.state, step.waiting_at = NOW, c.now
    step.save(update_fields=["state", "waiting_at"])


def free_first(c: Command, services: list[Service]) -> Service:
    """Of services that may be done in any order the one whose open windows have the fewest people each."""
    if len(services) == 1:
        return services[0]
    ids = [service.pk for service in services]
    open_windows = WindowService.objects.filter(
        hall=c.hall, service__in=ids, window__state=Window.State.OPEN, window__is_fallback=False
    )
    count = dict(open_windows.values_list("service").annotate(Count("id")))
    people = dict(
        waiting(c.hall).filter(service__in=ids).order_by().values_list("service").annotate(Count("id"))
    )
    return min(
        services,
        key=lambda each: (
            each.pk not in count,
            people.get(each.pk, 0) / count.get(each.pk, 1),
            ids.index(each.pk),
        ),
    )


def _to_next(c: Command, seat: Window, ticket: Ticket) -> Onward | None:
    ahead = list(JourneyStep.objects.filter(ticket=ticket, state=AHEAD).select_related("service"))
    if not ahead:
        return None
    stage = [step for step in ahead if step.stage == ahead[0].stage]
    service = free_first(c, [step.service for step in stage])
    step = next(step for step in stage if step.service_id == service.pk)
    begin_step(c, step)
    if not step.is_return:
        klass = sent_on(ticket.klass)
        changes = _to_service(service) | {"klass": klass, "precedence": PRECEDENCE[klass]}
        return Onward(changes, _told(step, None) | {"klass": klass}, service.name, "advance")
    return _back(c, seat, ticket, step)


def _back(c: Command, seat: Window, ticket: Ticket, step: JourneyStep) -> Onward | None:
    """Back to the first clerk, wherever they sit now; where they sit here, or nobody was first, the journey is over."""
    done = JourneyStep.objects.filter(ticket=ticket, state=DONE)
    first = JourneyStep.first_done(list(done.select_related("service", "window")))
    there = sits_now(ticket, first.window) if first and first.window else None
    if there is None or there.pk == seat.pk:
        end_step(c.now, ticket, SKIPPED, seat=seat)
        return None
    if first is not None and step.service_id != first.service_id:
        step.service = first.service  # what the first clerk does, should another window take the return
        step.save(update_fields=["service"])
    changes = _to_service(step.service) | returning()
    if there.state == Window.State.OPEN:
        changes["for_window"] = there
    return Onward(changes, _told(step, there) | {"klass": str(Klass.RETURNING)}, str(there), "advance")


def _to_service(service: Service) -> dict[str, Any]:
    return {"service": service, "for_window": None, "fallback_reason": "", "fallback_note": ""}


def _told(step: JourneyStep, window: Window | None) -> dict[str, Any]:
    there = window.number if window is not None and window.state == Window.State.OPEN else None
    return {
        "reason": "journey",
        "service": step.service.code,
        "to_window": there,
        "fallback": "",
        "stage": step.stage,
    }
