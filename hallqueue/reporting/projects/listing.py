"""The list of projects: filters as an address carries them, and each project with its lights."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from hallqueue.cases.project_dates import LIGHTS, light_of, shining, worst_of
from hallqueue.models import Hall, Project, ProjectStep

OPEN, ALL = "open", "all"


@dataclass(frozen=True)
class Filters:
    """What is asked of the list; an empty field asks nothing."""

    state: str = OPEN
    kind: str = ""
    department: str = ""
    light: str = ""
    year: int = 0
    mine: bool = False

    @property
    def words(self) -> dict[str, str]:
        """As they stand in an address."""
        return {name: ("1" if value is True else str(value)) for name, value in vars(self).items() if value}


class Shown(NamedTuple):
    """A project as pages show it; `steps` are [(step, light)]."""

    project: Project
    light: str
    steps: list[tuple[ProjectStep, str]]
    concerns: int
    findings: int
    ratings: int

    @property
    def due(self) -> ProjectStep | None:
        """The running step that must speak next."""
        running = [step for step, _ in self.steps if step.runs]
        return min(running, key=lambda step: step.due_at, default=None)


def filters_of(asked: Mapping[str, str]) -> Filters:
    """Filters from an address; what makes no sense asks nothing."""
    plain = {name: asked.get(name, "").replace("\x00", "").strip()[:60] for name in vars(Filters())}
    return Filters(
        plain["state"] if plain["state"] in (OPEN, ALL, *Project.State.values) else OPEN,
        plain["kind"] if plain["kind"] in Project.Kind.values else "",
        plain["department"],
        plain["light"] if plain["light"] in LIGHTS else "",
        int(plain["year"]) if plain["year"].isascii() and plain["year"].isdecimal() else 0,
        plain["mine"] == "1",
    )


def projects_like(
    hall: Hall, seen: Q, own: Q, filters: Filters, today: date, now: datetime
) -> QuerySet[Project]:
    """The hall's projects within `seen` (of `own`, if only these are asked for) that fit; the reddest first."""
    found = Project.objects.filter(seen, _asked(filters, own), hall=hall)
    if filters.light:
        found = found.filter(shining(filters.light, today, now))
    ranks = [
        When(shining(light, today, now), then=Value(rank)) for rank, light in enumerate(("red", "amber"))
    ]
    urgent = Case(*ranks, default=Value(len(ranks)), output_field=IntegerField())
    return with_parts(found).annotate(urgent=urgent).order_by("urgent", "-year", "-number")


def with_parts(found: QuerySet[Project]) -> QuerySet[Project]:
    """With everything `shown` reads."""
    return found.select_related("team__leader", "department", "cause").prefetch_related(
        "steps__owner", "links"
    )


def shown(project: Project, today: date, now: datetime) -> Shown:
    """One project with its lights and the number of its cases."""
    lights = [(step, light_of(step, today, now)) for step in project.steps.all()]
    links = [link for link in project.links.all() if link.struck_at is None]
    light = worst_of(project, [each for _, each in lights])
    kinds = ("concern_id", "finding_id", "rating_id")
    counts = [sum(getattr(link, kind) is not None for link in links) for kind in kinds]
    return Shown(project, light, lights, *counts)


def tiles_of(hall: Hall, seen: Q, today: date, now: datetime) -> dict[str, int]:
    """The figures above the list: the red, the amber, and the unsettled by state."""
    mine = Project.objects.filter(seen, hall=hall)
    lights = {light: mine.filter(shining(light, today, now)).count() for light in ("red", "amber")}
    return lights | {state: mine.filter(state=state).count() for state in Project.UNSETTLED}


def _asked(filters: Filters, own: Q) -> Q:
    asked = own if filters.mine else Q()
    if filters.state == OPEN:
        asked &= Q(state__in=Project.UNSETTLED)
    elif filters.state != ALL:
        asked &= Q(state=filters.state)
    plain = {"kind": filters.kind, "department__code": filters.department, "year": filters.year}
    return asked & Q(**{name: value for name, value in plain.items() if value})
