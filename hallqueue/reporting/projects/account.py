"""The account of a year (年底交账): every project of the year with what it promised and what became of it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from hallqueue.cases.project_dates import RED
from hallqueue.models import Hall, Project
from hallqueue.reporting.projects.listing import Shown, shown, with_parts

PARTS: Mapping[str, Callable[[Shown], bool]] = {
    "accepted": lambda row: row.project.state == Project.State.ACCEPTED,
    "open": lambda row: row.project.state in Project.UNSETTLED,
    "red": lambda row: row.light == RED,
}
"""What of an account may be looked at alone."""


class Account(NamedTuple):
    """A year's projects, the withdrawn ones counted but not listed."""

    year: int
    rows: list[Shown]
    accepted: int
    running: int
    late: int
    withdrawn: int
    cases: int

    def part(self, name: str) -> list[Shown]:
        """The projects of one of PARTS; every one where it is none of them."""
        belongs = PARTS.get(name)
        return [row for row in self.rows if belongs(row)] if belongs else self.rows


def account_of(hall: Hall, year: int, today: date, now: datetime) -> Account:
    """The account of the projects opened in a year, as it stands now."""
    found = Project.objects.filter(hall=hall, year=year)
    kept = with_parts(found.exclude(state=Project.State.WITHDRAWN)).order_by("kind", "number")
    rows = [shown(project, today, now) for project in kept]
    return Account(
        year,
        rows,
        accepted=sum(map(PARTS["accepted"], rows)),
        running=sum(map(PARTS["open"], rows)),
        late=sum(map(PARTS["red"], rows)),
        withdrawn=found.filter(state=Project.State.WITHDRAWN).count(),
        cases=sum(row.concerns + row.findings + row.ratings for row in rows),
    )


def years_of(hall: Hall, today: date) -> list[int]:
    """The years in which a project was opened, newest first, and this one."""
    years = Project.objects.filter(hall=hall).order_by().values_list("year", flat=True).distinct()
    return sorted({*years, today.year}, reverse=True)
