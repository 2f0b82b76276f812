"""The kinds of alarm: what each looks for, and what it tells the manager. Printers and others may add theirs."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Max, QuerySet
from django.utils import timezone

from hallqueue.actions.cases.concern_round import late_concerns, raised_concerns, tell_late
from hallqueue.actions.cases.finding_round import late_findings, tell_late_finding
from hallqueue.actions.cases.project_round import late_projects, tell_late_project
from hallqueue.actions.cases.rating_round import late_ratings, tell_late_rating
from hallqueue.claims import nobody_else
from hallqueue.models import Alarm, Call, Device, Hall, HelpCall, Presence, Service, Shift, Ticket, Window
from hallqueue.routing import in_line, stranded, waiting

GRACE = timedelta(seconds=2)
"""A browser that reloads its page is not gone."""

_ALIKE = ("service", "klass", "language", "for_window", "fallback_reason")
"""Whoever is alike in these waits for the same windows, but for a language after the guard."""


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
    """Since when nobody does some of a hall's work; None while all is looked after."""
    ends = [end for read in LEASES if (end := read(hall)) is not None]
    return min((end for end in ends if end < now - LAPSE), default=None)


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


def _late(hall: Hall, now: datetime) -> set[str]:
    """Somebody has waited over the hall's limit, for whatever service: one alarm, that names them all."""
    return {"hall"} if _over_limit(hall, now).exists() else set()


def _over_limit(hall: Hall, now: datetime) -> QuerySet[Ticket]:
    return waiting(hall).filter(issued_at__lt=now - timedelta(minutes=hall.wait_alarm_minutes))


def _slow(hall: Hall, now: datetime) -> set[str]:
    """A window has had the same person over the hall's limit."""
    limit = now - timedelta(minutes=hall.service_alarm_minutes)
    found = Call.standing(hall).filter(called_at__lt=limit)
    return {f"window:{number}" for number in found.values_list("window__number", flat=True)}


def _without_window(hall: Hall, now: datetime) -> set[str]:
    """People wait, and no ordinary window that takes their service is open; with no window at all they are stranded.

    What is found at one look is one subject, by the lowest of its services; what comes later is another.
    """
    if stranded(hall).exists():
        return set()
    left, told = _left_services(hall), _told(hall, "no_window")
    return _subjects("service", left, {subject: known for subject, known in told.items() if left & known})


def _left_services(hall: Hall) -> set[int]:
    """The services (ids) that somebody waits for and no open ordinary window may give them."""
    left = waiting(hall).filter(nobody_else().q, fallback_reason="", for_window=None)
    return set(left.order_by().values_list("service_id", flat=True).distinct())


def _told(hall: Hall, kind: str) -> dict[str, set[int]]:
    """What each standing alarm of a kind is about, by its subject: ids of services, or numbers of windows."""
    standing = Alarm.objects.filter(hall=hall, kind=kind, cleared_at=None)
    return {alarm.subject: {_key(alarm.subject), *named_in(alarm.data)} for alarm in standing}


def named_in(data: Mapping[str, Any]) -> set[int]:
    """The ids of the services, or the numbers of the windows, that an alarm with these facts names together."""
    return {pk for pk, _ in data.get("services", ())} | set(data.get("windows", ()))


def _subjects(noun: str, there: set[int], told: Mapping[str, set[int]]) -> set[str]:
    """The subjects that were told and, by the lowest of its keys, one for what is there and none of them named."""
    new = there.difference(*told.values())
    return {*told, *([f"{noun}:{min(new)}"] if new else [])}


def _sent_to_closed(hall: Hall, now: datetime) -> set[str]:
    """People were sent to a window that is not open any more; with no window at all they are stranded."""
    if stranded(hall).exists():
        return set()
    left = waiting(hall).filter(nobody_else().q, fallback_reason="", for_window__is_fallback=False)
    return {f"window:{number}" for number in left.order_by().values_list("for_window__number", flat=True)}


def _stranded(hall: Hall, now: datetime) -> set[str]:
    return {"hall"} if stranded(hall).exists() else set()


