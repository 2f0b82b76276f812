"""Which department each service belonged to when a business date ended: as now, less what the log moved since."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache, lru_cache, partial
from typing import Any

from hallqueue.figures.days import ONE_DAY, first_seq, month_begins
from hallqueue.models import Department, Event, Hall, Service

Move = tuple[date, str, str]
"""A service that went to another department: when, its code, and the code of the department it left."""


def departments_on(hall: Hall, day: date) -> dict[int, int]:
    """The department of each service at the end of the day, ids; a service that was made later has its first one."""
    rows = list(Service.objects.filter(hall=hall).values_list("id", "code", "department_id"))
    left: dict[str, str] = {}
    for moved_on, service, department in _moves(hall.pk, hall.epoch, hall.setup_seq, month_begins(day)):
        if moved_on > day:
            left.setdefault(service, department)
    codes = dict(Department.objects.filter(hall=hall).values_list("code", "id")) if left else {}
    return {pk: codes.get(left.get(code, ""), department) for pk, code, department in rows}


def department_by_day(hall: Hall) -> Callable[[int, date], Department]:
    """Whose a service (id) was on a business date; each date is looked up once."""
    departments = {each.pk: each for each in Department.objects.filter(hall=hall)}
    on = cache(partial(departments_on, hall))
    return lambda service, day: departments[on(day)[service]]


def services_by_span(
    hall: Hall, department: str, first: date, after: date
) -> Iterator[tuple[date, date, list[int]]]:
    """What a department (code) had: spans of business dates, both ends included, with the services' ids."""
    moved = {day for day, _, _ in _moves(hall.pk, hall.epoch, hall.setup_seq, month_begins(first))}
    begins = sorted({first, *(day for day in moved if first < day < after)})
    own = Department.objects.filter(hall=hall, code=department).values_list("pk", flat=True).first()
    for begin, following in zip(begins, [*begins[1:], after], strict=True):
        belongs = departments_on(hall, begin)
        yield begin, following - ONE_DAY, [pk for pk, holder in belongs.items() if holder == own]


@lru_cache(maxsize=64)
def _moves(hall_id: int, epoch: str, setup_seq: int, since: date) -> tuple[Move, ...]:
    """The moves since a day, oldest first; read once until the set-up changes, month by month, as the log is long."""
    first = first_seq(hall_id, since, setup_seq)
    lines = Event.objects.filter(hall_id=hall_id, seq__gte=first, seq__lte=setup_seq, kind="setup.changed")
    told = lines.order_by("seq").values_list("business_date", "data").iterator(2000)
    return tuple((day, *pair) for day, data in told for pair in _moved(data))


def _moved(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The services, and the departments they left, of one line: of a page one, of a file all that moved."""
    if data.get("what") == "service" and "department" in data.get("before", {}):
        yield data["code"], data["before"]["department"]
    elif data.get("what") == "services":
        yield from data.get("moved", {}).items()
