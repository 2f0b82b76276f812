"""Whose ratings the public is not told: those of very few, also where a sum less what is told would leave very few."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from hallqueue.fairness import FEWEST_CASES
from hallqueue.figures.days import months_between
from hallqueue.reporting.periods import MONTH, period_around
from hallqueue.reporting.rankings.sources import DEPARTMENT, Source, rated, units_of


def untold(source: Source, today: date) -> set[str]:
    """The departments whose ratings of a month or quarter are withheld, as text ids.

    Of days under way all are: who looks before and after a visit would see what it was rated. Of a quarter, what its
    months withhold must stay hidden when the other months are taken from it.
    """
    counts = _counts(source)
    if source.days.last >= today:
        return set(counts)
    left = Counter[str]()
    for month in months_between(source.days.first, source.days.last):
        of_month = _counts(Source(source.hall, period_around(MONTH, month)))
        left.update({unit: of_month[unit] for unit in kept_back(of_month)})
    return kept_back(counts, (unit for unit, count in left.items() if _few(count)))


def kept_back(counts: Mapping[str, int], units: Iterable[str] = ()) -> set[str]:
    """The units that are not told: those with few cases, `units`, and the next small ones until all of them together
    have enough cases that their sum, which anybody can reckon from the hall's, tells of no few people."""
    hidden = {*units, *(unit for unit, count in counts.items() if _few(count))}
    told = sorted(
        (unit for unit, count in counts.items() if count and unit not in hidden), key=counts.__getitem__
    )
    while told and _few(sum(counts.get(unit, 0) for unit in hidden)):
        hidden.add(told.pop(0))
    return hidden


def _few(count: int) -> bool:
    """Of none nothing is told anyway; what was set aside later may leave less than none."""
    return count < FEWEST_CASES and count != 0


def _counts(source: Source) -> dict[str, int]:
    """How many ratings each department has."""
    units = units_of(source, DEPARTMENT)
    return {unit: sum(rated(tally)[0] for tally in done.values()) for unit, done in units.items()}
