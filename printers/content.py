"""What stands on a ticket's slip: its words in the citizen's language, and the wait as it was at the issue."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypedDict

from django.conf import settings

from hallqueue.actions.cases.ratings import slip_code
from hallqueue.models import Hall, Klass, Service, Ticket, Wording
from hallqueue.texts import has_text, named, text
from hallqueue.topics.lines import lines_of
from hallqueue.topics.reading import Reading
from hallqueue.topics.rules import what_to_know
from printers.designs import STANDARD, Design
from printers.models import PrintJob
from printers.slip import Slip
from printers.wording import is_mongolian


class Wait(TypedDict):
    """People before a ticket, and the range of its wait in minutes; None where nothing honest is known."""

    ahead: int | None
    low: int | None
    high: int | None


def waits_of(hall: Hall, tickets: Iterable[int]) -> dict[int, Wait]:
    """The wait of each of these tickets that still waits, read in the caller's transaction."""
    reading, wanted = Reading(hall), set(tickets)
    rows = [row for row in reading.waiting if row["id"] in wanted] if wanted else []
    lines = lines_of(reading) if rows else None
    found: dict[int, Wait] = {}
    for row in rows:
        assert lines is not None
        ordinary = row["for_window_id"] is None and not row["fallback_reason"]
        expected = lines.expected(row["service_id"], row) if ordinary else None
        low, high = (expected.low, expected.high) if expected else (None, None)
        found[row["id"]] = {"ahead": lines.ahead_of(row), "low": low, "high": high}
    return found


def slip_of(job: PrintJob, ticket: Ticket, design: Design = STANDARD) -> Slip:
    """The slip of a ticket's job; its service, department and hall are read where they are not at hand."""
    # Mongolian sentences would lie on their side among lines: names, wait, place and rules stand in columns.
    hall, spoken = job.hall, spoken_in(ticket.language)
    slip = Slip(
        number=ticket.label,
        hall={},
        service=names_of(ticket.journey or ticket.service),
        url=f"{settings.ENVIRONMENT.url}/t/{ticket.token}/",
        class_word=_class_word(ticket, spoken),
        ahead=_ahead(job, spoken),
        waiting=_waiting(job, spoken),
        told_mn=_told_mn(job, ticket) if ticket.language == "mn" else "",
        place=_place(hall, ticket, spoken),
        steps=_steps(ticket, spoken),
        documents=documents_of(hall, ticket.service.documents_to_bring, spoken),
        documents_mn=documents_mn(hall, ticket.service.documents_to_bring, ticket.language),
        issued=issued_words(hall, ticket.issued_at, spoken),
        code=text("slip.code", spoken, code=slip_code(ticket)),
        copy_mark=text("slip.copy", spoken, copy=job.copy) if job.copy > 1 else "",
    )
    return dressed(slip, hall, design, ticket.language, ticket.klass)


def dressed(slip: Slip, hall: Hall, design: Design, language: str, klass: str = Klass.ORDINARY) -> Slip:
    """The slip with what the hall says on every one of its slips, laid out as its design wants."""
    return replace(
        slip,
        hall=names_of(hall),
        rules=_rules(hall, spoken_in(language), klass),
        rules_mn=_rules_mn(hall, klass) if language == "mn" and hall.mn_shown else (),
        scan=text("slip.scan", spoken_in(language)),
        footer=design.footer,
        footer_mn=design.footer_mn,
        logo=design.logo,
        lines=design.lines,
        languages=languages_of(hall, language, design.both_languages),
        mongolian_percent=hall.mn_size,
    )


def spoken_in(language: str) -> str:
    """The language of the sentences."""
    return "en" if language == "en" else "zh"


def languages_of(hall: Hall, language: str, both: bool) -> tuple[str, ...]:
    """Who reads English reads it first; between Chinese and Mongolian the hall's one setting decides."""
    local: tuple[str, ...] = ("zh", "mn") if hall.chinese_first else ("mn", "zh")
    if not hall.mn_shown or not (both or language == "mn"):
        local = ("zh",)
    return ("en", *local) if language == "en" else local


def names_of(named: object) -> dict[str, str]:
    """The names of a hall or a service by language."""
    fields = {"zh": "name", "mn": "name_mn", "en": "name_en"}
    return {language: getattr(named, name) for language, name in fields.items()}


def documents_of(hall: Hall, listed: Iterable[str], lang: str) -> tuple[str, ...]:
    """A heading, and what to bring, in Chinese where it is not worded; nothing where nobody has written it down."""
    shown = [f"□ {each[lang] or each['zh']}" for each in _documents(hall, listed)]
    return (text("slip.documents", lang), *shown) if shown else ()


