"""What stands on a ticket's slip: its words in the citizen's language, and the wait as it was at the issue."""

from collections.abc import Iterable
from typing import TypedDict

from django.conf import settings

from hallqueue.models import Hall, Klass, Rules, Ticket, Wording
from hallqueue.texts import has_text, text, worded
from hallqueue.topics.lines import lines_of
from hallqueue.topics.reading import Reading
from hallqueue.topics.rules import rule_sentences
from printers.models import PrintJob
from printers.slip import Slip


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


def slip_of(job: PrintJob) -> Slip:
    """The slip of a job; its ticket, service, department and hall are read where they are not at hand."""
    ticket, hall = job.ticket, job.hall
    with worded(Wording.overlay(hall)):
        return _worded_slip(job, ticket, hall)


def _worded_slip(job: PrintJob, ticket: Ticket, hall: Hall) -> Slip:
    # Mongolian sentences would lie on their side among lines; names stand in columns, sentences are Chinese.
    lang, spoken = ticket.language, "en" if ticket.language == "en" else "zh"
    return Slip(
        number=ticket.label,
        hall=_names(hall, _shown(hall, lang, "zh", "mn")),
        service=_names(ticket.service, _shown(hall, lang, "zh", *(["mn"] if lang == "mn" else []))),
        url=f"{settings.ENVIRONMENT.url}/t/{ticket.token}/",
        class_word=_class_word(ticket, spoken),
        ahead=_ahead(job, spoken),
        waiting=_waiting(job, spoken),
        place=_way(ticket, spoken) or _place(ticket, spoken),
        issued=_issued(ticket, hall, spoken),
        scan=text("slip.scan", spoken),
        rules=_rules(hall),
        copy_mark=text("slip.copy", spoken, copy=job.copy) if job.copy > 1 else "",
        languages=_order(hall, lang),
        mongolian_percent=hall.mn_size,
    )


def _order(hall: Hall, lang: str) -> tuple[str, ...]:
    """Who reads English reads it first; between Chinese and Mongolian the hall's one setting decides."""
    local = ("zh", "mn") if hall.chinese_first else ("mn", "zh")
    return ("en", *local) if lang == "en" else (*local, "en")


def _shown(hall: Hall, lang: str, *languages: str) -> tuple[str, ...]:
    found = [*languages, *(["en"] if lang == "en" else [])]
    return tuple(each for each in found if each != "mn" or hall.mn_shown)


def _names(named: object, languages: tuple[str, ...]) -> dict[str, str]:
    fields = {"zh": "name", "mn": "name_mn", "en": "name_en"}
    return {language: getattr(named, fields[language]) for language in languages}


def _rules(hall: Hall) -> tuple[str, ...]:
    """Numbered, so that a rule of two lines is seen to be one."""
    rules = [line.strip() for line in hall.slip_rules.splitlines() if line.strip()]
    rules += rule_sentences(Rules.of(hall))
    return tuple(f"{number}. {rule}" for number, rule in enumerate(rules, 1))


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


def _place(ticket: Ticket, lang: str) -> str:
    """Where to wait: the area of the department, whose windows the screens and the voice will name."""
    if ticket.fallback_reason == "asked":
        return text("slip.fallback", lang)
    zone = ticket.service.department.zone
    return text("slip.place", lang, zone=zone) if zone else ""


def _way(ticket: Ticket, lang: str) -> str:
    """The steps of a journey in one line, beginning with the area of the first; "" for other tickets."""
    if ticket.journey_id is None or ticket.fallback_reason:
        return ""
    steps = [step.service for step in ticket.steps.select_related("service") if not step.is_return]
    names = [(service.name_en if lang == "en" else "") or service.name for service in steps]
    way = text("slip.way", lang, way=" → ".join(f"{at}. {name}" for at, name in enumerate(names, 1)))
    place = _place(ticket, lang)
    return f"{place} {way}" if place else way


def _issued(ticket: Ticket, hall: Hall, lang: str) -> str:
    local = ticket.issued_at.astimezone(hall.local_zone)
    return text("slip.issued", lang, date=f"{local:%Y-%m-%d}", time=f"{local:%H:%M}")
