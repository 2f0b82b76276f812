"""What a ranking is told by: the hall's figures by service, limits kept and passed, and who belongs to what."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, F, Model, Q

from hallqueue.figures.days import ONE_DAY, day_begins
from hallqueue.figures.reading import totals
from hallqueue.figures.tally import EDGES, Durations, Tally
from hallqueue.models import Concern, Department, Finding, Hall, Project, ProjectTeam, Service, User, Window
from hallqueue.reporting.periods import Period
from hallqueue.reporting.tables import GOOD_LEVELS
from hallqueue.reporting.tables import rated as rated_by_level

Units = dict[str, dict[str, Tally]]
"""By unit and service: what was done."""

Limits = dict[str, tuple[int, int]]
"""By unit: how many limits ended with the case settled, and how many passed."""

Teams = dict[str, tuple[str, list[str]]]
"""By team: its name, and its people; ids as text."""

Names = dict[str, tuple[str, str]]
"""By unit: what people call it in Chinese, and in English ("": the same)."""

WINDOW, DEPARTMENT, SERVICE, CLERK, TEAM = "window", "department", "service", "clerk", "team"
KINDS = (WINDOW, DEPARTMENT, SERVICE, CLERK, TEAM)
"""What is ranked."""

AGAINST_BEFORE = (DEPARTMENT, SERVICE)
"""Nobody else has their services: their times are held against the same services in the days before."""

CASES = {"concern": ("concern.resolved", "concern.overdue"), "finding": ("finding.fixed", "finding.overdue")}
"""What ends a limit well, and what passes it; the first with `_late` for those settled too late."""


@dataclass(frozen=True)
class Source:
    """A hall and the days asked about; every reading is made once."""

    hall: Hall
    days: Period
    _read: dict[str, dict[str, Tally]] = field(default_factory=dict)

    def by(self, dimension: str) -> dict[str, Tally]:
        """The figures of these days by a dimension."""
        if dimension not in self._read:
            self._read[dimension] = totals(self.hall, self.days.first, self.days.last, dimension)
        return self._read[dimension]

    @cached_property
    def before(self) -> "Source":
        """The same of the days before."""
        return Source(self.hall, self.days.before)

    def moment(self, field: str) -> Q:
        """Rows of which `field` lies in these days."""
        begins, ends = (day_begins(self.hall, day) for day in (self.days.first, self.days.last + ONE_DAY))
        return Q(hall=self.hall, **{f"{field}__gte": begins, f"{field}__lt": ends})


def units_of(source: Source, kind: str) -> Units:
    """What every unit of a kind did, by service; a department what was its own on the day, as reports tell it."""
    if kind == SERVICE:
        return {service: {service: tally} for service, tally in source.by(SERVICE).items()}
    return _paired(source.by(f"{kind}_service"))


def rated(tally: Tally) -> tuple[int, int]:
    """How many ratings count, and how many of them were 基本满意 or better."""
    counted = rated_by_level(tally)
    return sum(counted.values()), sum(counted[level] for level in GOOD_LEVELS)


def teams_of(hall: Hall, days: Period) -> Teams:
    """The teams that had a project in these days: leader and members."""
    chosen = ProjectTeam.objects.filter(hall=hall, state=ProjectTeam.State.CHOSEN)
    busy = chosen.filter(project__opened_on__lte=days.last).exclude(project__state=Project.State.WITHDRAWN)
    still = busy.exclude(project__accepted_at__lt=day_begins(hall, days.first))
    found = still.select_related("project").prefetch_related("members").order_by("project__label", "id")
    return {str(team.pk): (f"{team.name} · {team.project.label}", _people(team)) for team in found}


def _people(team: ProjectTeam) -> list[str]:
    return sorted({str(team.leader_id), *(str(user.pk) for user in team.members.all())})


def joined(units: Units, members: Mapping[str, Iterable[str]]) -> Units:
    """What teams did: all that their members did; {team: clerks}."""
    found: Units = {}
    for team, people in members.items():
        mine = found.setdefault(team, {})
        for person in people:
            for service, tally in units.get(person, {}).items():
                mine.setdefault(service, Tally()).add_all(tally.counts)
    return found


def limits_of(source: Source, kind: str, noun: str) -> Limits:
    """The limits of concerns or findings that ended in these days; a window has none of its own."""
    if kind == WINDOW:
        return {}
    if kind == CLERK:
        return _limits_of_people(source, noun)
    settled, passed = CASES[noun]
    return {
        unit: (tally[settled] - tally[f"{settled}_late"], tally[passed])
        for unit, tally in source.by(kind).items()
        if tally[settled] or tally[passed]
    }


def added(limits: Limits, members: Mapping[str, Iterable[str]]) -> Limits:
    """The limits of teams: all of their members'."""
    kept = {team: [limits.get(person, (0, 0)) for person in people] for team, people in members.items()}
    return {team: (sum(good for good, _ in own), sum(bad for _, bad in own)) for team, own in kept.items()}


def _limits_of_people(source: Source, noun: str) -> Limits:
    """By who handles a concern or owns a finding now: its last limit, where it was kept or passed in these days."""
    rows, person, ended = PEOPLE[noun]
    cases = rows._default_manager.filter(**{f"{person}__isnull": False}).order_by()
    kept = Count("id", filter=source.moment(ended) & Q(**{f"{ended}__lt": F("due_at")}))
    missed = source.moment("due_at") & (Q(**{ended: None}) | Q(**{f"{ended}__gte": F("due_at")}))
    missed &= Q(due_at__lte=source.hall.moved_at)
    found = cases.filter(source.moment(ended) | missed).values_list(person)
    limits = found.annotate(kept=kept, missed=Count("id", filter=missed))
    return {str(unit): (good, bad) for unit, good, bad in limits}


PEOPLE: dict[str, tuple[type[Model], str, str]] = {
    "concern": (Concern, "handler", "resolved_at"),
    "finding": (Finding, "owner", "fixed_at"),
}


def names_of_units(hall: Hall, kind: str) -> Names:
    """What people call them, in the order they usually stand in."""
    return {str(pk): (name, english) for pk, name, english in NAMES[kind](hall)}


NAMES: dict[str, Callable[[Hall], Iterable[tuple[int, str, str]]]] = {
    WINDOW: lambda hall: [(each.pk, str(each), each.in_english) for each in Window.objects.filter(hall=hall)],
    DEPARTMENT: lambda hall: Department.objects.filter(hall=hall).values_list("id", "name", "name_en"),
    SERVICE: lambda hall: Service.objects.filter(hall=hall).values_list("id", "name", "name_en"),
    CLERK: lambda hall: [
        (each.pk, str(each), "") for each in User.objects.filter(hall=hall).order_by("username")
    ],
}


def variance_of(durations: Durations) -> float:
    """The variance of single durations (seconds², as of a sample), each taken for the middle of its bin."""
    if durations.count < 2:
        return 0.0
    middles = {index: _middle(index) for index in durations.bins}
    mean = sum(count * middles[index] for index, count in durations.bins.items()) / durations.count
    squares = sum(count * (middles[index] - mean) ** 2 for index, count in durations.bins.items())
    return squares / (durations.count - 1)


def _middle(index: int) -> float:
    return (EDGES[index] + EDGES[index + 1]) / 2 if index + 1 < len(EDGES) else float(EDGES[index])


def _paired(pairs: Mapping[str, Tally]) -> Units:
    units: Units = defaultdict(dict)
    for pair, tally in pairs.items():
        unit, _, service = pair.partition(":")
        if unit != "0":  # a machine's calls are nobody's
            units[unit][service] = tally
    return units
