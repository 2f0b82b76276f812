"""The hall's own worker: long waits, alarms, reminders, what ends by itself, cases, days that are over, figures."""

import math
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Subquery
from django.utils import timezone

from hallqueue.actions.appointments import count_missed, needs_counting
from hallqueue.actions.cases.concern_round import concerns_moved, look_after_concerns
from hallqueue.actions.cases.finding_round import findings_moved, look_after_findings
from hallqueue.actions.cases.project_round import look_after_projects, projects_moved
from hallqueue.actions.cases.rating_round import look_after_ratings, ratings_moved
from hallqueue.actions.command import THE_HALL, Answer, new_key
from hallqueue.actions.day import close_days, needs_closing
from hallqueue.actions.line.fallback import bring_overdue, is_overdue
from hallqueue.actions.line.journeys import may_reroute, reroute_free
from hallqueue.actions.round import alarm_kinds
from hallqueue.actions.round.ageing import look_at_waits, waits_moved
from hallqueue.actions.round.alarm_kinds import GRACE, WATCHES
from hallqueue.actions.round.alarms import alarms_moved, look_round, standing_alarms
from hallqueue.actions.round.figures import figures_wait, keep_figures
from hallqueue.actions.round.reminders import remind, reminders_due
from hallqueue.actions.round.reports import keep_due, reports_due
from hallqueue.actions.round.timed import end_due, is_due
from hallqueue.models import Hall, Presence
from hallqueue.transactions import one_read

EVERY, BREATH = 2.0, 0.03
RESTS = 4.0
"""Seconds between two looks at a hall whose log stands still: so an alarm that time brings about comes within 5 s."""
SETTLES = 15.0
"""Seconds from its beginning in which a process may still have to take over the leases of the one before it."""
BY_DAY = 10.0
"""Seconds between two looks for what comes about with hours and working days: of it nobody counts the seconds."""
STIRS = GRACE + timedelta(seconds=2 * EVERY)
"""Whose browser or screen is gone is missed after GRACE, which the log does not tell: so long no hall is still."""


class Question(NamedTuple):
    """A cheap read, and the command that is said when it is true; `by_day` ones are asked less often."""

    asked: Callable[[Hall, datetime], bool]
    act: Callable[..., Answer]
    by_day: bool = False


class Watch:
    """The worker; it knows when it saw which head of a hall's log, and when it last asked a hall everything."""

    def __init__(
        self, breath: float = 0.0, rests: float = RESTS, by_day: float = BY_DAY, settles: float = SETTLES
    ) -> None:
        self._breath, self._rests, self._by_day = breath, rests, by_day
        self._settled_at = time.monotonic() + settles
        self._seen: dict[int, tuple[str, int, float]] = {}
        self._asked_all: dict[int, float] = {}

    def look(self) -> float:
        """One look at every hall that moved since the last, or was not looked at for long; the seconds to wait.

        Whoever left just now is to be missed after GRACE: the next look comes then, not later.
        """
        begun, now = time.monotonic(), timezone.now()
        gone = Presence.objects.filter(hall=OuterRef("pk"), gone_at__gte=now - STIRS)
        left = gone.filter(gone_at__gt=now - GRACE, gone_at__gte=F("seen_at")).order_by("gone_at")
        missed: list[datetime] = []
        for hall in Hall.objects.annotate(
            is_stirred=Exists(gone), left_at=Subquery(left.values("gone_at")[:1])
        ):
            missed += [hall.left_at + GRACE] if hall.left_at else []
            epoch, seq, at = self._seen.get(hall.pk, ("", 0, 0.0))
            if (epoch, seq) != (hall.epoch, hall.seq) or hall.is_stirred or begun >= at + self._rests:
                # As it was before: what moves now is seen next.
                self._seen[hall.pk] = (hall.epoch, hall.seq, begun)
                questions = _questions(hall, settled=begun >= self._settled_at)
                _ask(hall, questions, self._breath, self._is_everything_due(hall, begun))
        rest = max(EVERY / 2, EVERY - (time.monotonic() - begun))
        return min(rest, max(BREATH, _seconds_until(min(missed, default=None))))

    def _is_everything_due(self, hall: Hall, now: float) -> bool:
        """Whether it is time to ask also what comes about by the day; if so, it counts as asked."""
        if (last := self._asked_all.get(hall.pk)) is not None and now < last + self._by_day:
            return False
        self._asked_all[hall.pk] = now
        return True


def _seconds_until(moment: datetime | None) -> float:
    return math.inf if moment is None else (moment - timezone.now()).total_seconds()


class Sentinel:
    """What a server without workers watches: whether there are any. Without it nobody would say that they are gone."""

    def __init__(self, settles: float = SETTLES) -> None:
        self._settled_at = time.monotonic() + settles

    def look(self) -> float:
        """One look at every hall; the seconds to wait."""
        if time.monotonic() >= self._settled_at:
            for hall in Hall.objects.all():
                _ask(hall, _alarm_questions(hall, attrgetter("of_workers")), 0.0, everything=True)
        return EVERY


def _ask(hall: Hall, questions: Iterator[Question], breath: float, everything: bool) -> None:
    """Ask about a hall; commands are given only when something moved.

    `breath` is the pause in seconds after each question: asked at once, they would hold up a press for all their time.
    """
    for asked, act, by_day in questions:
        if by_day and not everything:
            continue
        with one_read():
            due = asked(hall, timezone.now())
        if due:
            act(hall.pk, THE_HALL, new_key())
        time.sleep(breath)


def _questions(hall: Hall, settled: bool = True) -> Iterator[Question]:
    """The round, and the alarms after it."""
    yield from ROUND
    yield from _alarm_questions(hall, lambda watch: settled or not watch.of_workers)


def _alarm_questions(hall: Hall, is_asked: Callable[[alarm_kinds.Watch], bool]) -> Iterator[Question]:
    """Each kind of alarm for itself: who holds the hall to raise one looks at that kind alone."""
    standing = standing_alarms(hall).keys()
    stand = {kind for kind, _ in standing}  # what is put right is seen soon
    for kind, watch in WATCHES.items():
        if is_asked(watch):
            asked = partial(alarms_moved, kinds=[kind], standing=standing)
            yield Question(asked, partial(look_round, kinds=[kind]), watch.by_day and kind not in stand)


def _someone_to_remind(hall: Hall, now: datetime) -> bool:
    return reminders_due(hall, max(now, hall.moved_at)).exists()


ROUND = (
    Question(needs_closing, close_days, by_day=True),
    Question(is_due, end_due),
    Question(concerns_moved, look_after_concerns, by_day=True),
    Question(findings_moved, look_after_findings, by_day=True),
    Question(projects_moved, look_after_projects, by_day=True),
    Question(ratings_moved, look_after_ratings, by_day=True),
    Question(is_overdue, bring_overdue),
    Question(may_reroute, reroute_free),
    Question(needs_counting, count_missed, by_day=True),
    Question(waits_moved, look_at_waits),
    Question(_someone_to_remind, remind),
    Question(figures_wait, keep_figures, by_day=True),
    Question(reports_due, keep_due, by_day=True),
)
"""What the round asks, cheap reads all, and what it then says; in this order, and the alarms after it."""
