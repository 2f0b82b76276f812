"""Fair comparison against independent calculations: single records, dealing out by lot, equations solved."""

from __future__ import annotations

import itertools
import random
import statistics
from math import comb, isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallqueue.fairness import (
    Compared,
    Interval,
    Part,
    Verdict,
    Z,
    means_beside,
    median_shares,
    places,
    shares_beside,
    wilson,
    workload,
)

Records = dict[str, list[tuple[bool, int]]]
"""By service: whether it was one's own, and how long it took."""

times = st.lists(st.tuples(st.booleans(), st.integers(1, 3600)), min_size=2, max_size=40)
halls = st.dictionaries(st.sampled_from("abcd"), times, min_size=1)


def part_of(records: list[tuple[bool, int]]) -> Part:
    own, everybody = [long for mine, long in records if mine], [long for _, long in records]
    return Part(len(own), sum(own), len(everybody), sum(everybody), statistics.variance(everybody))


@given(halls)
def test_observed_and_expected_are_those_of_the_single_records(hall: Records) -> None:
    found = means_beside(part_of(records) for records in hall.values())
    known = {name: statistics.fmean(long for _, long in records) for name, records in hall.items()}
    shared = [name for name, records in hall.items() if sum(not mine for mine, _ in records) >= 5]
    own = [(name, long) for name in shared for mine, long in hall[name] if mine]
    assert found.count == sum(mine for records in hall.values() for mine, _ in records)
    assert found.compared == len(own)
    if own:
        assert isclose(found.observed, statistics.fmean(long for _, long in own))
        assert isclose(found.expected, statistics.fmean(known[name] for name, _ in own))
        assert found.ratio.low <= found.observed / found.expected <= found.ratio.high
    else:
        assert found == Compared(found.count)


@given(st.lists(st.integers(1, 999), min_size=7, max_size=10), st.integers(1, 2))
def test_the_spread_is_that_of_dealing_out_by_lot(everybody: list[int], own: int) -> None:
    drawn = [sum(hand) for hand in itertools.combinations(everybody, own)]
    part = Part(own, drawn[0], len(everybody), sum(everybody), statistics.variance(everybody))
    assert isclose(part.spread, statistics.pvariance(drawn), abs_tol=1e-6)
    assert isclose(part.expected, statistics.fmean(drawn))


def test_who_is_dealt_cases_by_lot_is_seldom_told_from_the_others() -> None:
    chance, verdicts = random.Random(5), []
    for _ in range(400):
        everybody = [round(chance.lognormvariate(6, 0.7)) for _ in range(200)]
        part = Part(40, sum(everybody[:40]), 200, sum(everybody), statistics.variance(everybody))
        verdicts.append(means_beside([part]).verdict)
    assert 0.92 < verdicts.count(Verdict.ALIKE) / 400 < 0.98


def test_a_hard_service_is_no_fault_and_an_easy_one_no_merit() -> None:
    hard, easy = Part(30, 30 * 1200, 90, 90 * 1200, 90_000), Part(30, 30 * 300, 90, 90 * 300, 10_000)
    assert isclose(means_beside([hard]).observed / means_beside([hard]).expected, 1)
    assert means_beside([hard, easy]).verdict == Verdict.ALIKE
    assert means_beside([easy._replace(total=30 * 200)]).verdict == Verdict.BETTER
    assert means_beside([easy._replace(total=30 * 400)]).verdict == Verdict.WORSE
    assert means_beside([easy._replace(cases=19, total=19 * 200)]).verdict == Verdict.FEW
    assert means_beside([Part(30, 9000, 34, 10_000, 100)]).verdict == Verdict.ALONE


@given(st.integers(1, 400), st.data())
def test_wilsons_ends_solve_the_score_equation(count: int, data: st.DataObject) -> None:
    good = data.draw(st.integers(0, count))
    for end in wilson(good, count):
        if 0 < end < 1:
            assert isclose(abs(good / count - end), Z * sqrt(end * (1 - end) / count), rel_tol=1e-9)


def covered(share: float, count: int) -> float:
    """How often Wilson's interval holds the true share, summed over all that may be seen."""
    seen = range(count + 1)
    chances = [comb(count, good) * share**good * (1 - share) ** (count - good) for good in seen]
    return sum(each for good, each in zip(seen, chances, strict=True) if _holds(good, count, share))


def _holds(good: int, count: int, share: float) -> bool:
    low, high = wilson(good, count)
    return low <= share <= high


def test_wilsons_interval_holds_the_true_share_as_often_as_it_says() -> None:
    shares = [number / 40 for number in range(2, 39)]
    for count in (10, 30, 80):
        assert 0.94 < statistics.fmean(covered(share, count) for share in shares) < 0.965
    assert wilson(0, 0) == (0, 1)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 200), st.integers(0, 200))
def test_shares_are_compared_by_their_interval(good: int, bad: int, more_good: int, more_bad: int) -> None:
    count, everybody = good + bad, good + bad + more_good + more_bad
    found = shares_beside([Part(count, good, everybody, good + more_good)])
    if not count or more_good + more_bad < 5 or not good + more_good:
        assert found == Compared(count)
        return
    expected = (good + more_good) / everybody
    low, high = wilson(good, count)
    assert (found.observed, found.compared) == (good / count, count)
    assert (found.verdict == Verdict.FEW) == (count < 5)
    assert (found.verdict == Verdict.BETTER) == (count >= 5 and low / expected > 1)
    assert (found.verdict == Verdict.WORSE) == (count >= 5 and high / expected < 1)


@pytest.mark.parametrize("count", [0, 1, 10, 41, 400])
def test_the_median_lies_between_the_quantiles_that_coins_say(count: int) -> None:
    low, high = median_shares(count)
    inside = [heads for heads in range(count + 1) if low * count <= heads <= high * count]
    assert sum(comb(count, heads) for heads in inside) / 2**count > 0.92


@given(st.dictionaries(st.text(max_size=3), st.tuples(st.integers(0, 50), st.integers(0, 9)), max_size=9))
def test_a_place_is_after_the_surely_better_and_before_the_surely_worse(
    found: dict[str, tuple[int, int]],
) -> None:
    units = {name: Interval(low, low + width) for name, (low, width) in found.items()}
    best, least = (places(units, lower_is_better=lower) for lower in (False, True))
    by_middle = sorted(units, key=lambda name: -sum(units[name]))
    for number, name in enumerate(by_middle, 1):
        after = {other for other in units if units[other].low > units[name].high}
        before = {other for other in units if units[other].high < units[name].low}
        assert best[name] == (1 + len(after), len(units) - len(before))
        assert least[name] == (1 + len(before), len(units) - len(after))
        assert best[name][0] <= number <= best[name][1]


def test_the_workload_counts_each_case_as_long_as_it_usually_takes() -> None:
    low, high = workload([Part(4, 9999, 10, 6000), Part(1, 9999, 5, 500), Part(0, 0, 0, 0)])
    assert isclose((low + high) / 2, 4 * 600 + 100)
    assert isclose(high - low, 2 * Z * sqrt(4 * 600**2 + 100**2))
