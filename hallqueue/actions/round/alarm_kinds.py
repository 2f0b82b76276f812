"""The kinds of alarm: what each looks for, and what it tells the manager. Printers and others may add theirs."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from hallqueue.actions.cases.concern_round import late_concerns, raised_concerns, tell_late
from hallqueue.actions.cases.finding_round import finding_limits
from hallqueue.actions.cases.project_round import late_projects, tell_late_project
from hallqueue.actions.cases.rating_round import rating_limits
from hallqueue.actions.round.alarm_lines import (
    busy_windows,
    empty_windows,
    idle_windows,
    key_of,
    long_waits,
    sent_to_closed,
    tell_empty,
    tell_late_waits,
    tell_left,
    tell_line,
    tell_sent,
    tell_stranded,
    without_any_window,
    without_window,
)
from hallqueue.leases import FAR
from hallqueue.models import Call, Device, Hall, HelpCall, Presence, Shift

GRACE = timedelta(seconds=2)
"""A browser that reloads its page is not gone."""


class Watch(NamedTuple):
    """One kind of alarm: `due(hall, now)` gives its subjects, `tell(hall, subject)` the facts for one of them.

    A `by_day` one comes about with hours and working days: it is looked for less often. One `of_workers` tells that
    they are gone: servers without workers look for it too, and nobody in the first seconds of a process. One
    `of_people` tells of who waits, who comes and goes: it is told anew whenever its facts changed while it stands.
    """

    due: Callable[[Hall, datetime], Iterable[str]]
    tell: Callable[[Hall, str], dict[str, Any]]
    by_day: bool = False
    of_workers: bool = False
    of_people: bool = False


WATCHES: dict[str, Watch] = {}

Lease = Callable[[Hall], datetime | None]
LAPSE = timedelta(seconds=3)
"""So long after its end a lease that nobody renewed or took over says that there is nobody."""

LEASES: list[Lease] = []
"""Each tells of a hall when the oldest lease of its kind ends, which a worker renews; None: there is none."""


def gone_since(hall: Hall, now: datetime) -> datetime | None:
    """Since when nobody does some of a hall's work by the machine's clock, which leases keep; None while all is
    looked after."""
    ends = [end for read in LEASES if (end := read(hall)) is not None]
    return min((min(end, now) for end in ends if not now - LAPSE <= end <= now + FAR), default=None)


def register(
    kind: str,
    due: Callable[..., Iterable[str]],
    tell: Callable[..., dict[str, Any]],
    by_day: bool = False,
    of_workers: bool = False,
    of_people: bool = False,
) -> None:
    """Add a kind of alarm; it needs a text `manager.alarm.<kind>`."""
    WATCHES[kind] = Watch(due, tell, by_day, of_workers, of_people)


def _slow(hall: Hall, now: datetime) -> set[str]:
    """A window has had the same person over the hall's limit."""
    limit = now - timedelta(minutes=hall.service_alarm_minutes)
    found = Call.standing(hall).filter(called_at__lt=limit)
    return {f"window:{number}" for number in found.values_list("window__number", flat=True)}


def _lost_devices(hall: Hall, now: datetime) -> set[str]:
    """A paired kiosk, board or window screen that was connected is so no more."""
    gone = _gone(hall, "device:", now)
    living = Device.objects.filter(hall=hall, revoked_at=None, pk__in=[each.split(":")[1] for each in gone])
    return {f"device:{pk}" for pk in living.values_list("pk", flat=True)} if gone else set()


def _help_waits(hall: Hall, now: datetime) -> set[str]:
    """Somebody asked for a helper and nobody has gone there within the hall's minutes."""
    limit = now - timedelta(minutes=hall.help_alarm_minutes)
    found = HelpCall.objects.filter(hall=hall, done_at=None, taken_at=None, asked_at__lte=limit)
    return {f"help:{pk}" for pk in found.values_list("pk", flat=True)}


def _lost_clerks(hall: Hall, now: datetime) -> set[str]:
    """The browser of who serves somebody at a window is gone; the person still sits there."""
    gone = _gone(hall, "clerk:", now)
    if not gone:
        return set()
    shifts = Shift.standing(hall).filter(window__in=busy_windows(hall)).select_related("window")
    return {
        f"window:{shift.window.number}"
        for shift in shifts
        if gone.get(f"clerk:{shift.window.number}:{shift.user_id}", shift.started_at) > shift.started_at
    }


def _gone(hall: Hall, prefix: str, now: datetime) -> dict[str, datetime]:
    """Who was connected and is not: by subject, when it was last heard of."""
    found = Presence.objects.filter(hall=hall, subject__startswith=prefix)
    return {each.subject: each.seen_at for each in found if _is_gone(each, now)}


def _is_gone(presence: Presence, now: datetime) -> bool:
    if presence.has_left and presence.gone_at is not None:
        return now >= presence.gone_at + GRACE
    return not presence.is_here(now)


def _tell_person(hall: Hall, subject: str) -> dict[str, Any]:
    """The person at the window."""
    call = Call.standing(hall).select_related("ticket").get(window__number=key_of(subject))
    return {"window": key_of(subject), "label": call.ticket.label, "since": call.called_at.isoformat()}


def _tell_device(hall: Hall, subject: str) -> dict[str, Any]:
    device = Device.objects.get(pk=key_of(subject))
    seen = Presence.objects.get(hall=hall, subject=subject).seen_at
    return {"device": device.kind, "name": device.name, "since": seen.isoformat()}


def _tell_help(hall: Hall, subject: str) -> dict[str, Any]:
    call = HelpCall.objects.select_related("ticket").get(hall=hall, pk=key_of(subject))
    spot = f"{call.spot}号窗口" if call.place == HelpCall.Place.WINDOW else call.spot
    words = (
        spot or call.get_place_display(),
        call.ticket.label if call.ticket else "",
        call.get_kind_display(),
    )
    return {"help": " ".join(word for word in words if word), "since": call.asked_at.isoformat()}


def _without_workers(hall: Hall, now: datetime) -> set[str]:
    """Nobody feeds a printer or the bars: the process that did is gone, or hangs."""
    return {"hall"} if gone_since(hall, timezone.now()) else set()


def _tell_workers(hall: Hall, subject: str) -> dict[str, Any]:
    since = gone_since(hall, timezone.now())
    return {"since": since.isoformat()} if since else {}


register("stranded", without_any_window, tell_stranded, of_people=True)
register("no_window", without_window, tell_left, of_people=True)
register("sent_to_closed", sent_to_closed, tell_sent, of_people=True)
register("empty_window", empty_windows, tell_empty, of_people=True)
register("idle_window", idle_windows, tell_line, of_people=True)
register("clerk_gone", _lost_clerks, _tell_person)
register("long_service", _slow, _tell_person)
register("long_wait", long_waits, tell_late_waits, of_people=True)
register("help_waits", _help_waits, _tell_help)
register("device_down", _lost_devices, _tell_device)
register("workers_gone", _without_workers, _tell_workers, of_workers=True)
register("late_concern", late_concerns, tell_late, by_day=True)
register("raised_concern", raised_concerns, tell_late)
register("late_finding", finding_limits.late, finding_limits.tell, by_day=True)
register("late_project", late_projects, tell_late_project, by_day=True)
register("late_rating", rating_limits.late, rating_limits.tell, by_day=True)
