"""The dates of projects, said once: which steps a kind has, when each must next speak, and which light it shows."""

import calendar
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from hallqueue.models import Project, ProjectStep

CLAIM, TAKE_UP, ADVANCE, REVIEW, ACCOUNT = ProjectStep.Kind.values
PILOT, TACKLE = Project.Kind.values
STEPS: dict[str, tuple[str, ...]] = {
    PILOT: (TAKE_UP, ADVANCE, REVIEW, ACCOUNT),
    TACKLE: (ADVANCE, ACCOUNT),
}
RHYTHM = {ADVANCE: 1, REVIEW: 3}
"""Of these a word is wanted every so many months; of the others once, at their end."""

AMBER, TWO_WEEKS = timedelta(days=7), timedelta(days=14)
LONGEST = timedelta(days=731)
REST, GREEN, AMBER_LIGHT, RED, DONE = LIGHTS = ("rest", "green", "amber", "red", "done")
"""rest: not begun · green: time enough · amber: due within a week · red: past its day · done: finished."""

ALL_DONE = (Project.State.DELIVERED, Project.State.ACCEPTED)
"""Every step is done; what is delivered waits for a manager."""

NEW_YEAR_FROM = 10
"""A pilot project opened in or after this month is one of the next year."""


class Days(NamedTuple):
    """From when to when, both included."""

    begins_on: date
    ends_on: date


def usual_days(kind: str, today: date) -> dict[str, Days]:
    """What the form proposes for a project opened today; people change it."""
    if kind == TACKLE:
        half = today + timedelta(days=60)
        return {
            ADVANCE: Days(today, half),
            ACCOUNT: Days(half + timedelta(days=1), half + timedelta(days=15)),
        }
    year = today.year + (today.month >= NEW_YEAR_FROM)
    taken = max(date(year, 3, 31), today + timedelta(days=14))
    worked = Days(taken + timedelta(days=1), date(year, 11, 30))
    return {
        TAKE_UP: Days(today, taken),
        ADVANCE: worked,
        REVIEW: worked,
        ACCOUNT: Days(date(year, 12, 1), date(year, 12, 31)),
    }


def next_due(step: ProjectStep, last: date | None) -> date:
    """The day by which a step must next speak; `last` is the day of its newest entry.

    With a rhythm: the end of the month (or quarter) after that of its newest entry, or of the first, but never after
    its own end; the month in which it begins counts if two weeks of it are left. An entry counts for the month of the
    day it tells of: one that was missed stays in the story as late, it is not owed for ever.
    """
    months = RHYTHM.get(step.kind)
    if months is None:
        return step.ends_on
    if last is None or last < step.begins_on:
        return min(_period_end(step.begins_on + TWO_WEEKS, months), step.ends_on)
    return min(_period_end(_period_end(last, months) + timedelta(days=1), months), step.ends_on)


def light_of(step: ProjectStep, today: date, now: datetime) -> str:
    """One of LIGHTS. `today` is the hall's business date, `now` aware."""
    if step.done_at is not None:
        return DONE
    if not step.runs or step.begins_on > today:
        return REST
    if now >= step.due_at:
        return RED
    return AMBER_LIGHT if now >= step.due_at - AMBER else GREEN


def worst_of(project: Project, lights: Iterable[str]) -> str:
    """The light of a whole project: the worst of its steps while it runs, done once all of them are."""
    if project.state in ALL_DONE:
        return DONE
    if project.state not in Project.RUNS:
        return REST
    seen = set(lights)
    return next((each for each in (RED, AMBER_LIGHT) if each in seen), GREEN)


def shining(light: str, today: date, now: datetime) -> Q:
    """The projects whose whole light is `light`, for a list; agrees with `worst_of`."""
    runs = Q(state__in=Project.RUNS)
    open_steps = _running_steps().filter(begins_on__lte=today)
    red, amber = (Exists(open_steps.filter(due_at__lte=moment)) for moment in (now, now + AMBER))
    return {
        RED: runs & Q(red),
        AMBER_LIGHT: runs & ~Q(red) & Q(amber),
        GREEN: runs & ~Q(red) & ~Q(amber),
        DONE: Q(state__in=ALL_DONE),
        REST: ~runs & ~Q(state__in=ALL_DONE),
    }[light]


def _running_steps() -> QuerySet[ProjectStep]:
    """As `ProjectStep.runs`, for a project of the query around it."""
    running, posted = Q(project__state=Project.State.RUNNING), Q(project__state=Project.State.POSTED)
    mine = ProjectStep.objects.filter(project=OuterRef("pk"), done_at=None)
    return mine.filter(running | (posted & Q(kind=CLAIM)))


def _period_end(day: date, months: int) -> date:
    """The last day of the month or quarter of a day."""
    month = (day.month - 1) // months * months + months
    return date(day.year, month, calendar.monthrange(day.year, month)[1])