def documents_mn(hall: Hall, listed: Iterable[str], language: str) -> tuple[str, ...]:
    """The same in one sentence for who reads Mongolian, as far as it is worded."""
    worded = [each["mn"] for each in _documents(hall, listed) if each["mn"]]
    wanted = worded and language == "mn" and hall.mn_shown
    return (text("slip.documents", "mn"), "᠂ ".join(worded)) if wanted else ()


def _documents(hall: Hall, listed: Iterable[str]) -> list[dict[str, str]]:
    return [Wording.phrase(hall, Wording.DOCUMENT, line) for line in listed]


def steps_of(services: Iterable[tuple[str, str]], heading: str) -> tuple[str, ...]:
    """The way of a journey or the matters of a visit, a heading first; `services` are names and areas."""
    listed = (f"{at}. {name} {zone}".rstrip() for at, (name, zone) in enumerate(services, 1))
    return (heading, *listed)


def heading_of(stages: Sequence[int], lang: str) -> str:
    """What stands above the steps of a journey: which of them may be done in any order, those of one stage."""
    places = ([at for at, each in enumerate(stages, 1) if each == stage] for stage in sorted({*stages}))
    between = text("routing.between", lang)
    loose = " / ".join(between.join(map(str, each)) for each in places if len(each) > 1)
    return text("slip.steps_any_order", lang, steps=loose) if loose else text("slip.steps", lang)


def issued_words(hall: Hall, moment: datetime, lang: str) -> str:
    """When the number was taken, by the clock of the hall."""
    local = moment.astimezone(hall.local_zone)
    return text("slip.issued", lang, date=f"{local:%Y-%m-%d}", time=f"{local:%H:%M}")


def _rules(hall: Hall, lang: str, klass: str) -> tuple[str, ...]:
    """Numbered, so that a rule of two lines is seen to be one."""
    rules = what_to_know(hall, lang, klass)
    return tuple(f"{number}. {rule}" for number, rule in enumerate(rules, 1))


def _rules_mn(hall: Hall, klass: str) -> tuple[str, ...]:
    """Those that are worded in Mongolian; the others stand there in Chinese already."""
    return tuple(rule for rule in _rules(hall, "mn", klass) if any(map(is_mongolian, rule)))


def _class_word(ticket: Ticket, lang: str) -> str:
    if ticket.klass == Klass.ORDINARY:
        return ""
    word, kind = text(f"words.class.{ticket.klass}", lang), f"words.priority.{ticket.priority_kind}"
    return f"{word} · {text(kind, lang)}" if has_text(kind) else word


def _ahead(job: PrintJob, lang: str) -> str:
    if job.ahead is None:
        return ""
    return text("slip.ahead", lang, count=job.ahead) if job.ahead else text("slip.first", lang)


def _waiting(job: PrintJob, lang: str) -> str:
    if job.high is None:
        return ""
    return text("slip.wait" if job.low else "slip.wait_under", lang, low=job.low, high=job.high)


def _told_mn(job: PrintJob, ticket: Ticket) -> str:
    told = (_ahead(job, "mn"), _waiting(job, "mn"), _place(job.hall, ticket, "mn"))
    return " ".join(filter(None, told))


def _place(hall: Hall, ticket: Ticket, lang: str) -> str:
    """Where to wait: the area of the department, whose windows the screens and the voice will name.

    Whoever was sent to one window waits where that stands.
    """
    seat = ticket.for_window
    if ticket.fallback_reason or (seat is not None and seat.is_fallback):
        return text("slip.fallback", lang)
    zone = zone_in(hall, seat.zone if seat is not None else ticket.service.department.zone, lang)
    return text("slip.place", lang, zone=zone) if zone else ""


def zone_in(hall: Hall, zone: str, lang: str) -> str:
    """A zone in a language, in Chinese where the hall has no word for it."""
    return Wording.phrase(hall, Wording.ZONE, zone)[lang] or zone


def _steps(ticket: Ticket, lang: str) -> tuple[str, ...]:
    """The steps of a journey, or the several matters of a visit (并号); none for the usual ticket."""
    back: list[tuple[str, str]] = []
    if ticket.journey_id is not None and not ticket.fallback_reason:
        steps = list(ticket.steps.all())
        way = [step.service_id for step in steps if not step.is_return]
        back = [(text("journeys.back", lang), "") for step in steps if step.is_return]
        heading = heading_of([step.stage for step in steps], lang)
    else:
        way = [matter["service"] for matter in ticket.matters] if len(ticket.matters) > 1 else []
        heading = text("slip.matters", lang)
    found = Service.objects.select_related("department").in_bulk(way)
    services = [found[pk] for pk in way]
    names = [named(service.name, service.name_en, lang) for service in services]
    zones = (zone_in(ticket.hall, each.department.zone, lang) for each in services)
    return steps_of([*zip(names, zones, strict=True), *back], heading) if services else ()
