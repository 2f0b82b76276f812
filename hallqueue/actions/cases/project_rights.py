"""Who sees which project, and who may move it."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from hallqueue.actions.command import Actor, Command
from hallqueue.cases.moves import HALL, MANAGER
from hallqueue.cases.project_dates import CLAIM
from hallqueue.cases.project_states import CLAIMANT, MOVES
from hallqueue.errors import Refused
from hallqueue.models import (
    WALKERS,
    WATCHERS,
    Concern,
    Finding,
    Project,
    ProjectStep,
    ProjectTeam,
    RatingCase,
    User,
)

CLAIMS = WALKERS
"""Whoever of the staff does the hall's work; the auditor only reads."""


def seen_by(by: Actor) -> Q:
    """All for those who watch, else the posted problems, and the projects one belongs to."""
    if by.role in WATCHERS:
        return Q()
    return Q(state=Project.State.POSTED) | belonging_to(by.user) if by.user else Q(pk=None)


def belonging_to(user: User) -> Q:
    """The projects somebody works on, or has claimed."""
    living = (ProjectTeam.State.CHOSEN, ProjectTeam.State.CLAIMING)
    teams = ProjectTeam.objects.filter(project=OuterRef("pk"), members=user, state__in=living)
    return Q(Exists(teams)) | Q(Exists(ProjectStep.objects.filter(project=OuterRef("pk"), owner=user)))


def belongs(by: Actor, project: Project) -> bool:
    """Whether somebody works on it: in its team, or as the owner of a step; who posted it does not."""
    if by.user is None:
        return False
    in_team = project.team is not None and project.team.members.filter(pk=by.user.pk).exists()
    return in_team or project.steps.filter(owner=by.user).exclude(kind=CLAIM).exists()


def may_say(by: Actor, project: Project, verb: str) -> bool:
    """Managers say all but the hall's own verbs, whoever works on it what a worker says, staff claim."""
    hands = MOVES[verb].hands
    if hands == HALL:
        return False
    if hands == CLAIMANT:
        return by.user is not None and by.role in CLAIMS
    return by.may_manage or (hands != MANAGER and by.role in CLAIMS and belongs(by, project))


def project_of(c: Command, pk: int) -> Project:
    """A project that the speaker may see; raises Refused("unknown_project")."""
    rows = Project.objects.filter(seen_by(c.by), hall=c.hall, pk=pk).select_related("team__leader")
    found = rows.first()
    if found is None:
        raise Refused("unknown_project", 404)
    return found


def own_claims(by: Actor, project: Project) -> list[ProjectTeam]:
    """The claims somebody may take back: of teams one leads; a manager's hand may take back any."""
    standing = project.teams.filter(state=ProjectTeam.State.CLAIMING).select_related("leader")
    return [team for team in standing if by.may_manage or (by.user and team.leader_id == by.user.pk)]


def claiming(by: Actor, project: Project) -> ProjectTeam | None:
    """The team in which somebody claims it now."""
    return (
        project.teams.filter(state=ProjectTeam.State.CLAIMING, members=by.user).first() if by.user else None
    )


def project_of_case(by: Actor, case: Concern | Finding | RatingCase) -> dict[str, Any]:
    """The project a case belongs to, if somebody may see it, and whether they may open one for it."""
    links = case.project_links.filter(struck_at=None).exclude(project__state=Project.State.WITHDRAWN)
    found = Project.objects.filter(seen_by(by), pk__in=links.values("project")).first()
    return {"project": found, "may_open": by.may_manage and not links.exists()}
