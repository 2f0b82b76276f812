"""A ranking: every unit with all its parts, each beside what was expected of it, and the places it may hold."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace

from hallqueue.fairness import (
    Compared,
    Interval,
    Part,
    Verdict,
    means_beside,
    median_shares,
    places,
    shares_beside,
    workload,
)
from hallqueue.figures.tally import Durations, Tally
from hallqueue.reporting.rankings.sources import (
    AGAINST_BEFORE,
    CASES,
    CLERK,
    TEAM,
    Limits,
    Source,
    Units,
    added,
    joined,
    limits_of,
    names_of_units,
    rated,
    teams_of,
    units_of,
    variance_of,
)
from hallqueue.texts import named

VOLUME, WAIT, SERVE, RATING = "volume", "wait", "serve", "rating"
MEASURES = (VOLUME, WAIT, SERVE, RATING, *CASES)
LOWER_IS_BETTER = {WAIT, SERVE}


@dataclass(frozen=True)
class Cell:
    """One measure of one unit. `span` is what places are told by; `median` (seconds) with the interval it lies in."""

    compared: Compared
    span: Interval
    median: float | None = None
    between: Interval | None = None
    place: tuple[int, int] | None = None
    ranked: int = 0

    @property
    def is_told_apart(self) -> bool:
        """Whether its place says anything: not every one of the ranked might be it."""
        return self.place is not None and self.place != (1, self.ranked)


NOTHING = Cell(Compared(0), Interval(0.0, 0.0))


@dataclass(frozen=True)
class Line:
    """A unit with its parts; never a score without them. Of those `withheld` nothing stands in its cell."""

    unit: str
    name: str
    name_en: str
    cells: dict[str, Cell]
    withheld: frozenset[str] = frozenset()

    def called(self, lang: str) -> str:
        """Its name as a page in that language says it."""
        return named(self.name, self.name_en, lang)

    @property
    def leads(self) -> bool:
        """先进: surely better than expected in something, and surely worse in nothing."""
        verdicts = [cell.compared.verdict for cell in self.cells.values()]
        return Verdict.BETTER in verdicts and Verdict.WORSE not in verdicts


@dataclass(frozen=True)
class Ranking:
    """All units of a kind; `measures` are those of which anything is known."""

    kind: str
    lines: list[Line]
    measures: tuple[str, ...]

    def ordered(self, measure: str) -> list[Line]:
        """By the places they may hold, then by the middle of their intervals; who has no place comes last."""
        return sorted(self.lines, key=lambda line: _order(line.cells[measure], measure))

    def without_ratings_of(self, units: Container[str]) -> "Ranking":
        """The same with nothing told of the ratings of some units: no figure, no place, no lead by them."""
        return replace(self, lines=[_unrated(line) if line.unit in units else line for line in self.lines])

    def line_of(self, unit: str) -> Line | None:
        """One unit's line."""
        return next((line for line in self.lines if line.unit == unit), None)


def ranking_of(source: Source, kind: str) -> Ranking:
    """The ranking of a kind in these days."""
    teams = teams_of(source.hall, source.days) if kind == TEAM else {}
    members = {team: people for team, (_, people) in teams.items()}
    base = CLERK if kind == TEAM else kind
    units, limits = units_of(source, base), {noun: limits_of(source, base, noun) for noun in CASES}
    names = names_of_units(source.hall, base)
    if kind == TEAM:
        units = joined(units, members)
        limits = {noun: added(each, members) for noun, each in limits.items()}
        names = {team: (name, "") for team, (name, _) in teams.items()}
    measured = _measured(source, kind, units) | {noun: _kept(each) for noun, each in limits.items()}
    # Who was but asked about, or sat there, did nothing that is ranked.
    counted = {unit for cells in measured.values() for unit, cell in cells.items() if cell.compared.count}
    present = set(names) if kind == TEAM and counted else counted
    placed = {
        name: _placed(name, {u: c for u, c in cells.items() if u in names})
        for name, cells in measured.items()
    }
    lines = [
        Line(unit, *both, {measure: placed[measure].get(unit, NOTHING) for measure in MEASURES})
        for unit, both in names.items()
        if unit in present
    ]
    told = tuple(name for name in MEASURES if any(cell.compared.count for cell in measured[name].values()))
    return Ranking(kind, lines, told)


