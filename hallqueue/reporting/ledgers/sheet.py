"""The ledger of a month as a workbook: the figures, and on a second sheet everything that was put right by hand."""

from typing import Any

from hallqueue.models import Hall, LedgerCorrection
from hallqueue.reporting.concerns.story import names_of
from hallqueue.reporting.ledgers.figures import FIGURES
from hallqueue.reporting.ledgers.months import Ledger, Row
from hallqueue.sheets.writing import NARROW, Sheet
from hallqueue.sheets.writing import workbook_of as written
from hallqueue.texts import text

NAME, ROLE, WIDE = 14, 12, 40
CORRECTED = ("person", "figure", "recorded", "value", "reason", "by", "at")


def corrections_of(hall: Hall, ledger: Ledger) -> list[LedgerCorrection]:
    """Every correction of a month to the people it shows, the older ones too, oldest first."""
    people = {row.user.pk: row for row in ledger.rows}
    found = LedgerCorrection.objects.filter(hall=hall, month=ledger.month, user__in=people)
    return [
        each for each in found.select_related("user").order_by("id") if not _hides(people[each.user_id], each)
    ]


def _hides(row: Row, correction: LedgerCorrection) -> bool:
    return any(cell.is_withheld and cell.figure.name == correction.figure for cell in row.cells)


def workbook_of(hall: Hall, ledger: Ledger, lang: str) -> bytes:
    """An XLSX file."""
    corrected = [text(f"ranking.ledger.{name}", lang) for name in CORRECTED]
    title, month = text("ranking.ledger.title", lang), f"{ledger.month:%Y-%m}"
    of = f"{hall.name} {month} {text(ledger.state_key, lang)}"
    return written(
        Sheet(f"{title} {month}", _head(lang), _rows(ledger, lang), (NAME, ROLE), of=of),
        Sheet(
            text("ranking.ledger.corrections", lang),
            corrected,
            _corrected(hall, ledger, lang),
            (NAME, NAME, NARROW, NARROW, WIDE),
            of=of,
        ),
    )


def _head(lang: str) -> list[str]:
    named = [text("ranking.ledger.person", lang), text("ranking.ledger.role", lang)]
    return [*named, *(text(figure.key, lang) for figure in FIGURES)]


def _rows(ledger: Ledger, lang: str) -> list[list[Any]]:
    return [
        [
            str(row.user),
            text(row.user.role_key, lang),
            *("" if cell.is_withheld else cell.value for cell in row.cells),
        ]
        for row in ledger.rows
    ]


def _corrected(hall: Hall, ledger: Ledger, lang: str) -> list[list[Any]]:
    found = corrections_of(hall, ledger)
    names = names_of([each.by for each in found], lang)
    return [
        [
            *(str(each.user), text(f"ranking.figure.{each.figure}", lang), each.recorded, each.value),
            *(each.reason, names[each.by], f"{each.at.astimezone(hall.local_zone):%Y-%m-%d %H:%M}"),
        ]
        for each in found
    ]
