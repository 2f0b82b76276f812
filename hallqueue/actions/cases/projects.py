"""Projects (书记领航、攻坚): opened from what people met, worked on in steps, accounted for, accepted."""

from collections.abc import Callable
from typing import Any

from hallqueue.actions.cases import project_causes, project_steps, project_teams
from hallqueue.actions.cases.concern_effects import erase_files
from hallqueue.actions.cases.concern_setup import cause_of, department_of
from hallqueue.actions.cases.project_rights import belongs, claiming, may_say, own_claims, project_of
from hallqueue.actions.cases.project_words import Change, Effect, Said, checked, checked_for, person_of
from hallqueue.actions.cases.walkthroughs import choice_of
from hallqueue.actions.command import Actor, Answer, Command, command
from hallqueue.actions.numbering import numbered
from hallqueue.cases.project_dates import ACCOUNT, ADVANCE, CLAIM, usual_days
from hallqueue.cases.project_states import MOVES, move, tell
from hallqueue.errors import Refused
from hallqueue.models import Project, ProjectFile, ProjectTeam

MOST_FILES = 40


@command
def open_project(
    c: Command, /, *, kind: str, steps: dict[str, list[str]] | None = None, **said: Any
) -> Answer:
    """Open a project; `steps` are {kind of step: [begins_on, ends_on, owner]}, all of them optional.

    `said` are title, problem, aim, cause, department, concerns, findings, ratings (`Said`). Answers {project, number}.
    Raises Refused: not_allowed, bad_input, project_needs, unknown_cause, unknown_handler, bad_day, due_in_the_past,
    project_too_far, step_reversed, steps_out_of_order, unknown_case, other_cause, case_in_project.
    """
    if not c.by.may_manage:
        raise Refused("not_allowed", 403)
    choice_of("kind", kind, Project.Kind.values)
    clean = checked(Said(**said), *MOVES["change"].needs)
    project = Project(hall=c.hall, kind=kind, opened_by=c.by.name, opened_on=c.business_date)
    for name, value in (numbered(c, Project, "X") | _described(c, clean)).items():
        setattr(project, name, value)
    project.save()
    _lay_out(c, project, steps or {})
    labels = project_causes.join(c, project, {name: getattr(clean, name) for name in project_causes.SOURCES})
    tell(c.log, project, "project.opened", reason=project.title, cause=project.cause.name, cases=labels)
    return {"project": project.pk, "number": project.label}


@command
def move_project(c: Command, /, *, project: int, verb: str, **said: Any) -> Answer:
    """Say a verb of MOVES about a project; `said` are the fields the verb knows (`Said`).

    Raises Refused: unknown_project, not_allowed, bad_input, project_needs, project_state, and what the verb's
    effect says (`project_steps`, `project_teams`, `project_causes`).
    """
    if verb not in EFFECTS:
        raise Refused("bad_input", 400, detail="verb")
    found = project_of(c, project)
    if not may_say(c.by, found, verb):
        raise Refused("not_allowed", 403)
    if found.state not in MOVES[verb].origins:
        raise Refused("project_state", project_state=found.state, label=found.label)
    changes, told = EFFECTS[verb](c, found, checked_for(verb, Said(**said)))
    move(c.log, found, verb, told=told, **changes)
    return {"project": found.pk, "number": found.label, "state": found.state}


@command
def add_file(c: Command, *, project: int, step: str, kind: str, name: str, file: str, size: int) -> Answer:
    """A photo or paper that is kept already. Raises Refused: unknown_project, not_allowed, project_state,
    unknown_step, project_files."""
    found = project_of(c, project)
    choice_of("kind", kind, ProjectFile.Kind.values)
    if not may_say(c.by, found, "evidence"):
        raise Refused("not_allowed", 403)
    if found.files.filter(erased_at=None).count() >= MOST_FILES:
        raise Refused("project_files", limit=MOST_FILES)
    place = found.steps.exclude(kind=CLAIM).filter(kind=step).first()
    if place is None:
        raise Refused("unknown_step", 404)
    kept = {"kind": kind, "name": checked(Said(title=name)).title, "file": file, "size": size}
    ProjectFile.objects.create(
        hall=c.hall, project=found, step=place, added_by=c.by.name, added_at=c.now, **kept
    )
    move(c.log, found, "evidence", told={"step": step})
    return {"project": found.pk}


def moves_of(by: Actor, project: Project) -> list[str]:
    """The verbs somebody may say about a project now, in the order of the table."""
    return [
        verb
        for verb in EFFECTS
        if project.state in MOVES[verb].origins and may_say(by, project, verb) and _fits(by, project, verb)
    ]


def _fits(by: Actor, project: Project, verb: str) -> bool:
    """Whether there is anything the verb could be said of."""
    steps = project.steps.exclude(kind=CLAIM)
    fitting: dict[str, Callable[[], bool]] = {
        "leave": lambda: bool(own_claims(by, project)),
        "choose": lambda: _may_choose(by, project),
        "strike_file": lambda: project.files.filter(erased_at=None).exists(),
        "finish": lambda: steps.filter(done_at=None).exclude(kind=ACCOUNT).exists(),
        "again": lambda: steps.exclude(done_at=None).exists(),
        "deliver": lambda: not steps.filter(done_at=None).exclude(kind=ACCOUNT).exists(),
        "accept": lambda: not belongs(by, project),
        "unlink": lambda: project.links.filter(struck_at=None).exists(),
        "publish": lambda: _may_publish(by, project),
        "take_off": lambda: project.published_at is not None,
    }
    return verb not in fitting or fitting[verb]()


