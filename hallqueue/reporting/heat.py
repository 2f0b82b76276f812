"""The heat map: when people come, and how long they wait, by weekday and hour."""

from dataclasses import dataclass

from hallqueue.figures.tally import Tally
from hallqueue.reporting.making import Report
from hallqueue.reporting.tables import COUNT, MINUTES, Value

LEVELS = 5
HOURS = 24

Values = dict[tuple[int, int], Value]
"""By weekday and hour."""


@dataclass(frozen=True)
class Cell:
    """One hour of one weekday; `level` 0–5 is how strongly it is drawn, against the strongest."""

    value: Value
    level: int


@dataclass(frozen=True)
class HeatMap:
    """`name` is its text's key; `hours` are columns; `rows` are (weekday 0–6, cells) told in `unit`."""

    name: str
    unit: str
    hours: list[int]
    rows: list[tuple[int, list[Cell]]]

    @property
    def key(self) -> str:
        """The text that names it."""
        return f"report.heat.{self.name}"


def heat_maps(report: Report) -> list[HeatMap]:
    """Numbers taken, and the median wait in minutes, by the hour in which the number was taken.

    Of an hour of which nobody was called, there is no wait.
    """
    tallies = {divmod(int(key), HOURS): tally for key, tally in report.figures.by.get("hour", {}).items()}
    if not tallies:
        return []
    hours = sorted({hour for _, hour in tallies}, key=lambda hour: (hour - report.cutoff) % HOURS)
    taken: Values = {at: float(sum(tally.under("ticket").values())) for at, tally in tallies.items()}
    waits = {at: _median(tally) for at, tally in tallies.items()}
    return [_map("taken", COUNT, hours, taken), _map("wait", MINUTES, hours, waits)]


def _median(tally: Tally) -> Value:
    found = tally.waits.median
    return None if found is None else found / 60


def _map(name: str, unit: str, hours: list[int], values: Values) -> HeatMap:
    most = max((value for value in values.values() if value), default=1)
    weekdays = sorted({weekday for weekday, _ in values})
    rows = [(weekday, [_cell(values.get((weekday, hour)), most) for hour in hours]) for weekday in weekdays]
    return HeatMap(name, unit, hours, rows)


def _cell(value: Value, most: float) -> Cell:
    if value is None:
        return Cell(None, 0)
    return Cell(value, max(1, round(LEVELS * value / most)) if value else 0)
