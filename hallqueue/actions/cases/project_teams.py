"""Teams of a project: named by a manager, or claiming a posted problem (揭榜) until a manager chooses one."""

from datetime import date

from django.db.models import Q

from hallqueue.actions.cases.project_rights import claiming, own_claims
from hallqueue.actions.cases.project_steps import begin, close, lay_out
from hallqueue.actions.cases.project_words import Effect, Said, day_to_come, person_of
from hallqueue.actions.command import Command
from hallqueue.cases.project_dates import CLAIM
from hallqueue.errors import Refused
from hallqueue.models import Project, ProjectTeam, User

FEWEST, MOST = 2, 20
"""How many people are a team of a posted problem, its leader among them."""


def start(c: Command, project: Project, said: Said) -> Effect:
    """A manager names the team; the clocks of its steps begin."""
    team = _named(c, project, said, ProjectTeam.State.CHOSEN)
    begin(c, project, team.leader)
    return {"team": team}, {"team": team.name, "handler": str(team.leader)}


def post(c: Command, project: Project, said: Said) -> Effect:
    """The problem is posted (发榜) until a day; it needs a team, whoever that will be."""
    until = day_to_come(c, said.ends_on)
    lay_out(c, project, CLAIM, c.business_date, until, c.by.user)
    return {"terms": said.terms}, {"due_on": str(until), "reason": said.terms}


def take_down(c: Command, project: Project, said: Said) -> Effect:
    """It is posted no more; the teams that claimed it are free."""
    _settle(project)
    close(c, project, CLAIM)
    return {}, {"reason": said.reason}


def claim(c: Command, project: Project, said: Said) -> Effect:
    """A team claims it (揭榜). Raises Refused: claim_too_late, team_too_small, team_without_you, already_claimed."""
    if c.business_date > _claims_until(project):
        raise Refused("claim_too_late", date=str(_claims_until(project)))
    team = _named(c, project, said, ProjectTeam.State.CLAIMING)
    return {}, {"team": team.name, "handler": str(team.leader), "reason": said.plan}


def leave(c: Command, project: Project, said: Said) -> Effect:
    """A team takes its claim back."""
    mine = next((team for team in own_claims(c.by, project) if team.pk == said.claim), None)
    if mine is None:
        raise Refused("unknown_claim", 404)
    mine.state = ProjectTeam.State.LEFT
    mine.save(update_fields=["state"])
    return {}, {"team": mine.name, "reason": said.reason}


def choose(c: Command, project: Project, said: Said) -> Effect:
    """A manager who is in none of the teams gives it to one of them, and says why; the others have not been chosen.

    Raises Refused: own_claim, unknown_claim.
    """
    if own := claiming(c.by, project):
        raise Refused("own_claim", 403, team=own.name)
    chosen = project.teams.filter(state=ProjectTeam.State.CLAIMING, pk=said.claim).first()
    if chosen is None:
        raise Refused("unknown_claim", 404)
    chosen.state = ProjectTeam.State.CHOSEN
    chosen.save(update_fields=["state"])
    _settle(project)
    close(c, project, CLAIM)
    begin(c, project, chosen.leader)
    told = {"team": chosen.name, "handler": str(chosen.leader), "reason": said.reason}
    return {"team": chosen}, told


def _named(c: Command, project: Project, said: Said, state: ProjectTeam.State) -> ProjectTeam:
    """A team of living people, its leader among them."""
    leader = person_of(c, said.leader)
    people = {each.pk: each for each in (leader, *(person_of(c, name) for name in said.members))}
    if len(people) > MOST:
        raise Refused("team_too_large", limit=MOST)
    if state == ProjectTeam.State.CLAIMING:
        _check_claim(c, project, people)
    team = ProjectTeam(hall=c.hall, project=project, name=said.team, leader=leader, plan=said.plan)
    team.state, team.named_by, team.named_at = state, c.by.name, c.now
    team.save()
    team.members.set(people.values())
    return team


def _check_claim(c: Command, project: Project, people: dict[int, User]) -> None:
    if len(people) < FEWEST:
        raise Refused("team_too_small", limit=FEWEST)
    if not c.by.may_manage and (c.by.user is None or c.by.user.pk not in people):
        raise Refused("team_without_you", 403)
    standing = ProjectTeam.objects.filter(Q(members__in=people), project=project)
    other = standing.filter(state=ProjectTeam.State.CLAIMING).first()
    if other is not None:
        raise Refused("already_claimed", team=other.name)


def _settle(project: Project) -> None:
    """No claim stands any longer."""
    standing = project.teams.filter(state=ProjectTeam.State.CLAIMING)
    standing.update(state=ProjectTeam.State.DECLINED)


def _claims_until(project: Project) -> date:
    return project.steps.get(kind=CLAIM).ends_on
