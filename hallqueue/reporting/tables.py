"""A report as tables: the same for the screen, the workbook, the CSV file and paper."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from hallqueue.figures.tally import Tally
from hallqueue.models import Concern, FallbackReason, Finding, Klass, Refusal, Walkthrough
from hallqueue.reporting.making import Report

COUNT, MINUTES, HOURS, SHARE = "count", "minutes", "hours", "share"
GOOD_LEVELS = ("5", "4", "3")
LEVELS = ("5", "4", "3", "2", "1")
MODE = "walkthrough.mode"

Value = float | None


@dataclass(frozen=True)
class Column:
    """A figure of a table: its text is `report.figure.<name>`; what it is counted in."""

    name: str
    unit: str
    read: Callable[[Tally], Value]

    @property
    def key(self) -> str:
        """The text that names it."""
        return f"report.figure.{self.name}"


@dataclass(frozen=True)
class Row:
    """A line of a table; `key` names a text instead of `name`; `name_en` is "" where the name is the same."""

    name: str
    values: list[Value]
    key: str = ""
    name_en: str = ""


@dataclass(frozen=True)
class Table:
    """A table: its text is `report.table.<name>`; `bar` is the column that is drawn as well, -1 for none."""

    name: str
    columns: tuple[Column, ...]
    rows: list[Row] = field(default_factory=list)
    bar: int = 0

    @property
    def key(self) -> str:
        """The text that names it."""
        return f"report.table.{self.name}"

    @property
    def longest(self) -> float:
        """The longest bar."""
        return max((row.values[self.bar] or 0 for row in self.rows), default=0) if self.bar >= 0 else 0


def taken(tally: Tally) -> int:
    """The numbers taken."""
    return sum(tally.under("ticket").values())


def called(tally: Tally) -> int:
    """The calls."""
    return sum(tally.under("call").values())


def satisfaction(tally: Tally) -> Value:
    """The share of 非常满意, 满意 and 基本满意 among the ratings that count, in percent; None of none."""
    given = rated(tally)
    total = sum(given.values())
    return 100 * sum(given[level] for level in GOOD_LEVELS) / total if total else None


def rated(tally: Tally) -> dict[str, int]:
    """The ratings that count, by level: given, less those set aside."""
    given, aside = tally.under("rating.given"), tally.under("rating.set_aside")
    return {level: given.get(level, 0) - aside.get(level, 0) for level in LEVELS}


def _minutes(seconds: float | None) -> Value:
    return None if seconds is None else seconds / 60


def _share(part: float, whole: float) -> Value:
    return 100 * part / whole if whole else None


def counted(name: str, figure: str = "") -> Column:
    """A figure as it was counted."""
    return Column(name, COUNT, lambda tally: tally[figure or name])


TAKEN = Column("taken", COUNT, taken)
DONE = counted("done", "ticket.done")
MATTERS, LEFT = counted("matters"), counted("left")
CALLS = Column("calls", COUNT, called)
MISSED = counted("missed", "call.missed")
STAYS = Column("stays", COUNT, lambda tally: tally.serves.count)
WAIT_MEAN = Column("wait_mean", MINUTES, lambda tally: _minutes(tally.waits.mean))
WAIT_MEDIAN = Column("wait_median", MINUTES, lambda tally: _minutes(tally.waits.median))
WAIT_P90 = Column("wait_p90", MINUTES, lambda tally: _minutes(tally.waits.p90))
WITHIN_15 = Column("within_15", SHARE, lambda tally: _share(tally.waits.within(15), tally.waits.count))
WITHIN_30 = Column("within_30", SHARE, lambda tally: _share(tally.waits.within(30), tally.waits.count))
WAY = Column("way", MINUTES, lambda tally: _minutes(tally.durations("way").mean))
SERVE_MEAN = Column("serve_mean", MINUTES, lambda tally: _minutes(tally.serves.mean))
SERVE_MEDIAN = Column("serve_median", MINUTES, lambda tally: _minutes(tally.serves.median))
SERVE_P90 = Column("serve_p90", MINUTES, lambda tally: _minutes(tally.serves.p90))
OPEN = Column("open", HOURS, lambda tally: tally["open"] / 3600)
IDLE = Column("idle", HOURS, lambda tally: tally["idle"] / 3600)
FALLEN = counted("fallen")
REFUSED = Column("refusals", COUNT, lambda tally: sum(tally.under("refusal").values()))
CONCERNS = counted("concerns", "concern.raised")
RESOLVED = counted("resolved", "concern.resolved")
IN_TIME = Column("in_time", COUNT, lambda tally: tally["concern.resolved"] - tally["concern.resolved_late"])
FINDINGS, CLOSED = counted("findings", "finding.noted"), counted("closed", "finding.closed")
SATISFIED = Column("satisfaction", SHARE, satisfaction)
RATED = Column("rated", COUNT, lambda tally: sum(rated(tally).values()))
NUMBER = Column("number", COUNT, lambda tally: None)

WAITS = (WAIT_MEAN, WAIT_MEDIAN, WAIT_P90)
SUMMARY = (
    *(TAKEN, DONE, MATTERS, LEFT, CALLS, MISSED, *WAITS, WITHIN_15, WITHIN_30, WAY),
    *(SERVE_MEAN, SERVE_MEDIAN, SERVE_P90, OPEN, IDLE, FALLEN, REFUSED),
    *(CONCERNS, RESOLVED, IN_TIME, FINDINGS, CLOSED, RATED, SATISFIED),
)
STEPS = (TAKEN, DONE, *WAITS, SERVE_MEDIAN, FALLEN)
OF_SERVICE = (TAKEN, DONE, *WAITS, SERVE_MEDIAN, SERVE_P90, MISSED, LEFT, FALLEN, CONCERNS, SATISFIED)
OF_DEPARTMENT = (*OF_SERVICE[:-1], IN_TIME, FINDINGS, SATISFIED)
OF_WINDOW = (STAYS, CALLS, MISSED, WAIT_MEDIAN, WAY, SERVE_MEDIAN, SERVE_P90, OPEN, IDLE, REFUSED, SATISFIED)
OF_KIND = (TAKEN, WAIT_MEDIAN, WAIT_P90)

BANDS = ((0, 5), (5, 10), (10, 15), (15, 30), (30, 60), (60, 10_000))


def tables_of(report: Report) -> Iterator[Table]:
    """Every table of a report that has anything to say, in its order."""
    whole = report.whole
    for table in (
        _steps(report),
        _waits(whole),
        _coded("klass", report, Klass.values, "words.class"),
        _coded("source", report, sorted(report.figures.by.get("source", {})), "report.source"),
        _things(report, "department", OF_DEPARTMENT),
        _things(report, "service", OF_SERVICE),
        _things(report, "window", OF_WINDOW),
        _counts("fallback", whole.under("fallback"), FallbackReason.values, "fallback.reason"),
        _counts("refusal", whole.under("refusal"), Refusal.Kind.values, "fallback.kind"),
        _counts("concern", whole.under("concern.raised_kind"), Concern.Kind.values, "concern.kind"),
        _counts("satisfaction", whole.under("concern.satisfaction"), LEVELS, "concern.satisfaction"),
        _counts("walkthrough", whole.under("walkthrough.started_mode"), Walkthrough.Mode.values, MODE),
        _counts("finding", whole.under("finding.noted_kind"), Finding.Kind.values, "walkthrough.finding"),
        _counts("rating", rated(whole), LEVELS, "rating.level"),
        _cases(whole),
    ):
        if table.rows:
            yield table


def summary_of(report: Report) -> list[tuple[Column, Value, Value]]:
    """The figures of the hall with those of the period before."""
    return [(column, column.read(report.whole), column.read(report.before)) for column in SUMMARY]


def _steps(report: Report) -> Table:
    """Day by day or month by month; of one day, hour by hour."""
    if report.steps:
        rows = [_row(key, STEPS, tally) for key, tally in report.steps.items()]
        by_month = len(next(iter(report.steps))) == len("2026-11")
        return Table("months" if by_month else "steps", STEPS, rows)
    hours = report.figures.by.get("hour", {})
    ordered = sorted(hours, key=lambda key: (int(key) % 24 - report.cutoff) % 24)
    return Table("hours", OF_KIND, [_row(f"{int(key) % 24}:00", OF_KIND, hours[key]) for key in ordered])


def _waits(whole: Tally) -> Table:
    """How many waited how long."""
    waits = whole.waits
    if not waits.count:
        return Table("waits", ())
    rows = []
    for low, high in BANDS:
        count = waits.within(high) - waits.within(low)
        share = 100 * count / waits.count
        rows.append(Row("", [count, share], f"report.band.{low}"))
    return Table("waits", (NUMBER, Column("share", SHARE, lambda tally: None)), rows)


def _things(report: Report, dimension: str, columns: tuple[Column, ...]) -> Table:
    """Services, departments or windows: who had most comes first."""
    tallies = report.figures.by.get(dimension, {})
    rows = [_thing(report.names_of(dimension, key), columns, tally) for key, tally in tallies.items()]
    return Table(dimension, columns, sorted(rows, key=lambda row: (-(row.values[0] or 0), row.name)))


def _coded(name: str, report: Report, codes: Iterable[str], room: str) -> Table:
    """Classes or ways to take a number."""
    tallies = report.figures.by.get(name, {})
    found = [(code, tallies[code]) for code in codes if code in tallies]
    return Table(name, OF_KIND, [_row(code, OF_KIND, tally, f"{room}.{code}") for code, tally in found])


def _counts(name: str, counts: dict[str, int], codes: Iterable[str], room: str) -> Table:
    """Counts by a code; of nothing, no table."""
    codes = list(codes)
    if not any(counts.values()):
        return Table(name, ())
    rows = [Row("", [counts.get(code, 0)], f"{room}.{code}") for code in codes]
    return Table(name, (NUMBER,), rows)


CASES = (
    *("concern.raised", "concern.resolved", "concern.resolved_late", "concern.overdue", "concern.reopened"),
    *("walkthrough.started", "walkthrough.finished", "walkthrough.dropped"),
    *("finding.noted", "finding.fixed", "finding.fixed_late", "finding.closed", "finding.overdue"),
    *("finding.reopened", "finding.withdrawn"),
    *("rating.asked", "rating.answered", "rating.answered_late", "rating.closed", "rating.overdue"),
    *("rating.appealed", "rating.set_aside"),
    *("project.opened", "project.posted", "project.claimed", "project.step_finished", "project.overdue"),
    *("project.delivered", "project.accepted", "project.reopened"),
    *("appointment.booked", "appointment.arrived"),
    *("appointment.late", "appointment.missed", "appointment.cancelled"),
)


def _cases(whole: Tally) -> Table:
    """What happened to concerns, walkthroughs, findings, ratings, projects and appointments."""
    told = {name: whole[name] or sum(whole.under(name).values()) for name in CASES}
    rows = [Row("", [count], f"report.case.{name}") for name, count in told.items() if count]
    return Table("cases", (NUMBER,), rows, bar=-1)


def _thing(names: list[str], columns: tuple[Column, ...], tally: Tally) -> Row:
    return replace(_row(names[0], columns, tally), name_en=names[1])


def _row(name: str, columns: tuple[Column, ...], tally: Tally, key: str = "") -> Row:
    return Row(name, [column.read(tally) for column in columns], key)
