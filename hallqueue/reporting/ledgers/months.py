"""A month of the ledger: who is in it, what the records said, what was put right, and whether it is closed."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q, QuerySet

from hallqueue.errors import Refused
from hallqueue.fairness import FEWEST_CASES
from hallqueue.figures.days import months_offered
from hallqueue.figures.folding import first_day
from hallqueue.models import Hall, LedgerClosing, LedgerCorrection, LedgerRules, User
from hallqueue.reporting.ledgers.figures import FIGURES, OF_RATINGS, RATED, Figure
from hallqueue.reporting.ledgers.filling import Counts, recorded

MOST_MONTHS = 36
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Cell:
    """One figure of a person: what the records said, and the correction that counts instead."""

    figure: Figure
    recorded: float
    correction: LedgerCorrection | None = None
    is_withheld: bool = False

    @property
    def value(self) -> float:
        """What counts."""
        found = self.recorded if self.correction is None else self.correction.value
        return found if self.figure.decimals else int(found)

    @property
    def said(self) -> float:
        """What the records said, as it is shown."""
        return self.recorded if self.figure.decimals else int(self.recorded)


@dataclass(frozen=True)
class Row:
    """A person's month; `cells` stand in the order of FIGURES."""

    user: User
    cells: list[Cell]


@dataclass(frozen=True)
class Ledger:
    """A month of everybody it is kept for; a closed one says what was so when it was closed."""

    month: date
    rows: list[Row]
    closing: LedgerClosing | None
    is_over: bool

    @property
    def is_open(self) -> bool:
        """Whether it may be put right and closed."""
        return self.is_over and self.closing is None

    @property
    def state_key(self) -> str:
        """The words for whether it runs, may be put right or is closed."""
        if self.closing is not None:
            return "ranking.ledger.closed"
        return "ranking.ledger.open" if self.is_over else "ranking.ledger.running"

    @property
    def is_empty(self) -> bool:
        """Whether neither a record nor a correction tells anything of anybody."""
        return not any(cell.recorded or cell.correction for row in self.rows for cell in row.cells)

    def row_of(self, person: int) -> Row | None:
        """The row of a person, by id."""
        return next((row for row in self.rows if row.user.pk == person), None)


def month_asked(asked: str, hall: Hall, now: datetime) -> date:
    """The first day of a month as typed ("2026-11"; "" is this one). Raises Refused: bad_month, month_to_come."""
    today = hall.business_date(now)
    if not asked:
        return today.replace(day=1)
    if not _MONTH.fullmatch(asked):
        raise Refused("bad_month", 400, month=asked[:20])
    found = date(int(asked[:4]), int(asked[5:]), 1)
    if found > today:
        raise Refused("month_to_come", 400, month=asked)
    return found


def months_of(hall: Hall, now: datetime, asked: str) -> list[str]:
    """The months of which anything is known and the one asked for, newest first, three years and a month at most."""
    offered = months_offered(first_day(hall), hall.business_date(now))[: MOST_MONTHS + 1]
    return sorted({asked, *offered}, reverse=True)


def kept_for(hall: Hall) -> QuerySet[User]:
    """Whose ledger the hall keeps."""
    everybody = LedgerRules.objects.filter(hall=hall, everybody=True).exists()
    people = User.objects.filter(hall=hall).order_by("username")
    return people if everybody else people.filter(is_party_member=True)


def closing_of(hall: Hall, month: date) -> LedgerClosing | None:
    """The closing that stands, if the month is closed."""
    return LedgerClosing.objects.filter(hall=hall, month=month, reopened_at=None).first()


def ledger_of(hall: Hall, month: date, now: datetime, person: User | None = None) -> Ledger:
    """The ledger of a month, whole or a single person's; who left the hall stays where there is something to tell."""
    closing, is_over = closing_of(hall, month), month < hall.business_date(now).replace(day=1)
    people = _as_closed(closing) if closing else _as_recorded(hall, month, now)
    wanted = [(user, counts) for user, counts in people if person is None or user == person]
    corrections = _corrections(hall, month)
    rows = [Row(user, _cells(counts, corrections.get(user.pk, {}))) for user, counts in wanted]
    return Ledger(month, rows, closing, is_over)


def discreet(ledger: Ledger) -> Ledger:
    """The same for one's own eyes: nobody learns who rated by ratings of very few, or of a month that still runs."""
    return replace(ledger, rows=[_discreet(row, ledger.is_over) for row in ledger.rows])


def _discreet(row: Row, is_over: bool) -> Row:
    count = next(cell.value for cell in row.cells if cell.figure.name == RATED)
    if is_over and count >= FEWEST_CASES:
        return row
    hidden = [replace(cell, is_withheld=cell.figure.name in OF_RATINGS) for cell in row.cells]
    return Row(row.user, hidden)


def _as_closed(closing: LedgerClosing) -> list[tuple[User, Counts]]:
    entries = closing.entries.select_related("user").order_by("user__username")
    return [(entry.user, entry.figures) for entry in entries]


def _as_recorded(hall: Hall, month: date, now: datetime) -> list[tuple[User, Counts]]:
    found = recorded(hall, month, now)
    people = kept_for(hall).filter(Q(is_active=True) | Q(pk__in=found))
    return [(user, found.get(user.pk, {})) for user in people]


def _corrections(hall: Hall, month: date) -> dict[int, dict[str, LedgerCorrection]]:
    newest: dict[int, dict[str, LedgerCorrection]] = {}
    for each in LedgerCorrection.objects.filter(hall=hall, month=month).order_by("id"):
        newest.setdefault(each.user_id, {})[each.figure] = each
    return newest


def _cells(counts: Counts, corrections: dict[str, LedgerCorrection]) -> list[Cell]:
    return [Cell(figure, counts.get(figure.name, 0.0), corrections.get(figure.name)) for figure in FIGURES]
