"""The steps of a project: their days and owners, what was done in them, and their clocks."""

from datetime import date, timedelta

from django.db.models import Max

from hallqueue.actions.cases.project_words import Effect, Said, day_to_come, person_of
from hallqueue.actions.command import Command
from hallqueue.actions.house.bounds import day_of
from hallqueue.cases.clock import Clock
from hallqueue.cases.project_dates import ACCOUNT, AMBER, CLAIM, STEPS, TAKE_UP, Days, next_due
from hallqueue.errors import Refused
from hallqueue.models import Project, ProjectEntry, ProjectStep, User

EARLIEST = timedelta(days=366)
"""How long before today a step may have begun: what began on paper is brought in afterwards."""


def lay_out(
    c: Command, project: Project, kind: str, begins_on: date, ends_on: date, owner: User | None
) -> ProjectStep:
    """A step with its days and owner, made or made anew. Raises Refused: step_reversed, step_too_early."""
    if ends_on < begins_on:
        raise Refused("step_reversed", project_step=f"{project.kind}_{kind}")
    if c.business_date - begins_on > EARLIEST:
        raise Refused("step_too_early")
    step = project.steps.filter(kind=kind).first() or ProjectStep(hall=c.hall, project=project, kind=kind)
    step.order = (CLAIM, *STEPS[project.kind]).index(kind)
    step.begins_on, step.ends_on, step.owner, step.done_at = begins_on, ends_on, owner, None
    set_clock(Clock(c.hall), step, running=kind == CLAIM)
    return step


def set_clock(clock: Clock, step: ProjectStep, running: bool) -> None:
    """When it must next speak, by its days and its entries; the clock begins anew and the step is stored."""
    last = step.entries.aggregate(last=Max("on"))["last"] if step.pk else None
    step.due_on = next_due(step, last)
    step.due_at = clock.ends(step.due_on)
    step.next_at = step.due_at - AMBER if running else None
    step.stage = step.level = 0
    step.save()


def begin(c: Command, project: Project, leader: User) -> None:
    """The clocks of all open steps begin; who has no owner gets the leader. Raises Refused("due_in_the_past")."""
    clock = Clock(c.hall)
    for step in project.steps.filter(done_at=None).exclude(kind=CLAIM):
        if step.ends_on < c.business_date:
            raise Refused("due_in_the_past", date=str(step.ends_on))
        step.owner = step.owner or leader
        set_clock(clock, step, running=True)


def arrange(c: Command, project: Project, said: Said) -> Effect:
    """Other days or another owner for a step that is not done."""
    step = open_step(project, said.step)
    ends_on = day_to_come(c, said.ends_on)
    owner = person_of(c, said.owner) if said.owner else step.owner
    lay_out(c, project, step.kind, day_of(said.begins_on), ends_on, owner)
    check_order(project)
    if project.state == Project.State.RUNNING:
        set_clock(Clock(c.hall), project.steps.get(kind=step.kind), running=True)
    return {}, {"step": step.kind, "due_on": str(ends_on), "handler": str(owner or "")}


def note(c: Command, project: Project, said: Said) -> Effect:
    """What was done, today (also ahead of the plan) or on a day since the step began.

    A step with a rhythm has time until the next.
    """
    step = working_step(project, said.step)
    on = day_of(said.on) if said.on else c.business_date
    first = min(step.begins_on, c.business_date)
    if not first <= on <= c.business_date:
        raise Refused("entry_day", first=str(first), last=str(c.business_date))
    _keep(c, step, said.note, on)
    set_clock(Clock(c.hall), step, running=True)
    return {}, {"step": step.kind, "on": str(on), "reason": said.note}


def finish(c: Command, project: Project, said: Said) -> Effect:
    """A step is done; the account is given by delivering."""
    step = working_step(project, said.step)
    if step.kind == ACCOUNT:
        raise Refused("account_by_delivering")
    _keep(c, step, said.note, c.business_date)
    return {}, {"step": step.kind, "reason": said.note, "late": close(c, project, step.kind)}


