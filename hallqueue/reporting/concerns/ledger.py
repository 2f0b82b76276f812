"""The ledger of concerns as a workbook: every column a ledger of a hall asks for, persons masked as on the screen."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from hallqueue.cases.clock import is_late
from hallqueue.models import Concern, Hall
from hallqueue.sheets.writing import Sheet, workbook_of
from hallqueue.texts import text

MOST_ROWS = 20_000

Read = Callable[[Concern, str, datetime], Any]

# Column, width, value.
COLUMNS: tuple[tuple[str, int, Read], ...] = (
    ("number", 12, lambda c, lang, now: c.label),
    ("received_on", 12, lambda c, lang, now: c.received_on.isoformat()),
    ("channel", 12, lambda c, lang, now: text(f"concern.channel.{c.channel}", lang)),
    ("person", 10, lambda c, lang, now: c.name_masked),
    ("phone", 14, lambda c, lang, now: c.phone_masked),
    ("ticket", 10, lambda c, lang, now: c.ticket.label if c.ticket else ""),
    ("service", 30, lambda c, lang, now: str(c.service or "")),
    ("department", 18, lambda c, lang, now: str(c.department or "")),
    ("kind", 12, lambda c, lang, now: text(f"concern.kind.{c.kind}", lang)),
    ("step", 18, lambda c, lang, now: c.step),
    ("failed", 40, lambda c, lang, now: c.failed),
    ("tries", 8, lambda c, lang, now: c.tries),
    ("wish", 30, lambda c, lang, now: c.wish),
    ("photos", 8, lambda c, lang, now: getattr(c, "photo_count", 0)),
    ("grade", 16, lambda c, lang, now: c.grade.name),
    ("due_on", 12, lambda c, lang, now: c.due_on.isoformat()),
    ("state", 10, lambda c, lang, now: text(f"words.concern_state.{c.state}", lang)),
    ("late", 8, lambda c, lang, now: text("concern.late", lang) if is_late(c, now) else ""),
    ("level", 12, lambda c, lang, now: text(f"concern.level.{c.level}", lang)),
    ("handler", 12, lambda c, lang, now: str(c.handler or "")),
    ("measures", 40, lambda c, lang, now: c.measures),
    ("answer", 40, lambda c, lang, now: c.answer),
    ("told_how", 14, lambda c, lang, now: c.told_how),
    ("satisfaction", 12, lambda c, lang, now: _satisfaction(c, lang)),
    ("call_back", 30, lambda c, lang, now: c.call_back_note),
    ("cause", 18, lambda c, lang, now: str(c.cause or "")),
    ("improvement", 30, lambda c, lang, now: c.improvement),
    ("resolved_on", 12, lambda c, lang, now: _day(c, c.resolved_at)),
    ("archived_on", 12, lambda c, lang, now: _day(c, c.archived_at)),
)


def ledger_of(hall: Hall, concerns: Iterable[Concern], lang: str, now: datetime) -> bytes:
    """The concerns as an XLSX file."""
    head = [text(f"concern.column.{name}", lang) for name, _, _ in COLUMNS]
    rows = (_row(hall, concern, lang, now) for concern in concerns)
    widths = [width for _, width, _ in COLUMNS]
    return workbook_of(Sheet(text("concern.ledger", lang), head, rows, widths, of=hall.name))


def _row(hall: Hall, concern: Concern, lang: str, now: datetime) -> list[Any]:
    concern.hall = hall
    return [read(concern, lang, now) for _, _, read in COLUMNS]


def _satisfaction(concern: Concern, lang: str) -> str:
    return text(f"concern.satisfaction.{concern.satisfaction}", lang) if concern.satisfaction else ""


def _day(concern: Concern, moment: datetime | None) -> str:
    return moment.astimezone(concern.hall.local_zone).date().isoformat() if moment else ""
