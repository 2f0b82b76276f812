"""One department (部门) as the hall's set-up page says it: made, renamed, moved, switched off."""

from typing import Any

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.house.bounds import bounded
from hallqueue.actions.line.tickets import plain_text
from hallqueue.errors import Refused
from hallqueue.models import Department, Service

LENGTHS = {"name": 100, "name_mn": 200, "name_en": 200, "zone": 40}
"""Its words, and how long each may be."""
LAST_PLACE = 9999


@command
def set_department(
    c: Command,
    *,
    code: str,
    name: str,
    name_mn: str = "",
    name_en: str = "",
    zone: str = "",
    order: int = 0,
    is_active: bool = True,
    is_new: bool = False,
) -> Answer:
    """Make (`is_new`) or change a department; its code stays. One that is switched off is offered nowhere any more.

    Raises Refused: not_allowed, department_code, department_exists, unknown_department, department_name,
    department_named, text_too_long, bad_figure, department_has_services.
    """
    c.managers_only()
    found = _made(c, code) if is_new else _found(c, code)
    before = told_of(found) if found.pk else {}
    typed = {"name": name, "name_mn": name_mn, "name_en": name_en, "zone": zone}
    for field, words in typed.items():
        setattr(found, field, plain_text(words, LENGTHS[field]))
    found.order, found.is_active = bounded("order", order, 0, LAST_PLACE), bool(is_active)
    _check(c, found)
    after = told_of(found)
    if before != after:
        found.save()
        c.log.record("setup.changed", what="department", code=found.code, before=before, after=after)
    return {"department": found.code}


def told_of(department: Department) -> dict[str, Any]:
    """A department as the log keeps it."""
    return {name: getattr(department, name) for name in (*LENGTHS, "order", "is_active")}


def _check(c: Command, found: Department) -> None:
    if not found.name:
        raise Refused("department_name")
    others = Department.objects.filter(hall=c.hall, name=found.name).exclude(pk=found.pk)
    if others.exists():
        raise Refused("department_named", name=found.name)
    on = Service.objects.filter(hall=c.hall, department_id=found.pk, is_active=True)
    if not found.is_active and (count := on.count()):
        raise Refused("department_has_services", name=found.name, count=count)


def _made(c: Command, code: str) -> Department:
    key = plain_text(code, 40)
    if not key or any(sign.isspace() for sign in key):
        raise Refused("department_code")
    if Department.objects.filter(hall=c.hall, code=key).exists():
        raise Refused("department_exists", department=key)
    return Department(hall=c.hall, code=key)


def _found(c: Command, code: str) -> Department:
    found = Department.objects.filter(hall=c.hall, code=plain_text(code, 40)).first()
    if found is None:
        raise Refused("unknown_department", 404)
    return found
