"""Set up a hall: make it, fill its catalogue, say which window takes what; every change leaves one event."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import PositiveSmallIntegerField

from hallqueue.actions.borrowing import lend_again
from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.house.bounds import bounded
from hallqueue.actions.house.rerouting import rerouting
from hallqueue.actions.house.rules import write_out
from hallqueue.actions.house.services import refuse_series_off, spell
from hallqueue.errors import Refused
from hallqueue.models import Department, Hall, Rules, Series, Service, Window, WindowScope, WindowService

SERVICE_FIELDS = (
    "department",
    "series",
    "name",
    "name_mn",
    "name_en",
    "also_called",
    "pinyin",
    "initials",
    "tags",
    "minutes",
    "group",
    "documents",
)

ALARM_LIMITS = {
    "wait_alarm_minutes": 480,
    "service_alarm_minutes": 480,
    "idle_alarm_minutes": 480,
    "help_alarm_minutes": 120,
    "tidal_people": 200,
    "tidal_minutes": 480,
}
"""From when alarms and advice are given, with the most that a hall can mean; the least is 1."""


def make_hall(slug: str, name: str, **fields: Any) -> Hall:
    """A new hall, or the one of that slug brought up to date (fields of `Hall`)."""
    hall, _ = Hall.objects.update_or_create(slug=slug, defaults={"name": name, **fields})
    Rules.objects.get_or_create(hall=hall)
    return hall


@command
def note_change(c: Command, *, what: str, row: int, fields: Sequence[str] = ()) -> Answer:
    """Note in the log that the set-up pages changed a row, so that every screen reads the set-up anew."""
    write_out(c.hall)
    c.log.record("setup.changed", what=what, row=row, fields=list(fields))
    return {"what": what}


@command
def set_rules(c: Command, *, rules: dict[str, Any]) -> Answer:
    """Change some of the hall's rules of a ticket's life; a value out of bounds is refused and nothing changes.

    Raises Refused: not_allowed, bad_input, bad_figure.
    """
    c.managers_only()
    found = Rules.of(c.hall)
    fields = {field.name: field for field in Rules._meta.fields if field.name not in ("id", "hall")}
    if unknown := rules.keys() - fields:
        raise Refused("bad_input", 400, detail=min(unknown)[:40])
    before = {name: getattr(found, name) for name in rules}
    for name, value in rules.items():
        setattr(found, name, _allowed_value(fields[name], value))
    if before != rules:
        found.save()
        c.log.record("setup.changed", what="rules", before=before, rules=rules)
    return {"rules": rules}


@command
def set_alarm_limits(c: Command, *, limits: dict[str, int]) -> Answer:
    """Change some of ALARM_LIMITS, the hall's minutes and people from which alarms and advice are given.

    Raises Refused: not_allowed, bad_input, bad_figure.
    """
    c.managers_only()
    if unknown := limits.keys() - ALARM_LIMITS:
        raise Refused("bad_input", 400, detail=min(unknown)[:40])
    wanted = {name: bounded(name, value, 1, ALARM_LIMITS[name]) for name, value in limits.items()}
    before = {name: getattr(c.hall, name) for name in wanted}
    if before != wanted:
        for name, value in wanted.items():
            setattr(c.hall, name, value)
        c.hall.save(update_fields=list(wanted))
        c.log.record("setup.changed", what="alarm limits", before=before, after=wanted)
    return {"limits": wanted}


@command
def load_departments(c: Command, *, rows: Sequence[dict[str, Any]]) -> Answer:
    """Make or update departments; a row holds `code` and fields of Department."""
    for row in rows:
        fields = {name: value for name, value in row.items() if name != "code"}
        Department.objects.update_or_create(hall=c.hall, code=row["code"], defaults=fields)
    c.log.record("setup.changed", what="departments", count=len(rows))
    return {"departments": len(rows)}


@command
def load_series(c: Command, *, rows: Sequence[dict[str, str]]) -> Answer:
    """Make or update series; a row holds `letter` and `name`."""
    for row in rows:
        Series.objects.update_or_create(
            hall=c.hall, letter=row["letter"], defaults={"name": row.get("name", "")}
        )
    c.log.record("setup.changed", what="series", count=len(rows))
    return {"series": len(rows)}


@command
@rerouting
def load_services(c: Command, *, rows: Sequence[dict[str, Any]]) -> Answer:
    """Make or update services by their code, all or none.

    A row holds `code`, `department` (name or code), `series` (letter), `name` and any other field of Service.
    Departments that do not exist yet are made; an unknown series is refused. The log keeps which department a service
    left for another.
    """
    departments, series = _departments(c, rows), _series(c, rows)
    own = Service.objects.filter(hall=c.hall).select_related("department")
    known = {service.code: service for service in own}
    left = {code: service.department.code for code, service in known.items()}
    fresh: list[Service] = []
    changed: list[Service] = []
    for order, row in enumerate(rows):
        service = known.get(row["code"]) or Service(hall=c.hall, code=row["code"], order=order)
        _fill(service, row, departments, series)
        (changed if service.pk else fresh).append(service)
    Service.objects.bulk_create(fresh, batch_size=500)
    Service.objects.bulk_update(changed, [*SERVICE_FIELDS, "weight", "is_active"], batch_size=200)
    Department.objects.filter(hall=c.hall, services__is_active=True).update(is_active=True)
    write_out(c.hall)
    moved = {each.code: left[each.code] for each in changed if each.department.code != left[each.code]}
    told: dict[str, Any] = {"moved": moved} if moved else {}
    c.log.record("setup.changed", what="services", made=len(fresh), updated=len(changed), **told)
    return {"made": len(fresh), "updated": len(changed)}


@command
@rerouting
def load_windows(c: Command, *, rows: Sequence[dict[str, Any]]) -> Answer:
    """Make or update windows; a row holds `number`, fields of Window and `takes`: [[service code, rank], …]."""
    services = dict(Service.objects.filter(hall=c.hall).values_list("code", "pk"))
    for row in rows:
        fields = {name: value for name, value in row.items() if name not in ("number", "takes")}
        window, _ = Window.objects.update_or_create(hall=c.hall, number=row["number"], defaults=fields)
        _map(c, window, row.get("takes", []), services)
    c.log.record("setup.changed", what="windows", count=len(rows))
    return {"windows": len(rows)}


@command
@rerouting
def map_services(c: Command, *, window: int, takes: Sequence[tuple[str, int]]) -> Answer:
    """Say anew which services a window takes, with their ranks; who waits is re-routed at once."""
    c.managers_only()
    seat = c.window(window)
    _map(c, seat, takes, dict(Service.objects.filter(hall=c.hall).values_list("code", "pk")))
    c.log.record("setup.changed", window=seat, what="takes", takes=[list(pair) for pair in takes])
    return {"window": window, "takes": len(takes)}


def _allowed_value(field: Any, value: Any) -> Any:
    """A value that the field takes: a number within its bounds, one of its choices, yes or no."""
    if isinstance(field, PositiveSmallIntegerField):
        most = [each.limit_value for each in field.validators if isinstance(each, MaxValueValidator)]
        least = [each.limit_value for each in field.validators if isinstance(each, MinValueValidator)]
        return bounded(field.name, value, max(least), min(most))
    if value not in ([key for key, _ in field.choices] if field.choices else (True, False)):
        raise Refused("bad_input", 400, detail=field.name)
    return value


def _map(c: Command, window: Window, takes: Iterable[Sequence[Any]], services: dict[str, int]) -> None:
    wanted: dict[str, int] = {code: rank for code, rank in takes}  # noqa: C416  (dict() takes no lists)
    if unknown := wanted.keys() - services.keys():
        raise Refused("unknown_service", 404, detail=", ".join(sorted(unknown)[:3]))
    WindowScope.objects.filter(window=window).delete()
    WindowService.objects.filter(window=window).delete()
    WindowService.objects.bulk_create(
        WindowService(hall=c.hall, window=window, service_id=services[code], rank=rank)
        for code, rank in wanted.items()
    )
    lend_again(window)


def _departments(c: Command, rows: Sequence[dict[str, Any]]) -> dict[str, Department]:
    found: dict[str, Department] = {}
    for department in Department.objects.filter(hall=c.hall):
        found[department.code] = found[department.name] = department
    for name in dict.fromkeys(row["department"] for row in rows):
        if name not in found:
            found[name] = Department.objects.create(
                hall=c.hall, code=_code_of(name), name=name, order=len(found)
            )
    return found


def _code_of(name: str) -> str:
    """A department's code made of its name; names that begin alike for 40 letters stay two."""
    return name if len(name) <= 40 else f"{name[:27]}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _series(c: Command, rows: Sequence[dict[str, Any]]) -> dict[str, Series]:
    found = {series.letter: series for series in Series.objects.filter(hall=c.hall)}
    for letter in {row["series"] for row in rows} - found.keys():
        raise Refused("unknown_series", 404, letter=letter)
    return found


def _fill(
    service: Service, row: dict[str, Any], departments: dict[str, Department], series: dict[str, Series]
) -> None:
    for name, value in row.items():
        if name not in ("code", "department", "series"):
            setattr(service, name, value)
    service.department, service.series = departments[row["department"]], series[row["series"]]
    refuse_series_off(service)
    spell(service)
