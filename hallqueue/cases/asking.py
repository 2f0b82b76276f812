"""What the clocks of cases ask of somebody: a number beside the page of each kind, on every page."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from hallqueue.models import (
    HANDS,
    Concern,
    ConcernDuty,
    Finding,
    Hall,
    Project,
    ProjectStep,
    RatingCase,
    User,
)

REMINDED = 1
"""The stage of the clock from which whoever answers for a case is asked (`clock.py`)."""


def asking(hall: Hall, user: User, pages: Collection[str]) -> dict[str, int]:
    """How many cases ask something of somebody, by the name of their page, of those in `pages`.

    Those in their own hands once reminded of, those of the departments they lead once late, and of a manager those
    that came up to the manager.
    """
    leads = ConcernDuty.objects.filter(hall=hall, user=user, is_lead=True).values("department")
    of_managers = Q(level__gte=2) if user.role in HANDS else Q(pk=None)
    mine = Q(handler=user, stage__gte=REMINDED) | Q(department__in=leads, level__gte=1) | of_managers
    own = Q(owner=user, stage__gte=REMINDED) | of_managers
    steps = ProjectStep.objects.filter(own, hall=hall, done_at=None, project__state__in=Project.RUNS)
    asked: dict[str, QuerySet[Any]] = {
        "concerns": Concern.objects.filter(mine, hall=hall, state__in=Concern.RUNNING),
        "walkthroughs": Finding.objects.filter(own, hall=hall, state__in=Finding.RUNNING),
        "ratings": RatingCase.objects.filter(mine, hall=hall, state__in=RatingCase.RUNNING),
        "projects": Project.objects.filter(pk__in=steps.values("project")),
    }
    return {page: rows.count() for page, rows in asked.items() if page in pages}