def _may_choose(by: Actor, project: Project) -> bool:
    return claiming(by, project) is None and project.teams.filter(state=ProjectTeam.State.CLAIMING).exists()


def _may_publish(by: Actor, project: Project) -> bool:
    return bool(project.heard) and project.published_at is None and project.worded_by != by.name


def _described(c: Command, said: Said) -> Change:
    department = department_of(c, said.department) if said.department else None
    named = {"title": said.title, "problem": said.problem, "aim": said.aim}
    return named | {"cause": cause_of(c, said.cause), "department": department}


def _lay_out(c: Command, project: Project, typed: dict[str, list[str]]) -> None:
    """Its steps, as typed or as usual."""
    days = project_steps.plan_of(c, project.kind, typed, usual_days(project.kind, c.business_date))
    for kind, (begins_on, ends_on) in days.items():
        owner = (typed.get(kind) or ["", "", ""])[2:3]
        person = person_of(c, owner[0]) if owner and owner[0] else None
        project_steps.lay_out(c, project, kind, begins_on, ends_on, person)
    project_steps.check_order(project)


def _change(c: Command, project: Project, said: Said) -> Effect:
    """Its words, cause or department. Raises Refused("other_cause") if its cases have another cause."""
    changes = _described(c, said)
    others = project.links.filter(struck_at=None).exclude(concern__cause=None)
    other = others.exclude(concern__cause=changes["cause"]).select_related("concern__cause").first()
    if other is not None and other.concern is not None and other.concern.cause is not None:
        raise Refused("other_cause", number=other.concern.label, cause=other.concern.cause.name)
    return changes, {"reason": said.title, "cause": changes["cause"].name}


def _deliver(c: Command, project: Project, said: Said) -> Effect:
    """The account (交账): what became of it."""
    late = project_steps.deliver(c, project, said.note)
    return {"result": said.note, "delivered_at": c.now}, {"reason": said.note, "late": late}


def _accept(c: Command, project: Project, said: Said) -> Effect:
    """Accepted by a manager who did not work on it. Raises Refused("own_project")."""
    if belongs(c.by, project):
        raise Refused("own_project", 403)
    return {"verdict": said.note, "accepted_at": c.now}, {"reason": said.note}


def _send_back(c: Command, project: Project, said: Said) -> Effect:
    """Not yet right: its account is open again, until another day."""
    told = project_steps.reopen(c, project.steps.get(kind=ACCOUNT), said.ends_on)
    return _unsettled(project), told | {"reason": said.reason}


def _reopen(c: Command, project: Project, said: Said) -> Effect:
    """It is back: the work goes on from a step (its first, unless told) to a new account, until another day.

    Raises Refused("unknown_step").
    """
    told = project_steps.reopen_from(c, project, said.step or ADVANCE, said.ends_on)
    return _unsettled(project), told | {"reason": said.reason}


def _unsettled(project: Project) -> Change:
    return {"reopened": project.reopened + 1, "delivered_at": None, "accepted_at": None}


def _withdraw(c: Command, project: Project, said: Said) -> Effect:
    project.teams.filter(state=ProjectTeam.State.CLAIMING).update(state=ProjectTeam.State.DECLINED)
    project.steps.update(next_at=None)
    return {"published_at": None}, {"reason": said.reason}


def _word(c: Command, project: Project, said: Said) -> Effect:
    """What the wall will say, once somebody else has published it; other words come off the wall."""
    words = {name: getattr(said, name) for name in ("heard", "heard_mn", "did", "did_mn")}
    return words | {"worded_by": c.by.name, "published_at": None}, {"reason": f"{said.heard} {said.did}"}


def _publish(c: Command, project: Project, said: Said) -> Effect:
    """On the wall, by a manager who did not write its words. Raises Refused: wall_words_missing, own_words."""
    if not project.heard:
        raise Refused("wall_words_missing")
    if project.worded_by == c.by.name:
        raise Refused("own_words", 403)
    return {"published_at": c.now}, {}


def _take_off(c: Command, project: Project, said: Said) -> Effect:
    return {"published_at": None}, {"reason": said.reason}


def _strike_file(c: Command, project: Project, said: Said) -> Effect:
    """A file that should not be here (it shows a person, say) is erased; that it was, stays."""
    found = project.files.filter(pk=said.file, erased_at=None)
    if not found.exists():
        raise Refused("page_unknown", 404)
    erase_files(c, found)
    return {}, {"reason": said.reason}


EFFECTS: dict[str, Callable[[Command, Project, Said], Effect]] = {
    "start": project_teams.start,
    "post": project_teams.post,
    "claim": project_teams.claim,
    "choose": project_teams.choose,
    "note": project_steps.note,
    "finish": project_steps.finish,
    "deliver": _deliver,
    "accept": _accept,
    "send_back": _send_back,
    "reopen": _reopen,
    "word": _word,
    "publish": _publish,
    "arrange": project_steps.arrange,
    "change": _change,
    "link": project_causes.link,
    "unlink": project_causes.unlink,
    "again": project_steps.again,
    "take_off": _take_off,
    "strike_file": _strike_file,
    "leave": project_teams.leave,
    "take_down": project_teams.take_down,
    "withdraw": _withdraw,
}
"""Each verb's doing; in this order its button stands on the page."""
