"""The clock of concerns: limits in working days, reminders before the limit, one level up for every day after it."""

from datetime import date, datetime, time, timedelta

from hallqueue.models import Concern, ConcernRules, Hall
from hallqueue.workdays import calendar_of

LEVELS = 3
"""0 the handler, 1 the department's lead, 2 the hall's manager, 3 the director. The clock's stages: 1 reminded,
2 late and with the lead, 3 with the manager, 4 with the director."""


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

    def next_look(self, concern: Concern) -> datetime | None:
        """When the hall must look at a running concern again: to remind, or to take it one level up."""
        if concern.stage == 0:
            return self.begins(self.calendar.add_working_days(concern.due_on, -self.rules.remind_days))
        if concern.stage > LEVELS:
            return None
        late = (concern.stage - 1) * max(1, self.rules.escalate_days)
        return self.ends(self.calendar.add_working_days(concern.due_on, late))


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
    concern.next_at = None if paused else clock.next_look(concern)


def is_late(concern: Concern, now: datetime) -> bool:
    """Whether the limit passed before it was settled."""
    if concern.state == Concern.State.PAUSED:
        return False
    return (concern.resolved_at or now) >= concern.due_at
