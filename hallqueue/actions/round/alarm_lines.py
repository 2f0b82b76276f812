"""The alarms about people in a line: who waits too long, for no open window, or before one where nobody calls."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from hallqueue.claims import nobody_else
from hallqueue.models import Alarm, Call, Hall, Service, Shift, Ticket, Window, WindowService
from hallqueue.routing import in_line, stranded, waiting

_ALIKE = ("service", "klass", "language", "for_window", "fallback_reason")
"""Whoever is alike in these waits for the same windows, but for a language after the guard."""


def long_waits(hall: Hall, now: datetime) -> set[str]:
    """Somebody has waited over the hall's limit, for whatever service: one alarm, that names them all."""
    return {"hall"} if _over_limit(hall, now).exists() else set()


def _over_limit(hall: Hall, now: datetime) -> QuerySet[Ticket]:
    return waiting(hall).filter(issued_at__lt=now - timedelta(minutes=hall.wait_alarm_minutes))


def without_window(hall: Hall, now: datetime) -> set[str]:
    """People wait, and no ordinary window that takes their service is open; with no window at all they are stranded.

    What is found at one look is one subject, by the lowest of its services; what comes later is another.
    """
    if stranded(hall).exists():
        return set()
    left, told = _left_services(hall), _told(hall, "no_window")
    return _subjects("service", left, {subject: known for subject, known in told.items() if left & known})


def _left_services(hall: Hall) -> set[int]:
    """The services (ids) that somebody waits for and no open window has as its own work.

    What a fallback window takes by its own mapping is no service without a window while that one is open.
    """
    left = waiting(hall).filter(nobody_else().q, fallback_reason="", for_window=None)
    own = {"window__hall": hall, "window__is_fallback": True, "window__state": Window.State.OPEN}
    served = WindowService.objects.filter(**own).values("service")
    found = left.exclude(service__in=served).order_by()
    return set(found.values_list("service_id", flat=True).distinct())


def _told(hall: Hall, kind: str) -> dict[str, set[int]]:
    """What each standing alarm of a kind is about, by its subject: ids of services, or numbers of windows."""
    standing = Alarm.objects.filter(hall=hall, kind=kind, cleared_at=None)
    return {alarm.subject: {key_of(alarm.subject), *named_in(alarm.data)} for alarm in standing}


def named_in(data: Mapping[str, Any]) -> set[int]:
    """The ids of the services, or the numbers of the windows, that an alarm with these facts names together."""
    return {pk for pk, _ in data.get("services", ())} | set(data.get("windows", ()))


def _subjects(noun: str, there: set[int], told: Mapping[str, set[int]]) -> set[str]:
    """The subjects that were told and, by the lowest of its keys, one for what is there and none of them named."""
    new = there.difference(*told.values())
    return {*told, *([f"{noun}:{min(new)}"] if new else [])}


def sent_to_closed(hall: Hall, now: datetime) -> set[str]:
    """People were sent to a window that is not open any more; with no window at all they are stranded."""
    if stranded(hall).exists():
        return set()
    left = waiting(hall).filter(nobody_else().q, fallback_reason="", for_window__is_fallback=False)
    return {f"window:{number}" for number in left.order_by().values_list("for_window__number", flat=True)}


def without_any_window(hall: Hall, now: datetime) -> set[str]:
    """People wait and no window at all that may take them is open, not even a fallback window."""
    return {"hall"} if stranded(hall).exists() else set()


def empty_windows(hall: Hall, now: datetime) -> set[str]:
    """Windows are open, people wait for them, and nobody sits there; where a machine calls, somebody does.

    Windows that the same people wait for are one subject, by the lowest of their numbers; what joins them after that
    was told is a subject of its own.
    """
    told = _told(hall, "empty_window")
    groups = (set(together) for together in _awaited_together(_left_seats(hall, now)))
    return {subject for group in groups for subject in _subjects("window", group, _of_group(group, told))}


def _left_seats(hall: Hall, now: datetime) -> list[Window]:
    """The open windows at which nobody sits, and from which nobody went for the hall's minutes."""
    limit = now - timedelta(minutes=hall.idle_alarm_minutes)
    vacant = _vacant(hall)
    last = _last_ends(hall, vacant)
    return [seat for seat in vacant if (last.get(seat.pk) or limit) <= limit]


def _of_group(together: set[int], told: Mapping[str, set[int]]) -> dict[str, set[int]]:
    """The alarms about windows that the same people wait for; none before the lowest of them was told of."""
    is_new = f"window:{min(together)}" not in told
    return (
        {} if is_new else {subject: known for subject, known in told.items() if key_of(subject) in together}
    )