def _empty(hall: Hall, now: datetime) -> set[str]:
    """Windows are open, people wait for them, and nobody sits there; where a machine calls, somebody does.

    Windows that the same people wait for are one subject, by the lowest of their numbers; what joins them after that
    was told is a subject of its own.
    """
    limit = now - timedelta(minutes=hall.idle_alarm_minutes)
    vacant = _vacant(hall)
    last = _last_ends(hall, vacant)
    left = [seat for seat in vacant if (last.get(seat.pk) or limit) <= limit]
    told = _told(hall, "empty_window")
    groups = (set(together) for together in _awaited_together(left))
    return {subject for group in groups for subject in _subjects("window", group, _of_group(group, told))}


def _of_group(together: set[int], told: Mapping[str, set[int]]) -> dict[str, set[int]]:
    """The alarms about windows that the same people wait for; none before the lowest of them was told of."""
    is_new = f"window:{min(together)}" not in told
    return {} if is_new else {subject: known for subject, known in told.items() if _key(subject) in together}


def _idle(hall: Hall, now: datetime) -> set[str]:
    """A clerk sits at an open window and calls nobody for the hall's minutes, while people wait for it."""
    limit = now - timedelta(minutes=hall.idle_alarm_minutes)
    # Asked first, and once: before each window it costs more.
    if not waiting(hall).filter(issued_at__lte=limit).exists():
        return set()
    shifts = Shift.standing(hall).filter(started_at__lte=limit)
    manned = shifts.filter(window__state=Window.State.OPEN, window__state_at__lte=limit)
    resting = [shift.window for shift in manned.exclude(window__in=_busy(hall)).select_related("window")]
    last = _last_ends(hall, resting)
    return {f"window:{seat.number}" for seat in resting if _ignored(hall, seat, last.get(seat.pk), limit)}


def _ignored(hall: Hall, seat: Window, last: datetime | None, limit: datetime) -> bool:
    if last is not None and last > limit:
        return False
    seat.hall = hall
    return in_line(seat).filter(issued_at__lte=limit).exists()


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
    shifts = Shift.standing(hall).filter(window__in=_busy(hall)).select_related("window")
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


def _vacant(hall: Hall) -> list[Window]:
    sitting = Shift.standing(hall).values("window")
    vacant = Window.objects.filter(hall=hall, state=Window.State.OPEN).exclude(pk__in=sitting)
    found = list(vacant.exclude(pk__in=_busy(hall)))
    for seat in found:
        seat.hall = hall
    return found


def _awaited_together(seats: Iterable[Window]) -> list[dict[int, Window]]:
    """Those of the windows that anybody waits for, by number; together where they wait for the same people."""
    found: list[tuple[dict[int, Window], set[Any]]] = []
    for seat in seats:
        together, people = {seat.number: seat}, set(in_line(seat).order_by().values_list(*_ALIKE).distinct())
        for each in [group for group in found if group[1] & people]:
            found.remove(each)
            together, people = together | each[0], people | each[1]
        if people:
            found.append((together, people))
    return [together for together, _ in found]


def _busy(hall: Hall) -> set[int]:
    return set(Call.standing(hall).values_list("window_id", flat=True))


def _last_ends(hall: Hall, windows: list[Window]) -> dict[int, datetime]:
    """When each of these windows last let somebody go today."""
    if not windows:
        return {}
    today = hall.business_date(hall.moved_at)
    found = Call.objects.filter(hall=hall, business_date=today, window__in=windows)
    return dict(found.values_list("window_id").annotate(Max("ended_at")))


def _tell_late(hall: Hall, subject: str) -> dict[str, Any]:
    """All services somebody waits too long for, and who has waited longest for any of them."""
    return _tell_services(hall, _over_limit(hall, max(timezone.now(), hall.moved_at)))


def _tell_left(hall: Hall, subject: str) -> dict[str, Any]:
    """All services of the alarm, and who has waited longest for any of them."""
    others = (told for each, told in _told(hall, "no_window").items() if each != subject)
    return _tell_services(hall, waiting(hall).filter(service__in=_left_services(hall).difference(*others)))


def _tell_services(hall: Hall, people: QuerySet[Ticket]) -> dict[str, Any]:
    """The services these people wait for by id and name, the service of who has waited longest, and who that is."""
    oldest = people.order_by("issued_at").select_related("service").first()
    theirs = Service.objects.filter(pk__in=people.order_by().values("service")).order_by("pk")
    named = [list(row) for row in theirs.values_list("pk", "name")]
    return {"service": oldest.service.name if oldest else "", "services": named} | _since(oldest)


