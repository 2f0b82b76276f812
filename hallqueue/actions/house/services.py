"""One service (事项) as the hall's set-up page says it: made, changed, switched off; who waits is re-routed at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.house.bounds import bounded
from hallqueue.actions.house.rerouting import rerouting
from hallqueue.actions.house.rules import refuse_stranding, taken, write_out
from hallqueue.actions.house.series import series_of
from hallqueue.actions.line.tickets import plain_text
from hallqueue.errors import Refused
from hallqueue.models import Appointment, Department, Hall, Service
from hallqueue.pinyin import initials_of, pinyin_of
from hallqueue.routing import waiting
from hallqueue.sheets.catalogue import names_in
from hallqueue.texts import texts_of

LONGEST_MINUTES, HIGHEST_WEIGHT = 480, 999
LONGEST_CALLED = 200
_TAG = "words.tag."


def known_tags() -> list[str]:
    """The tags that screens have words for."""
    return [key.removeprefix(_TAG) for key in texts_of("words") if key.startswith(_TAG)]


@command
@rerouting
def set_service(
    c: Command,
    *,
    code: str,
    name: str,
    department: str,
    series: str,
    name_mn: str = "",
    name_en: str = "",
    also_called: str = "",
    group: str = "",
    documents: str = "",
    tags: Sequence[str] = (),
    minutes: int = 10,
    weight: int = 1,
    is_active: bool = True,
    is_new: bool = False,
    anyway: bool = False,
) -> Answer:
    """Make (`is_new`) or change a service; `department` is a code, `series` a letter, `also_called` what people call
    it besides (俗称), parted by commas. Numbers already given stay.

    Answers with `served`: whether some window takes it. Raises Refused: not_allowed, service_code, service_exists,
    unknown_service, service_name, unknown_department, unknown_series, bad_figure, unknown_tag, service_awaited,
    service_booked, department_off, series_off, text_too_long, service_has_people (unless `anyway`: then the fallback
    window has them).
    """
    c.managers_only()
    service = _made(c.hall, code) if is_new else _found(c.hall, code)
    before = told_of(service) if service.pk else {}
    if service.pk and not is_active:
        refuse_while_awaited(c.hall, service, c.now)
    service.name, service.name_mn = plain_text(name, 200), plain_text(name_mn, 400)
    service.name_en, service.group = plain_text(name_en, 300), plain_text(group, 40)
    service.also_called = names_called(also_called)
    service.documents, service.tags = _lines(documents), _tags(tags)
    service.department, service.series = _department(c.hall, department), series_of(c.hall, series)
    service.minutes = bounded("minutes", minutes, 1, LONGEST_MINUTES)
    service.weight = bounded("weight", weight, 0, HIGHEST_WEIGHT)
    service.is_active = bool(is_active)
    if not service.name:
        raise Refused("service_name")
    _refuse_off(service)
    _save(c.hall, service, anyway=anyway)
    after = told_of(service)
    if before != after:
        told = {each: value for each, value in after.items() if before.get(each) != value}
        was = {each: before[each] for each in told if each in before}
        c.log.record("setup.changed", what="service", code=service.code, before=was, after=told)
    return {"service": service.code, "served": service.pk in taken(c.hall)}


def refuse_while_awaited(hall: Hall, service: Service, now: datetime) -> None:
    """A service that people wait for or have booked is not switched off. Raises Refused: service_awaited,
    service_booked."""
    if people := waiting(hall).filter(service=service).count():
        raise Refused("service_awaited", name=service.name, people=people)
    booked = Appointment.objects.filter(slot__service=service, state=Appointment.State.BOOKED)
    if people := booked.filter(slot__date__gte=hall.local_date(now)).count():
        raise Refused("service_booked", name=service.name, people=people)


def spell(service: Service) -> None:
    """Let it be found by the sound of each of its names."""
    service.pinyin = " ".join(map(pinyin_of, service.all_names))[:1000]
    service.initials = " ".join(map(initials_of, service.all_names))[:200]


def names_called(text: str) -> str:
    """What people call a service, each once, as they are kept: 社保卡、市民卡; raises Refused: text_too_long."""
    kept = "、".join(names_in("、".join(plain_text(each, 200) for each in names_in(text))))
    if len(kept) > LONGEST_CALLED:
        raise Refused("text_too_long", 400, limit=LONGEST_CALLED)
    return kept


def told_of(service: Service) -> dict[str, Any]:
    """A service as the log keeps it."""
    plain = (
        "name",
        "name_mn",
        "name_en",
        "also_called",
        "group",
        "documents",
        "tags",
        "minutes",
        "weight",
        "is_active",
    )
    told = {name: getattr(service, name) for name in plain}
    return told | {"department": service.department.code, "series": service.series.letter}


def _refuse_off(service: Service) -> None:
    """What is chosen by citizens belongs to nothing that is switched off."""
    if service.is_active and not service.department.is_active:
        raise Refused("department_off", name=service.department.name)
    refuse_series_off(service)


def refuse_series_off(service: Service) -> None:
    """Nobody's number is to come from a series that is switched off. Raises Refused: series_off."""
    if service.is_active and not service.series.is_active:
        raise Refused("series_off", letter=service.series.letter)


def _found(hall: Hall, code: str) -> Service:
    own = Service.objects.filter(hall=hall, code=plain_text(code, 120))
    found = own.select_related("department", "series").first()
    if found is None:
        raise Refused("unknown_service", 404)
    return found


def _made(hall: Hall, code: str) -> Service:
    key = plain_text(code, 120)
    if not key or any(sign.isspace() for sign in key):
        raise Refused("service_code")
    own = Service.objects.filter(hall=hall)
    if own.filter(code=key).exists():
        raise Refused("service_exists", service=key)
    return Service(hall=hall, code=key, order=own.count())


def _save(hall: Hall, service: Service, *, anyway: bool) -> None:
    """Write it down, and what windows take of its department and group; who waits for it keeps a window."""
    taken_before = taken(hall)
    spell(service)
    service.save()
    write_out(hall)
    if not anyway:
        refuse_stranding(hall, taken_before - taken(hall))


def _department(hall: Hall, code: str) -> Department:
    found = Department.objects.filter(hall=hall, code=plain_text(code, 40)).first()
    if found is None:
        raise Refused("unknown_department", 404)
    return found


def _lines(text: str) -> str:
    """What to bring: a line each, empty ones left out; raises Refused: text_too_long."""
    lines = [plain_text(line, 1000) for line in text.splitlines()]
    kept = "\n".join(line for line in lines if line)
    if len(kept) > 1000:
        raise Refused("text_too_long", 400, limit=1000)
    return kept


def _tags(tags: Sequence[str]) -> list[str]:
    known = known_tags()
    for tag in tags:
        if tag not in known:
            raise Refused("unknown_tag", 404, detail=str(tag)[:40])
    return [tag for tag in known if tag in tags]
