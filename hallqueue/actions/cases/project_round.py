"""The hall's round among its projects: steps that are nearly due are reminded of, late ones climb to the manager."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from hallqueue.actions.cases.limits import AT_ONCE, advance
from hallqueue.actions.command import Answer, Command, command
from hallqueue.cases.clock import Clock
from hallqueue.cases.project_states import move_step
from hallqueue.cases.supervision import MANAGERS
from hallqueue.models import Hall, Project, ProjectStep


@command
def look_after_projects(c: Command) -> Answer:
    """Remind of what is nearly due, take what is late one level up."""
    clock, due = Clock(c.hall), list(_waiting(c.hall, c.now)[:AT_ONCE])
    for step in due:
        advance(c, clock, step, move_step)
    return {"looked_at": len(due)}


def projects_moved(hall: Hall, now: datetime) -> bool:
    """Whether the round would change anything: a short read."""
    return _waiting(hall, max(now, hall.moved_at)).exists()


def late_projects(hall: Hall, now: datetime) -> set[str]:
    """What the manager must hear of: a project with a step that climbed to the manager's level."""
    late = _running(hall).filter(level__gte=MANAGERS)
    return {f"project:{pk}" for pk in late.values_list("project", flat=True)}


def tell_late_project(hall: Hall, subject: str) -> dict[str, Any]:
    """The facts of such an alarm: of the step that has been late longest."""
    late = _running(hall).filter(project=int(subject.partition(":")[2]), level__gte=MANAGERS)
    step = late.order_by("due_at").select_related("project")[0]
    return {"project": step.project_id, "number": step.project.label, "due_on": str(step.due_on)}


def _waiting(hall: Hall, now: datetime) -> QuerySet[ProjectStep]:
    due = _running(hall).filter(next_at__lte=now)
    return due.select_related("project").order_by("next_at", "id")


def _running(hall: Hall) -> QuerySet[ProjectStep]:
    """Steps whose clock runs."""
    return ProjectStep.objects.filter(hall=hall, done_at=None, project__state__in=Project.RUNS)
