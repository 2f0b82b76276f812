"""Who supervises a late case first: whoever stands nearest to it; where nobody does, the managers at once."""

from django.db.models import Q, QuerySet

from hallqueue.models import Concern, ConcernDuty, Finding, ProjectStep, RatingCase, User

FIRST, MANAGERS = 1, 2
"""The levels (`clock.py`) at which the first who supervises, and then the managers, are told."""

OF_FINDING = "walkthrough__service__department"
"""The department of a finding, as a path: that of the service that was walked."""


def led_by(user: User, department: str) -> Q:
    """The cases whose department (a path) somebody leads as its 首席代表."""
    mine = ConcernDuty.objects.filter(hall=user.hall_id, user=user, is_lead=True)
    return Q(**{f"{department}__in": mine.values("department")})


def led_by_nobody(department: str) -> Q:
    """Those whose department (a path) has no 首席代表, or that have no department."""
    return Q(**{department: None}) | ~Q(**{f"{department}__in": _leads().values("department")})


def has_first(case: Concern | Finding | ProjectStep | RatingCase) -> bool:
    """Whether anybody stands between who has it in hand and the managers: of concerns and findings the lead of the
    department, of a project's step the leader of the team; bad ratings are in managers' hands alone."""
    if isinstance(case, ProjectStep):
        team = case.project.team
        return team is not None and case.owner_id not in (None, team.leader_id)
    return not isinstance(case, RatingCase) and _is_led(_department_of(case))


def next_level(case: Concern | Finding | ProjectStep | RatingCase, level: int) -> int:
    """The level, or the managers' where nobody stands at it."""
    return MANAGERS if level == FIRST and not has_first(case) else level


def _department_of(case: Concern | Finding) -> int | None:
    if isinstance(case, Concern):
        return case.department_id
    service = case.walkthrough.service
    return service.department_id if service is not None else None


def _is_led(department: int | None) -> bool:
    return department is not None and _leads().filter(department=department).exists()


def _leads() -> QuerySet[ConcernDuty]:
    return ConcernDuty.objects.filter(is_lead=True, user__is_active=True)
