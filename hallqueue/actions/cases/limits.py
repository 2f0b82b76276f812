"""What the hall's round does among cases of one kind whose limits are given in working days."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet

from hallqueue.actions.command import Command
from hallqueue.cases.clock import Clock, moved_limit
from hallqueue.cases.supervision import MANAGERS, next_level
from hallqueue.models import Concern, Finding, Hall, ProjectStep, RatingCase

LATE = 2
"""The clock's stage of what is past its limit."""
AT_ONCE = 200  # so that the hall is never held for long

Timed = Concern | Finding | ProjectStep | RatingCase
Say = Callable[..., int]
Case = TypeVar("Case", Finding, RatingCase)


def advance(c: Command, clock: Clock, case: Timed, say: Say) -> None:
    """Every stage that passed, one after the other, even if nobody looked for days; `say` moves the case.

    Whose reminder would come no sooner than its end is late without one. Where nobody stands at the first level, what
    is late comes to the managers at once, and one day sooner no further.
    """
    while case.next_at is not None and case.next_at <= c.now and case.due_on is not None:
        unreminded = case.stage == 0 and case.due_at is not None and case.next_at >= case.due_at
        reached = case.stage + (2 if unreminded else 1)
        level = max(case.level, next_level(case, reached - 1))
        stage = max(reached, LATE + 1) if reached == LATE and level >= MANAGERS else reached
        told: dict[str, Any] = {"due_on": str(case.due_on), "level": level}
        changes = {"stage": stage, "level": level, "next_at": clock.next_look(case.due_on, stage)}
        verb = {1: "remind", LATE: "overdue"}.get(reached, "raise_level")
        say(c.log, case, verb, told=told, **changes)


class Limits(Generic[Case]):
    """The cases of one kind while their limits run; `noun` names one in alarms, `say` moves it."""

    def __init__(self, noun: str, kind: type[Case], say: Say) -> None:
        self.noun, self._say = noun, say
        self._kind: type[Case] = kind

    def waiting(self, hall: Hall, now: datetime) -> QuerySet[Case]:
        """Those the round must look at, the longest due first."""
        return self._running(hall).filter(next_at__lte=now).order_by("next_at", "id")

    def look_after(self, c: Command) -> int:
        """Remind of what is nearly due, take what is late one level up; how many were looked at."""
        clock, due = Clock(c.hall), list(self.waiting(c.hall, c.now)[:AT_ONCE])
        for case in due:
            advance(c, clock, case, self._say)
        return len(due)

    def recount(self, c: Command) -> None:
        """The hall's calendar changed: limits that lie elsewhere by it are moved, each with its event."""
        clock = Clock(c.hall)
        for case in self._running(c.hall).order_by("id"):
            if changes := moved_limit(clock, case):
                self._say(c.log, case, "recount", told={"due_on": str(changes["due_on"])}, **changes)

    def late(self, hall: Hall, now: datetime) -> set[str]:
        """What the manager must hear of: the subjects of alarms."""
        late = self._running(hall).filter(level__gte=MANAGERS)
        return {f"{self.noun}:{pk}" for pk in late.values_list("pk", flat=True)}

    def tell(self, hall: Hall, subject: str) -> dict[str, Any]:
        """The facts of such an alarm."""
        case = self._kind._default_manager.get(hall=hall, pk=int(subject.partition(":")[2]))
        return {self.noun: case.pk, "number": case.label, "due_on": str(case.due_on)}

    def _running(self, hall: Hall) -> QuerySet[Case]:
        running: QuerySet[Case] = self._kind._default_manager.filter(hall=hall, state__in=self._kind.RUNNING)
        return running
