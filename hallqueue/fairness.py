"""Fair comparison in plain numbers: observed beside expected from the same services, intervals, shared places.

Definitions in words: docs/rankings.md. Everything is at 95 per cent; nothing here knows of Django or of a hall.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import NamedTuple

Z = 1.959964
"""Between -Z and Z lie 95 per cent of a normal distribution."""

FEWEST_TIMES, FEWEST_CASES = 20, 5
"""Of fewer times, or fewer cases of which a share is told, nothing is concluded; it is shown that they are few."""


class Interval(NamedTuple):
    """Where the true value lies, as far as so many cases can tell."""

    low: float
    high: float


NO_INTERVAL = Interval(0.0, 0.0)


class Verdict(StrEnum):
    """What a comparison says."""

    BETTER = "better"
    ALIKE = "alike"  # not distinguishable from what was expected
    WORSE = "worse"
    FEW = "few"
    ALONE = "alone"  # nobody else does the same


class Part(NamedTuple):
    """One service's share in what somebody did, beside the measure it is compared with.

    `total` is the sum of what is measured: seconds, or how many were good. `all_*` are those of the measure; its
    `variance` (of single times, seconds²) is used for means alone. Where `inside`, the measure includes one's own.
    """

    cases: int
    total: float
    all_cases: int
    all_total: float
    variance: float = 0.0
    inside: bool = True

    @property
    def others(self) -> int:
        """How many cases of the measure are not one's own."""
        return self.all_cases - self.cases * self.inside

    @property
    def expected(self) -> float:
        """What the sum would be if one's own cases were as all are."""
        return self.cases * self.all_total / self.all_cases

    @property
    def spread(self) -> float:
        """The variance of observed minus expected, if cases were dealt out by lot."""
        own = self.cases / self.all_cases
        return self.cases * self.variance * (1 - own if self.inside else 1 + own)


@dataclass(frozen=True)
class Compared:
    """Somebody's cases beside what was expected: `count` all, `compared` those of services that others do too.

    `observed` and `expected` are per case of the compared; `ratio` with its interval is observed over expected.
    """

    count: int
    compared: int = 0
    observed: float = 0.0
    expected: float = 0.0
    ratio: Interval = NO_INTERVAL
    verdict: Verdict = Verdict.ALONE

    @property
    def is_ranked(self) -> bool:
        """Whether there is enough to give it a place."""
        return self.verdict not in (Verdict.FEW, Verdict.ALONE)


def wilson(good: int, count: int) -> Interval:
    """Where a share lies of which `good` of `count` were seen (Wilson 1927, score interval); of none, anywhere."""
    if count == 0:
        return Interval(0.0, 1.0)
    share, weight = good / count, Z * Z / count
    middle = share + weight / 2
    reach = sqrt(weight * share * (1 - share) + weight * weight / 4)
    low, high = (middle - reach) / (1 + weight), (middle + reach) / (1 + weight)
    return Interval(0.0 if good == 0 else low, 1.0 if good == count else high)


def median_shares(count: int) -> Interval:
    """Between which quantiles of `count` times the true median lies (Woodruff 1952): 0.4–0.6 of about a hundred."""
    reach = Z * 0.5 / sqrt(count) if count else 0.5
    return Interval(max(0.0, 0.5 - reach), min(1.0, 0.5 + reach))


def means_beside(parts: Iterable[Part]) -> Compared:
    """Mean times beside the expected; shorter is better. The interval is normal, by the services' own spread."""
    count, fit = _fit(parts)
    compared, total = sum(part.cases for part in fit), sum(part.total for part in fit)
    expected = sum(part.expected for part in fit)
    if not compared or expected <= 0:
        return Compared(count)
    reach = Z * sqrt(sum(part.spread for part in fit)) / expected
    ratio = Interval(max(0.0, total / expected - reach), total / expected + reach)
    found = Compared(count, compared, total / compared, expected / compared, ratio)
    return _judged(found, FEWEST_TIMES, lower_is_better=True)


def shares_beside(parts: Iterable[Part]) -> Compared:
    """The share of good cases beside the expected; more is better. The interval is Wilson's."""
    count, fit = _fit(parts)
    compared, good = sum(part.cases for part in fit), round(sum(part.total for part in fit))
    expected = sum(part.expected for part in fit)
    if not compared or expected <= 0:
        return Compared(count)
    share, seen = expected / compared, wilson(good, compared)
    ratio = Interval(seen.low / share, seen.high / share)
    return _judged(
        Compared(count, compared, good / compared, share, ratio), FEWEST_CASES, lower_is_better=False
    )


def workload(parts: Iterable[Part]) -> Interval:
    """The time so many cases usually take, in seconds: each as long as the measure's mean of its service.

    How many come is chance too (Poisson), so this is an interval; its middle is the workload itself.
    """
    usual = [(part.cases, part.all_total / part.all_cases) for part in parts if part.all_cases]
    total = sum(count * mean for count, mean in usual)
    reach = Z * sqrt(sum(count * mean * mean for count, mean in usual))
    return Interval(max(0.0, total - reach), total + reach)


def places(found: Mapping[str, Interval], *, lower_is_better: bool) -> dict[str, tuple[int, int]]:
    """The places each may hold: the best one is after all who are surely better, the last before all surely worse.

    Two are told apart only where their intervals do not overlap; who has the same places shares them.
    """
    signed = (
        {name: Interval(-each.high, -each.low) for name, each in found.items()} if lower_is_better else found
    )
    return {name: _place(each, signed.values()) for name, each in signed.items()}


def _place(mine: Interval, all_of_them: Iterable[Interval]) -> tuple[int, int]:
    better = worse = count = 0
    for other in all_of_them:
        count += 1
        better += other.low > mine.high
        worse += other.high < mine.low
    return 1 + better, count - worse


def _fit(parts: Iterable[Part]) -> tuple[int, list[Part]]:
    """How many cases there are, and the parts of services that others do often enough to be a measure."""
    found = list(parts)
    fit = [part for part in found if part.cases and part.others >= FEWEST_CASES]
    return sum(part.cases for part in found), fit


def _judged(found: Compared, fewest: int, *, lower_is_better: bool) -> Compared:
    low, high = found.ratio
    verdict = Verdict.ALIKE
    if found.compared < fewest:
        verdict = Verdict.FEW
    elif high < 1:
        verdict = Verdict.BETTER if lower_is_better else Verdict.WORSE
    elif low > 1:
        verdict = Verdict.WORSE if lower_is_better else Verdict.BETTER
    return Compared(found.count, found.compared, found.observed, found.expected, found.ratio, verdict)
