"""What an import of a catalogue file would change in a hall, and the import itself: all of it or nothing."""

from dataclasses import dataclass, field
from typing import Any

from hallqueue.actions.command import Actor
from hallqueue.actions.house import setup
from hallqueue.models import Hall, Series, Service
from hallqueue.sheets.catalogue import Item, RowError, read_catalogue


@dataclass
class Plan:
    """The rows that make or change a service, how many stay as they are, and what keeps the import from happening."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    made: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)
    notes: list[RowError] = field(default_factory=list)


def plan_import(hall: Hall, content: bytes, series: str = "") -> Plan:
    """Read a file and compare it with the hall; changes nothing. `series` is for new services that name none."""
    found = read_catalogue(content)
    plan = Plan(errors=list(found.errors), notes=found.notes)
    known = {each.code: each for each in _services(hall)}
    letters = dict(Series.objects.filter(hall=hall).values_list("letter", "is_active"))
    for item in found.items:
        row = _row_of(item, known.get(item.key), series)
        plan.errors.extend(_errors_of(item, row, letters, known.get(item.key)))
        _count(plan, row, known.get(item.key))
    return plan


def import_plan(hall: Hall, by: Actor, key: str, plan: Plan) -> None:
    """Carry a plan out in one command; a plan with errors or without rows does nothing. Raises Refused."""
    if plan.rows and not plan.errors:
        setup.load_services(hall.pk, by, key, rows=plan.rows)


def _services(hall: Hall) -> Any:
    return Service.objects.filter(hall=hall).select_related("department", "series")


def _row_of(item: Item, known: Service | None, series: str) -> dict[str, Any]:
    """What the file says, and for the rest what the hall has: an absent column changes nothing."""
    given = {"name": item.name, "name_mn": item.name_mn, "name_en": item.name_en, "minutes": item.minutes}
    given["also_called"] = item.also_called
    row: dict[str, Any] = {name: value for name, value in given.items() if value}
    if item.documents:
        row["documents"] = item.documents
    if item.tags:
        row["tags"] = list(item.tags)
    row["department"] = item.department or (known.department.name if known else "")
    row["series"] = item.series or (known.series.letter if known else series)
    return {"code": item.key, **row}


def _errors_of(
    item: Item, row: dict[str, Any], letters: dict[str, bool], known: Service | None
) -> list[RowError]:
    """What is missing; `letters` are the hall's series, and whether each is on."""
    errors = []
    if not row["department"]:
        errors.append(RowError(item.row, "department", "missing_department"))
    if not row["series"]:
        errors.append(RowError(item.row, "series", "missing_series"))
    elif row["series"] not in letters:
        errors.append(RowError(item.row, "series", "unknown_series", {"value": row["series"]}))
    elif not letters[row["series"]] and (known is None or known.is_active):
        errors.append(RowError(item.row, "series", "series_off", {"value": row["series"]}))
    return errors


def _count(plan: Plan, row: dict[str, Any], known: Service | None) -> None:
    if known is None:
        plan.made += 1
    elif all(_value(known, name) == value for name, value in row.items()):
        plan.unchanged += 1
        return
    else:
        plan.changed += 1
    plan.rows.append(row)


def _value(service: Service, name: str) -> Any:
    if name == "department":
        return service.department.name
    return service.series.letter if name == "series" else getattr(service, name)
