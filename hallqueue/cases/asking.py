"""What the clocks of cases ask of somebody: a number beside the page of each kind, on every page."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from hallqueue.cases.supervision import FIRST, MANAGERS, OF_FINDING, led_by, led_by_nobody
from hallqueue.models import HANDS, Concern, Finding, Hall, Project, ProjectStep, RatingCase, User

REMINDED = 1
"""The stage of the clock from which whoever answers for a case is asked (`clock.py`)."""


def asking(hall: Hall, user: User, pages: Collection[str]) -> dict[str, int]:
    """How many cases ask something of somebody, by the name of their page, of those in `pages`.

    Those in their own hands once reminded of, those they supervise first (`supervision.py`) once late, and of a
    manager those that came up to the managers. What nobody has in hand reminds whoever would supervise it.
    """
    late, of_managers = Q(level__gte=FIRST), Q(level__gte=MANAGERS) if user.role in HANDS else Q(pk=None)
    own = Q(owner=user, stage__gte=REMINDED) | of_managers
    ratings = Q(handler=user, stage__gte=REMINDED) | of_managers | _in_no_hands(user, Q())
    about_others = ~Q(rating__user=user) | Q(rating__user=None)
    asked: dict[str, QuerySet[Any]] = {
        "concerns": Concern.objects.filter(_concerns(user) | of_managers, state__in=Concern.RUNNING),
        "walkthroughs": Finding.objects.filter(
            own | late & led_by(user, OF_FINDING), state__in=Finding.RUNNING
        ),
        "ratings": RatingCase.objects.filter(ratings, about_others, state__in=RatingCase.RUNNING),
        "projects": Project.objects.filter(
            pk__in=_steps(hall, own | late & Q(project__team__leader=user)).values("project")
        ),
    }
    return {page: rows.filter(hall=hall).count() for page, rows in asked.items() if page in pages}


def _concerns(user: User) -> Q:
    led = led_by(user, "department")
    mine = Q(handler=user, stage__gte=REMINDED) | led & Q(level__gte=FIRST)
    return mine | led & Q(handler=None, stage__gte=REMINDED) | _in_no_hands(user, led_by_nobody("department"))


def _in_no_hands(user: User, of_managers: Q) -> Q:
    """What managers are reminded of because nobody else can be."""
    return Q(of_managers, handler=None, stage__gte=REMINDED) if user.role in HANDS else Q(pk=None)


def _steps(hall: Hall, asked: Q) -> QuerySet[ProjectStep]:
    return ProjectStep.objects.filter(asked, hall=hall, done_at=None, project__state__in=Project.RUNS)
