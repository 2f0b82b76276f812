"""The clock of all cases: limits in working days, reminders before, one level up for every day after."""

from datetime import date, datetime, time, timedelta
from typing import Any

from hallqueue.models import Concern, ConcernRules, Finding, Hall, RatingCase
from hallqueue.workdays import calendar_of

LEVELS = 3
"""0 the handler, 1 the department's lead, 2 the hall's manager, 3 the director. The clock's stages: 1 reminded,
2 late and with the lead, 3 with the manager, 4 with the director."""
LIMIT = ("counted_from", "limit_days", "due_on", "due_at", "stage", "level", "next_at")


class Clock:
    """Counts a hall's working days. A limit ends with its last day: the moment the next business date begins."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.rules = ConcernRules.objects.filter(hall=hall).first() or ConcernRules(hall=hall)
        self.calendar = calendar_of(hall)

    def due(self, begun: date, days: int) -> date:
        """The last day of a limit of `days` working days; 0 is the same day, or the next working one."""
        if days:
            return self.calendar.add_working_days(begun, days)
        return begun if self.calendar.is_working_day(begun) else self.calendar.add_working_days(begun, 1)

    def begins(self, day: date) -> datetime:
        """When a business date of the hall begins."""
        return datetime.combine(day, time(self.hall.cutoff_hour), tzinfo=self.hall.local_zone)

    def ends(self, day: date) -> datetime:
        """When it ends."""
        return self.begins(day + timedelta(days=1))

    def next_look(self, due_on: date, stage: int, begun: date | None = None) -> datetime | None:
        """When the hall must look at a running case again: to remind, or to take it one level up.

        Nobody is reminded on the day a limit was set (`begun`): the reminder comes on the next working day, and of a
        limit that ends with its first day there is none.
        """
        if stage == 0:
            reminder = self.calendar.add_working_days(due_on, -self.rules.remind_days)
            if begun is not None and reminder <= begun:
                reminder = self.calendar.add_working_days(begun, 1)
            return min(self.begins(reminder), self.ends(due_on))
        if stage > LEVELS:
            return None
        late = (stage - 1) * max(1, self.rules.escalate_days)
        return self.ends(self.calendar.add_working_days(due_on, late))


def set_due(clock: Clock, concern: Concern, begun: date) -> None:
    """Start the clock of a concern anew, from `begun`, by its grade."""
    concern.counted_from, concern.limit_days = begun, concern.grade.days
    count(clock, concern)


def count(clock: Clock, concern: Concern) -> None:
    """Where its limit lies by the calendar as it stands: from its first day, moved by the working days of pauses."""
    due_on = clock.due(concern.counted_from, concern.limit_days)
    due_on = clock.calendar.add_working_days(due_on, concern.paused_days)
    if concern.pk and due_on > concern.due_on:
        concern.stage = 0  # what was late, or told so, has time again
    concern.due_on, concern.due_at = due_on, clock.ends(due_on)
    paused = concern.state == Concern.State.PAUSED
    concern.next_at = None if paused else clock.next_look(due_on, concern.stage, concern.counted_from)


def set_limit(clock: Clock, case: Finding | RatingCase, begun: date, days: int) -> None:
    """Start the clock of a finding or a bad rating anew: so many working days from `begun`."""
    case.counted_from, case.limit_days = begun, days
    case.due_on = clock.due(begun, days)
    case.due_at = clock.ends(case.due_on)
    case.stage = case.level = 0
    case.next_at = clock.next_look(case.due_on, 0, begun)


def limit_of(case: Finding | RatingCase) -> dict[str, Any]:
    """The fields of such a clock, as they stand now."""
    return {name: getattr(case, name) for name in LIMIT}


def moved_limit(clock: Clock, case: Finding | RatingCase) -> dict[str, Any]:
    """What changes where the calendar changed under a running limit; nothing if it lies where it lay."""
    if case.counted_from is None or case.due_on is None:
        return {}
    due_on = clock.due(case.counted_from, case.limit_days)
    if due_on == case.due_on:
        return {}
    stage = 0 if due_on > case.due_on else case.stage
    changes = {"due_on": due_on, "due_at": clock.ends(due_on), "stage": stage}
    return changes | {"next_at": clock.next_look(due_on, stage, case.counted_from)}


def is_late(concern: Concern, now: datetime) -> bool:
    """Whether the limit passed before it was settled, or before its clock was stopped."""
    if concern.state == Concern.State.PAUSED:
        return concern.paused_on is not None and concern.paused_on > concern.due_on
    return (concern.resolved_at or now) >= concern.due_at
