"""What the records say of each person's month; how each figure counts is said in docs/rankings.md."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Q

from hallqueue.figures.days import ONE_DAY, day_begins
from hallqueue.figures.reading import totals
from hallqueue.models import (
    Concern,
    Finding,
    Hall,
    HelpCall,
    Loan,
    Project,
    ProjectStep,
    ProjectTeam,
    Walkthrough,
)
from hallqueue.reporting.concerns.listing import month_of
from hallqueue.reporting.ledgers.figures import FIGURES
from hallqueue.reporting.tables import GOOD_LEVELS, rated

Counts = dict[str, float]
Found = Iterable[tuple[int, Counts]]
"""(person's id, figures) as often as one likes: they add up."""

AN_HOUR = 3600


@dataclass(frozen=True)
class Span:
    """A month of a hall as its records are asked for, and the moment of asking."""

    hall: Hall
    month: date
    now: datetime

    @cached_property
    def after(self) -> date:
        """The first day of the next month."""
        return month_of(f"{self.month:%Y-%m}")[1]

    @property
    def days(self) -> Q:
        """Rows of these business dates."""
        return Q(hall=self.hall, business_date__gte=self.month, business_date__lt=self.after)

    def at(self, field: str) -> Q:
        """Rows whose `field` is a moment of the month."""
        ends = {f"{field}__gte": self.begins, f"{field}__lt": self.ends}
        return Q(hall=self.hall, **ends)

    @cached_property
    def begins(self) -> datetime:
        """When the month begins in the hall."""
        return day_begins(self.hall, self.month)

    @cached_property
    def ends(self) -> datetime:
        """When the next one does."""
        return day_begins(self.hall, self.after)


def recorded(hall: Hall, month: date, now: datetime) -> dict[int, Counts]:
    """Every person's figures of a month, from the records as they are now: {person's id: {figure: number}}."""
    span, sums = Span(hall, month, now), dict[int, Counts]()
    for source in SOURCES:
        for person, counts in source(span):
            mine = sums.setdefault(person, {figure.name: 0.0 for figure in FIGURES})
            for name, count in counts.items():
                mine[name] += count
    decimals = {figure.name: figure.decimals for figure in FIGURES}
    return {
        person: {name: round(count, decimals[name]) for name, count in counts.items()}
        for person, counts in sums.items()
    }


def _seats(span: Span) -> Found:
    """As the hall's own figures have it, docs/figures.md."""
    for clerk, tally in totals(span.hall, span.month, span.after - ONE_DAY, by="clerk").items():
        calls = tally.under("call")
        counts: Counts = {"calls": sum(calls.values()), "served": calls.get("done", 0)}
        counts |= {"days": tally["seat.days"], "seat_hours": tally["seat.s"] / AN_HOUR}
        counts |= {"service_hours": tally.serves.seconds / AN_HOUR}
        levels = rated(tally)
        counts |= {"rated": sum(levels.values()), "satisfied": sum(levels[level] for level in GOOD_LEVELS)}
        yield int(clerk), counts


def _concerns(span: Span) -> Found:
    rows = Concern.objects.filter(span.at("resolved_at"), handler__isnull=False).order_by()
    in_time = Count("id", filter=Q(resolved_at__lt=F("due_at")))
    for handler, settled, timely in rows.values_list("handler").annotate(Count("id"), in_time=in_time):
        yield handler, {"concerns": settled, "concerns_in_time": timely}


def _findings(span: Span) -> Found:
    """Those one was to put right at any time of the month, and those of them that were struck off in it."""
    owned = Finding.objects.filter(hall=span.hall, owner__isnull=False, found_at__lt=span.ends)
    standing = owned.exclude(state=Finding.State.WITHDRAWN).exclude(closed_at__lt=span.begins).order_by()
    closed = Count("id", filter=Q(state=Finding.State.CLOSED) & span.at("closed_at"))
    for owner, count, struck in standing.values_list("owner").annotate(Count("id"), closed=closed):
        yield owner, {"findings_owned": count, "findings_closed": struck}


def _walkthroughs(span: Span) -> Found:
    walked = Walkthrough.objects.filter(span.days, state=Walkthrough.State.FINISHED)
    yield from _counted("walked", walked, "user")
    noted = Finding.objects.filter(span.at("found_at")).exclude(state=Finding.State.WITHDRAWN)
    yield from _counted("findings_noted", noted, "walkthrough__user")


def _projects(span: Span) -> Found:
    """Projects one has a part in, as leader or member of the team chosen, and steps finished in time as their owner."""
    teams = ProjectTeam.objects.filter(hall=span.hall, state=ProjectTeam.State.CHOSEN)
    begun = teams.filter(project__opened_on__lt=span.after).exclude(project__state=Project.State.WITHDRAWN)
    for team in begun.exclude(project__accepted_at__lt=span.begins).prefetch_related("members"):
        for person in {team.leader_id, *(member.pk for member in team.members.all())}:
            yield person, {"projects": 1}
    steps = ProjectStep.objects.filter(span.at("done_at"), owner__isnull=False, done_late=False)
    yield from _counted("project_steps", steps, "owner")


def _desk(span: Span) -> Found:
    helped = HelpCall.objects.filter(span.days, outcome=HelpCall.Outcome.HELPED, taken_by__isnull=False)
    yield from _counted("helped", helped, "taken_by")
    lent: Any = Loan.objects.filter(span.days).order_by().values_list("lent_by").annotate(Count("id"))
    for name, count in lent:
        kind, _, number = name.partition(":")
        if kind == "user" and number.isdecimal():
            yield int(number), {"lent": count}


def _counted(figure: str, rows: Any, person: str) -> Found:
    for user, count in rows.order_by().values_list(person).annotate(Count("id")):
        yield user, {figure: count}


SOURCES: tuple[Callable[[Span], Found], ...] = (
    _seats,
    _concerns,
    _findings,
    _walkthroughs,
    _projects,
    _desk,
)