def idle_windows(hall: Hall, now: datetime) -> set[str]:
    """A clerk sits at an open window and calls nobody for the hall's minutes, while people wait for it."""
    limit = now - timedelta(minutes=hall.idle_alarm_minutes)
    # Asked first, and once: before each window it costs more.
    if not waiting(hall).filter(issued_at__lte=limit).exists():
        return set()
    shifts = Shift.standing(hall).filter(started_at__lte=limit)
    manned = shifts.filter(window__state=Window.State.OPEN, window__state_at__lte=limit)
    resting = [
        shift.window for shift in manned.exclude(window__in=busy_windows(hall)).select_related("window")
    ]
    last = _last_ends(hall, resting)
    return {f"window:{seat.number}" for seat in resting if _ignored(hall, seat, last.get(seat.pk), limit)}


def _ignored(hall: Hall, seat: Window, last: datetime | None, limit: datetime) -> bool:
    if last is not None and last > limit:
        return False
    seat.hall = hall
    return in_line(seat).filter(issued_at__lte=limit).exists()


def _vacant(hall: Hall) -> list[Window]:
    sitting = Shift.standing(hall).values("window")
    vacant = Window.objects.filter(hall=hall, state=Window.State.OPEN).exclude(pk__in=sitting)
    found = list(vacant.exclude(pk__in=busy_windows(hall)))
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


def busy_windows(hall: Hall) -> set[int]:
    return set(Call.standing(hall).values_list("window_id", flat=True))


def _last_ends(hall: Hall, windows: list[Window]) -> dict[int, datetime]:
    """When each of these windows last let somebody go today."""
    if not windows:
        return {}
    today = hall.business_date(hall.moved_at)
    found = Call.objects.filter(hall=hall, business_date=today, window__in=windows)
    return dict(found.values_list("window_id").annotate(Max("ended_at")))


def tell_late_waits(hall: Hall, subject: str) -> dict[str, Any]:
    """All services somebody waits too long for, and who has waited longest for any of them."""
    return tell_services(hall, _over_limit(hall, max(timezone.now(), hall.moved_at)))


def tell_left(hall: Hall, subject: str) -> dict[str, Any]:
    """All services of the alarm, and who has waited longest for any of them."""
    others = (told for each, told in _told(hall, "no_window").items() if each != subject)
    return tell_services(hall, waiting(hall).filter(service__in=_left_services(hall).difference(*others)))


def tell_services(hall: Hall, people: QuerySet[Ticket]) -> dict[str, Any]:
    """The services these people wait for by id and name, the service of who has waited longest, and who that is."""
    oldest = people.order_by("issued_at").select_related("service").first()
    theirs = Service.objects.filter(pk__in=people.order_by().values("service")).order_by("pk")
    named = [list(row) for row in theirs.values_list("pk", "name")]
    return {"service": oldest.service.name if oldest else "", "services": named} | since_of(oldest)


def tell_line(hall: Hall, subject: str) -> dict[str, Any]:
    """Who has waited longest for the window."""
    seat = Window.objects.select_related("hall").get(hall=hall, number=key_of(subject))
    return {"window": seat.number} | since_of(in_line(seat).order_by("issued_at").first())


def tell_empty(hall: Hall, subject: str) -> dict[str, Any]:
    """All the windows with nobody there that the same people wait for, and who of these has waited longest."""
    number = key_of(subject)
    groups = _awaited_together(_left_seats(hall, max(timezone.now(), hall.moved_at)))
    together = next((each for each in groups if number in each), dict[int, Window]())
    told = _told(hall, "empty_window")
    if together and (subject in told or number != min(together)):
        others = set[int]().union(*(windows for each, windows in told.items() if each != subject))
        together = {each: seat for each, seat in together.items() if each == number or each not in others}
    firsts = [in_line(seat).order_by("issued_at").first() for seat in together.values()]
    oldest = min((first for first in firsts if first), key=lambda first: first.issued_at, default=None)
    return {"window": number, "windows": sorted(together)} | since_of(oldest)


def tell_sent(hall: Hall, subject: str) -> dict[str, Any]:
    """Who was sent to the window and has waited longest."""
    sent = waiting(hall).filter(for_window__number=key_of(subject), fallback_reason="")
    return {"window": key_of(subject)} | since_of(sent.order_by("issued_at").first())


def tell_stranded(hall: Hall, subject: str) -> dict[str, Any]:
    return since_of(stranded(hall).first())


def since_of(ticket: Ticket | None) -> dict[str, Any]:
    return {"label": ticket.label, "since": ticket.issued_at.isoformat()} if ticket else {}


def key_of(subject: str) -> int:
    return int(subject.split(":")[1])
