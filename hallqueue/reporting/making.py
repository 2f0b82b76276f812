"""A report made: the figures of a period by every dimension it shows, the period before, and what things are called."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from hallqueue.errors import Refused
from hallqueue.figures.days import days_between, month_begins
from hallqueue.figures.folding import HALL, VERSION
from hallqueue.figures.reading import by_day, figures_of, has_simulated, totals
from hallqueue.figures.tally import Figures, Tally
from hallqueue.models import Department, Hall, Service, Window
from hallqueue.reporting.periods import DAY, Period
from hallqueue.texts import named

DIMENSIONS = (HALL, "service", "department", "window", "hour", "source", "klass")
DAILY = 92
"""A longer period is told month by month."""


Names = dict[str, dict[str, list[str]]]
"""{dimension: {key: [Chinese, English or ""]}}"""


@dataclass(frozen=True)
class Report:
    """Everything that is shown of a period; `steps` are its days or months, `names` as `Names` has them.

    `kept_at` is when one that is kept was made.
    """

    period: Period
    today: date
    figures: Figures
    before: Tally
    steps: dict[str, Tally]
    names: Names
    simulated: bool = False
    version: int = VERSION
    cutoff: int = field(default=0)
    kept_at: datetime | None = None

    @property
    def whole(self) -> Tally:
        """The hall's own."""
        return self.figures.of(HALL)

    @property
    def is_over(self) -> bool:
        """Whether nothing can be added any more."""
        return self.period.last < self.today

    def names_of(self, dimension: str, key: str) -> list[str]:
        """What a thing was called when the report was made: in Chinese, and in English or ""."""
        return self.names.get(dimension, {}).get(key, [key, ""])


def report_of(hall: Hall, period: Period, today: date, *, empty_too: bool = False) -> Report:
    """The report of a period; call it inside one read. Raises Refused: figures_pending, report_empty.

    While the period runs, it is compared with as many days of the one before.
    """
    last = min(period.last, today)
    figures = figures_of(hall, period.first, last, DIMENSIONS)
    if not (figures.of(HALL).counts or empty_too):
        raise Refused("report_empty", 404, period=period.label)
    before = period.before
    as_far = min(before.last, before.first + (last - period.first)) if last < period.last else before.last
    return Report(
        period,
        today,
        figures,
        totals(hall, before.first, as_far).get("", Tally()),
        {} if period.kind == DAY else _steps(hall, period, last),
        _names(hall, figures),
        has_simulated(hall, period.first, last),
        cutoff=hall.cutoff_hour,
    )


def content_of(report: Report) -> dict[str, Any]:
    """What is kept of a report: everything it shows, as plain values."""
    return {
        "figures": dict(report.figures.content()),
        "before": report.before.counts,
        "steps": {key: tally.counts for key, tally in report.steps.items()},
        "names": report.names,
        "simulated": report.simulated,
        "cutoff": report.cutoff,
    }


def kept_report(
    period: Period, content: Mapping[str, Any], version: int, today: date, kept_at: datetime
) -> Report:
    """A report as it was kept."""
    figures = Figures()
    for dimension, counts in content["figures"].items():
        figures.add_all(dimension, counts)
    steps = {key: Tally(dict(counts)) for key, counts in content["steps"].items()}
    before = Tally(dict(content["before"]))
    more = {"simulated": content["simulated"], "version": version, "cutoff": content["cutoff"]}
    more["kept_at"] = kept_at
    return Report(period, today, figures, before, steps, content["names"], **more)


@dataclass(frozen=True)
class Difference:
    """A figure that is told otherwise now than when the report was kept."""

    dimension: str
    name: str
    figure: str
    kept: int
    now: int


def differences(kept: Report, now: Report, lang: str) -> list[Difference]:
    """Where a report made again differs from the kept one; nothing, unless a definition was corrected."""
    found = []
    for dimension in sorted({*kept.figures.by, *now.figures.by}):
        olds, news = kept.figures.by.get(dimension, {}), now.figures.by.get(dimension, {})
        for key in sorted({*olds, *news}):
            old, new = olds.get(key, Tally()), news.get(key, Tally())
            changed = {name for name in {*old.counts, *new.counts} if old[name] != new[name]}
            name, english = kept.names_of(dimension, key)
            found += [
                Difference(dimension, named(name, english, lang), figure, old[figure], new[figure])
                for figure in sorted(changed)
            ]
    return found


def _steps(hall: Hall, period: Period, last: date) -> dict[str, Tally]:
    """The hall day by day, or month by month where that would be too many; oldest first, none left out."""
    days = by_day(hall, period.first, last)
    monthly = period.days > DAILY
    steps: dict[str, Tally] = {}
    for day in days_between(period.first, last):
        key = f"{month_begins(day):%Y-%m}" if monthly else str(day)
        steps.setdefault(key, Tally()).add_all(days[day].counts if day in days else {})
    return steps


def _names(hall: Hall, figures: Figures) -> Names:
    """What is called how now, of everything that has figures."""
    windows = Window.objects.filter(hall=hall)
    found: Names = {"window": {str(each.pk): [str(each), each.in_english] for each in windows}}
    for dimension, model in (("service", Service), ("department", Department)):
        rows = model._default_manager.filter(hall=hall).values_list("pk", "name", "name_en")
        found[dimension] = {str(pk): names for pk, *names in rows}
    return {
        dimension: {key: name for key, name in names.items() if key in figures.by.get(dimension, {})}
        for dimension, names in found.items()
    }