def again(c: Command, project: Project, said: Said) -> Effect:
    """A step that was done is open again, until another day."""
    step = project.steps.filter(kind=said.step).exclude(done_at=None).exclude(kind=CLAIM).first()
    if step is None:
        raise Refused("unknown_step", 404)
    told = reopen(c, step, said.ends_on)
    check_order(project)
    return {}, {"step": step.kind, "reason": said.reason} | told


def reopen(c: Command, step: ProjectStep, until: str) -> dict[str, str]:
    """Open a step until a day from now on, at the latest from today; what the log is told of it."""
    step.ends_on, step.done_at = day_to_come(c, until), None
    step.begins_on = min(step.begins_on, c.business_date)  # it may have been done ahead of its first day
    set_clock(Clock(c.hall), step, running=True)
    return {"due_on": str(step.ends_on)}


def reopen_from(c: Command, project: Project, kind: str, until: str) -> dict[str, str]:
    """Open a step of the work and all that come after it until a day from now on; what the log is told.

    Raises Refused("unknown_step").
    """
    first = project.steps.filter(kind=kind).exclude(kind__in=(CLAIM, TAKE_UP)).first()
    if first is None:
        raise Refused("unknown_step", 404)
    told = [reopen(c, step, until) for step in project.steps.filter(order__gte=first.order)]
    return {"step": first.kind} | told[0]


def close(c: Command, project: Project, kind: str) -> bool:
    """A step is over and its clock stands; returns whether that was late."""
    step = project.steps.get(kind=kind)
    step.done_at, step.next_at, step.done_late = c.now, None, c.now >= step.due_at
    step.save()
    return step.done_late


def deliver(c: Command, project: Project, words: str) -> bool:
    """The account is given, once every other step is done; returns whether that was late."""
    rest = project.steps.filter(done_at=None).exclude(kind=ACCOUNT).first()
    if rest is not None:
        raise Refused("steps_open", project_step=f"{project.kind}_{rest.kind}")
    _keep(c, project.steps.get(kind=ACCOUNT), words, c.business_date)
    return close(c, project, ACCOUNT)


def open_step(project: Project, kind: str) -> ProjectStep:
    """A step that is not done; raises Refused("unknown_step")."""
    step = project.steps.filter(kind=kind, done_at=None).first()
    if step is None:
        raise Refused("unknown_step", 404)
    return step


def working_step(project: Project, kind: str) -> ProjectStep:
    """A step that may be worked on: what is to be done is settled (领题) before anything else."""
    step = open_step(project, kind)
    first = project.steps.filter(kind=TAKE_UP, done_at=None).exclude(pk=step.pk)
    if first.exists():
        raise Refused("taken_up_first")
    return step


def plan_of(c: Command, kind: str, typed: dict[str, list[str]], usual: dict[str, Days]) -> dict[str, Days]:
    """The days of every step, as typed or as usual."""
    found = {}
    for step in STEPS[kind]:
        begins, ends, *_ = [*typed.get(step, []), "", ""]
        begins_on = day_of(begins) if begins else usual[step].begins_on
        ends_on = day_to_come(c, ends) if ends else usual[step].ends_on
        found[step] = Days(begins_on, ends_on)
    return found


def check_order(project: Project) -> None:
    """Of what is open, the taking up comes first and the account last; raises Refused("steps_out_of_order")."""
    ends = {step.kind: step.ends_on for step in project.steps.filter(done_at=None).exclude(kind=CLAIM)}
    if ends[ACCOUNT] < max(ends.values()) or ends.get(TAKE_UP, min(ends.values())) > min(ends.values()):
        raise Refused("steps_out_of_order")


def _keep(c: Command, step: ProjectStep, words: str, on: date) -> None:
    by = {"by": c.by.name, "at": c.now}
    ProjectEntry.objects.create(hall=c.hall, project=step.project, step=step, words=words, on=on, **by)