def _tell_person(hall: Hall, subject: str) -> dict[str, Any]:
    """The person at the window."""
    call = Call.standing(hall).select_related("ticket").get(window__number=_key(subject))
    return {"window": _key(subject), "label": call.ticket.label, "since": call.called_at.isoformat()}


def _tell_line(hall: Hall, subject: str) -> dict[str, Any]:
    """Who has waited longest for the window."""
    seat = Window.objects.select_related("hall").get(hall=hall, number=_key(subject))
    return {"window": seat.number} | _since(in_line(seat).order_by("issued_at").first())


def _tell_empty(hall: Hall, subject: str) -> dict[str, Any]:
    """All the windows with nobody there that the same people wait for, and who of these has waited longest."""
    number = _key(subject)
    groups = _awaited_together(_vacant(hall))
    together = next((each for each in groups if number in each), dict[int, Window]())
    told = _told(hall, "empty_window")
    if together and (subject in told or number != min(together)):
        others = (windows for each, windows in told.items() if each != subject)
        together = {each: together[each] for each in together.keys() - set[int]().union(*others)}
    firsts = [in_line(seat).order_by("issued_at").first() for seat in together.values()]
    oldest = min((first for first in firsts if first), key=lambda first: first.issued_at, default=None)
    return {"window": number, "windows": sorted(together)} | _since(oldest)


def _tell_sent(hall: Hall, subject: str) -> dict[str, Any]:
    """Who was sent to the window and has waited longest."""
    sent = waiting(hall).filter(for_window__number=_key(subject), fallback_reason="")
    return {"window": _key(subject)} | _since(sent.order_by("issued_at").first())


def _tell_stranded(hall: Hall, subject: str) -> dict[str, Any]:
    return _since(stranded(hall).first())


def _tell_device(hall: Hall, subject: str) -> dict[str, Any]:
    device = Device.objects.get(pk=_key(subject))
    seen = Presence.objects.get(hall=hall, subject=subject).seen_at
    return {"device": device.kind, "name": device.name, "since": seen.isoformat()}


def _tell_help(hall: Hall, subject: str) -> dict[str, Any]:
    call = HelpCall.objects.select_related("ticket").get(hall=hall, pk=_key(subject))
    spot = f"{call.spot}号窗口" if call.place == HelpCall.Place.WINDOW else call.spot
    words = (
        spot or call.get_place_display(),
        call.ticket.label if call.ticket else "",
        call.get_kind_display(),
    )
    return {"help": " ".join(word for word in words if word), "since": call.asked_at.isoformat()}


def _without_workers(hall: Hall, now: datetime) -> set[str]:
    """Nobody feeds a printer or the bars: the process that did is gone, or hangs."""
    return {"hall"} if gone_since(hall, now) else set()


def _tell_workers(hall: Hall, subject: str) -> dict[str, Any]:
    since = gone_since(hall, timezone.now())
    return {"since": since.isoformat()} if since else {}


def _since(ticket: Ticket | None) -> dict[str, Any]:
    return {"label": ticket.label, "since": ticket.issued_at.isoformat()} if ticket else {}


def _key(subject: str) -> int:
    return int(subject.split(":")[1])


register("stranded", _stranded, _tell_stranded, of_people=True)
register("no_window", _without_window, _tell_left, of_people=True)
register("sent_to_closed", _sent_to_closed, _tell_sent, of_people=True)
register("empty_window", _empty, _tell_empty, of_people=True)
register("idle_window", _idle, _tell_line, of_people=True)
register("clerk_gone", _lost_clerks, _tell_person)
register("long_service", _slow, _tell_person)
register("long_wait", _late, _tell_late, of_people=True)
register("help_waits", _help_waits, _tell_help)
register("device_down", _lost_devices, _tell_device)
register("workers_gone", _without_workers, _tell_workers, of_workers=True)
register("late_concern", late_concerns, tell_late, by_day=True)
register("raised_concern", raised_concerns, tell_late)
register("late_finding", late_findings, tell_late_finding, by_day=True)
register("late_project", late_projects, tell_late_project, by_day=True)
register("late_rating", late_ratings, tell_late_rating, by_day=True)