def _measured(source: Source, kind: str, units: Units) -> dict[str, dict[str, Cell]]:
    """Volume and times of every unit."""
    against = source.before if kind in AGAINST_BEFORE else source
    inside = against is source
    measure = {name: _Measure(name, against.by("service"), inside) for name in (WAIT, SERVE)}
    usual = _Measure(SERVE, source.by("service"), inside=True)
    return {
        VOLUME: {unit: _volume(usual.parts(done)) for unit, done in units.items()},
        **{name: {unit: each.cell(done) for unit, done in units.items()} for name, each in measure.items()},
        RATING: _ratings(source, kind, units),
    }


def _ratings(source: Source, kind: str, units: Units) -> dict[str, Cell]:
    """The share of the satisfied: beside the same services, or beside all where nobody else has one's services."""
    usual = {service: rated(tally) for service, tally in source.by("service").items()}
    together = (sum(count for count, _ in usual.values()), sum(good for _, good in usual.values()))
    cells = {}
    for unit, done in units.items():
        beside = {
            service: together if kind in AGAINST_BEFORE else usual.get(service, (0, 0)) for service in done
        }
        parts = [Part(*rated(tally), *beside[service]) for service, tally in done.items()]
        compared = shares_beside(parts if kind not in AGAINST_BEFORE else [_sum(parts, together)])
        cells[unit] = Cell(compared, compared.ratio)
    return cells


def _sum(parts: list[Part], beside: tuple[int, int]) -> Part:
    """All of a unit's cases as one."""
    return Part(sum(part.cases for part in parts), sum(part.total for part in parts), *beside)


class _Measure:
    """The durations of one name that all are held against, by service."""

    def __init__(self, name: str, all_of_them: Mapping[str, Tally], inside: bool) -> None:
        self.name, self.inside = name, inside
        self.all = {service: tally.durations(name) for service, tally in all_of_them.items()}
        self.variances = {service: variance_of(durations) for service, durations in self.all.items()}

    def parts(self, done: Mapping[str, Tally]) -> list[Part]:
        """What a unit did, service by service, beside all."""
        return [self._part(service, tally.durations(self.name)) for service, tally in done.items()]

    def cell(self, done: Mapping[str, Tally]) -> Cell:
        """A unit's mean beside the expected, and its median."""
        compared = means_beside(self.parts(done))
        together = _together(tally.durations(self.name) for tally in done.values())
        low, high = (together.quantile(share) for share in median_shares(together.count))
        between = Interval(low, high) if low is not None and high is not None else None
        return Cell(compared, compared.ratio, together.median, between)

    def _part(self, service: str, own: Durations) -> Part:
        everybody = self.all.get(service, Durations({}, 0))
        variance = self.variances.get(service, 0.0)
        return Part(own.count, own.seconds, everybody.count, everybody.seconds, variance, self.inside)


def _together(many: Iterable[Durations]) -> Durations:
    bins: dict[int, int] = {}
    seconds = 0
    for each in many:
        seconds += each.seconds
        for index, count in each.bins.items():
            bins[index] = bins.get(index, 0) + count
    return Durations(bins, seconds)


def _volume(parts: list[Part]) -> Cell:
    """Stays at windows, and the time they usually take."""
    count, span = sum(part.cases for part in parts), workload(parts)
    return Cell(Compared(count, count, (span.low + span.high) / 2, verdict=Verdict.ALIKE), span)


def _kept(limits: Limits) -> dict[str, Cell]:
    """The share of limits kept, beside that of all."""
    all_kept, all_ended = (sum(each) for each in _columns(limits))
    cells = {}
    for unit, (kept, passed) in limits.items():
        compared = shares_beside([Part(kept + passed, kept, all_ended, all_kept)])
        cells[unit] = Cell(compared, compared.ratio)
    return cells


def _columns(limits: Limits) -> tuple[list[int], list[int]]:
    return [kept for kept, _ in limits.values()], [kept + passed for kept, passed in limits.values()]


def _unrated(line: Line) -> Line:
    if not line.cells[RATING].compared.count:
        return line
    return replace(line, cells=line.cells | {RATING: NOTHING}, withheld=frozenset({RATING}))


def _placed(name: str, cells: dict[str, Cell]) -> dict[str, Cell]:
    """The same with the places each may hold among those that are compared."""
    ranked = {unit: cell.span for unit, cell in cells.items() if cell.compared.is_ranked}
    found = places(ranked, lower_is_better=name in LOWER_IS_BETTER)
    return {
        unit: Cell(cell.compared, cell.span, cell.median, cell.between, found.get(unit), len(ranked))
        for unit, cell in cells.items()
    }


def _order(cell: Cell, measure: str) -> tuple[bool, tuple[int, int], float]:
    middle = sum(cell.span) if measure in LOWER_IS_BETTER else -sum(cell.span)
    return (cell.place is None, cell.place or (0, 0), middle)
