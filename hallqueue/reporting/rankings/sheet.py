"""A ranking as a workbook: a sheet for each measure, every interval and every place as exactly as it was reckoned."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hallqueue.fairness import Interval
from hallqueue.models import Hall
from hallqueue.reporting.periods import Period
from hallqueue.reporting.rankings.tables import RATING, SERVE, VOLUME, WAIT, Cell, Line, Ranking
from hallqueue.reporting.sheets import period_name
from hallqueue.sheets.writing import Sheet, workbook_of
from hallqueue.texts import text

MINUTE, HOUR = 60, 3600
NAME = 34
BESIDE = (
    "cases",
    "compared",
    "value",
    "expected",
    "ratio",
    "low",
    "high",
    "verdict",
    "first",
    "last",
    "place",
)
OF_VOLUME = ("cases", "value", "low", "high", "first", "last", "place")
OF_TIMES = (*BESIDE, "median", "median_low", "median_high")
SHARES, RATIOS = {RATING, "concern", "finding"}, ("ratio", "low", "high")


def workbook_of_ranking(hall: Hall, ranking: Ranking, period: Period, notes: list[str], lang: str) -> bytes:
    """An XLSX file; `notes` are what the page says of these days."""
    kind = text(f"ranking.kind.{ranking.kind}", lang)
    said = [hall.name, f"{kind} {period_name(period, lang)}", f"{period.first} – {period.last}", *notes]
    explained = [*said, text("ranking.how.interval_text", lang), text("ranking.how.few_text", lang)]
    title = text("ranking.title", lang)
    about = Sheet(title, [title], [[line] for line in explained], (100,))
    of = f"{hall.name} {period_name(period, lang)}"
    sheets = (about, *(_sheet(ranking, measure, lang) for measure in ranking.measures))
    return workbook_of(*(replace(sheet, of=of) for sheet in sheets))


def _sheet(ranking: Ranking, measure: str, lang: str) -> Sheet:
    columns = {VOLUME: OF_VOLUME, WAIT: OF_TIMES, SERVE: OF_TIMES}.get(measure, BESIDE)
    head = [text(f"ranking.kind.{ranking.kind}", lang), *(_named(name, measure, lang) for name in columns)]
    rows = [_row(line, measure, columns, lang) for line in ranking.ordered(measure)]
    shares = {at for at, name in enumerate(columns, 1) if _is_share(name, measure)}
    return Sheet(text(f"ranking.measure.{measure}", lang), head, rows, (NAME,), shares)


def _named(column: str, measure: str, lang: str) -> str:
    """A column's head; of the hours of volume and of minutes, with what they are told in."""
    named = text(f"ranking.column.{column}", lang)
    is_plain = column in ("value", "expected") or column.startswith("median") or measure == VOLUME
    if column in ("cases", "first", "last", "place") or not is_plain or measure in SHARES:
        return named
    return f"{named} ({text(f'ranking.unit.{measure}', lang)})"


def _is_share(column: str, measure: str) -> bool:
    return (column in RATIOS and measure != VOLUME) or (column in ("value", "expected") and measure in SHARES)


def _row(line: Line, measure: str, columns: tuple[str, ...], lang: str) -> list[Any]:
    told = dict(_told(line.cells[measure], measure, lang))
    return [line.called(lang), *(told.get(name) for name in columns)]


def _told(cell: Cell, measure: str, lang: str) -> Iterator[tuple[str, Any]]:
    """What is known of a cell, by column."""
    found, scale = cell.compared, {VOLUME: HOUR, WAIT: MINUTE, SERVE: MINUTE}.get(measure, 1)
    yield from (("cases", found.count), ("compared", found.compared))
    if found.count:
        yield "verdict", text(f"ranking.verdict.{found.verdict}", lang)
    if found.compared:
        yield "value", found.observed / scale
        yield from _interval(("low", "high"), cell.span, scale if measure == VOLUME else 1)
    if found.compared and measure != VOLUME:
        yield from (("expected", found.expected / scale), ("ratio", found.observed / found.expected))
    if cell.place is not None:
        yield from (("first", cell.place[0]), ("last", cell.place[1]), ("place", _place(cell, lang)))
    if cell.median is not None and cell.between is not None:
        yield "median", cell.median / MINUTE
        yield from _interval(("median_low", "median_high"), cell.between, MINUTE)


def _interval(names: tuple[str, str], found: Interval, scale: int) -> Iterator[tuple[str, float]]:
    return ((name, end / scale) for name, end in zip(names, found, strict=True))


def _place(cell: Cell, lang: str) -> str:
    """A place of its own, one that is shared, or one that says nothing."""
    if not cell.is_told_apart:
        return text("ranking.not_told_apart", lang)
    assert cell.place is not None
    return text(f"ranking.place_{'own' if cell.place[0] == cell.place[1] else 'shared'}", lang)
