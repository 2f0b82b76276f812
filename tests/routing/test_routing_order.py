"""Order by itself: ranks, ratios, the guard and ageing over any line whatever; nobody starves."""

from __future__ import annotations

from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallqueue.order import (
    GUARDED,
    HALL,
    PRECEDENCE,
    Rules,
    Standing,
    aged,
    first_due,
    in_order,
    sent_on,
    turn_of,
)

RATIO = st.builds(Rules, kind=st.just("ratio"), preferred=st.integers(1, 4), ordinary=st.integers(1, 4))
KLASS = st.sampled_from(sorted(PRECEDENCE))
PAST = st.lists(st.sampled_from(["preferred", "ordinary"]), max_size=6)


def person(number: int, klass: str = "ordinary", rank: int = 0, scope: int = HALL) -> Standing:
    return Standing(PRECEDENCE[klass], number, number, rank, scope, klass)


LINE = st.lists(st.tuples(KLASS, st.integers(0, 2), st.sampled_from([HALL, 7])), max_size=25).map(
    lambda made: [person(number, *each) for number, each in enumerate(made)]
)


@given(line=LINE, rules=RATIO, past=PAST)
def test_everybody_is_called_once_and_own_work_first(
    line: list[Standing], rules: Rules, past: list[str]
) -> None:
    told = [each.who for each in in_order(line, {HALL: rules, 7: Rules()}, {HALL: past})]
    assert sorted(told) == sorted(line)
    assert [each.rank for each in told] == sorted(each.rank for each in line)


@given(line=LINE, rules=RATIO, past=PAST)
def test_inside_a_class_of_one_scope_and_rank_who_came_first_goes_first(
    line: list[Standing], rules: Rules, past: list[str]
) -> None:
    last: dict[tuple[str, int, int], int] = {}
    for who, _ in in_order(line, {HALL: rules}, {HALL: past}):
        kind = (who.klass, who.rank, who.scope)
        assert last.get(kind, -1) < who.position
        last[kind] = who.position


@given(rules=RATIO, past=PAST, preferred=st.integers(1, 40), ordinary=st.integers(1, 40))
def test_the_ratio_is_kept_over_any_stretch_in_which_both_wait(
    rules: Rules, past: list[str], preferred: int, ordinary: int
) -> None:
    line = [person(n, "priority") for n in range(preferred)]
    line += [person(100 + n) for n in range(ordinary)]
    told = [each.why.turn for each in in_order(line, {HALL: rules}, {HALL: past}) if each.why.code == "turn"]
    begun = [place for place, (one, other) in enumerate(pairwise(told), 1) if one != other]
    for start, end in pairwise(begun):
        part = rules.preferred if told[start] == "preferred" else rules.ordinary
        assert end - start == part, f"{told} under {rules.preferred}:{rules.ordinary}"


@given(rules=RATIO, ahead=st.integers(0, 10))
def test_nobody_starves_while_priority_people_never_end(rules: Rules, ahead: int) -> None:
    """One more priority person comes for every call, and yet the ordinary one is called in time."""
    me, numbers, past = person(ahead), count(1000), list[str]()
    line = [person(n) for n in range(ahead)] + [me] + [person(next(numbers), "priority") for _ in range(3)]
    calls = 0
    while calls < 200:
        calls += 1
        called = next(in_order(line, {HALL: rules}, {HALL: past}))
        if called.who == me:
            break
        past.insert(0, called.why.turn)
        line.remove(called.who)
        line.append(person(next(numbers), "priority"))
    assert calls <= (ahead + 1 + rules.ordinary) * (rules.preferred + rules.ordinary)


@given(line=LINE, late=st.integers(0, 24), rules=RATIO, past=PAST)
def test_who_waited_over_the_guard_goes_before_class_turn_and_own_work(
    line: list[Standing], late: int, rules: Rules, past: list[str]
) -> None:
    if late < len(line):
        line[late] = line[late]._replace(precedence=GUARDED, rank=2)
        called = next(in_order(line, {HALL: rules}, {HALL: past}))
        assert (called.who, called.why.code, called.why.turn) == (line[late], "guard", "")


@given(klass=KLASS, minutes=st.integers(0, 500), step=st.integers(1, 60), guard=st.sampled_from([0, 30, 90]))
def test_waiting_only_ever_brings_forward_and_in_the_end_to_the_front(
    klass: str, minutes: int, step: int, guard: int
) -> None:
    rules = Rules("ageing", ageing_minutes=step, guard_minutes=guard)
    place = PRECEDENCE[klass]
    for passed in range(0, minutes, 7):
        if reached := aged(rules, klass, place, passed):
            assert reached[0] < place
            place = reached[0]
    if guard and minutes > guard + 7:
        assert place == GUARDED
    if klass == "ordinary" and minutes > 3 * step + 7:
        assert place <= PRECEDENCE["priority"]


@pytest.mark.parametrize(
    ("rules", "klass", "minutes", "reached"),
    [
        (Rules("ageing"), "ordinary", 19.9, None),
        (Rules("ageing"), "ordinary", 20, (40, "ageing")),
        (Rules("ageing"), "transferred", 45, (20, "ageing")),
        (Rules("ageing"), "returning", 45, None),
        (Rules("ageing", guard_minutes=0), "ordinary", 900, (20, "ageing")),
        (Rules("ratio"), "ordinary", 59.9, None),
        (Rules("ratio"), "returning", 60, (GUARDED, "guard")),
        (Rules("strict", guard_minutes=0), "ordinary", 900, None),
    ],
)
def test_waiting_gives_a_step_in_every_full_stretch_and_the_front_at_the_guard(
    rules: Rules, klass: str, minutes: float, reached: tuple[int, str] | None
) -> None:
    assert aged(rules, klass, PRECEDENCE[klass], minutes) == reached
    assert reached is None or aged(rules, klass, reached[0], minutes) is None


def test_a_ratio_stops_for_nobody_when_one_kind_is_alone() -> None:
    line = [person(2), person(1)]
    told = list(in_order(line, {HALL: Rules("ratio", 2, 1)}, {HALL: []}))
    assert [(each.who.ticket, each.why.code) for each in told] == [(1, "alone"), (2, "alone")]


def test_the_reason_says_which_turn_of_how_many() -> None:
    line = [person(1), person(2), person(3, "priority"), person(4, "priority")]
    told = list(in_order(line, {HALL: Rules("ratio", 2, 1)}, {HALL: ["preferred"]}))
    assert [(each.who.ticket, each.why.number, each.why.of) for each in told[:2]] == [(3, 2, 2), (1, 1, 1)]


def test_each_scope_names_its_own_and_the_foremost_of_them_goes() -> None:
    line = [person(1, "priority"), person(2), person(3, "appointment", scope=7), person(4, scope=7)]
    line += [person(5, "appointment", scope=7)]
    policies = {HALL: Rules("ratio", 1, 1), 7: Rules("ageing", 1, 1)}
    told = [each.who.ticket for each in in_order(line, policies, {HALL: ["preferred"]})]
    assert told == [3, 5, 2, 1, 4]


def test_ordinary_people_sent_on_go_before_newcomers_and_priority_stays_priority() -> None:
    assert (sent_on("ordinary"), sent_on("priority")) == ("transferred", "priority")
    assert PRECEDENCE["appointment"] < PRECEDENCE["transferred"] < PRECEDENCE["ordinary"]
    assert turn_of(PRECEDENCE["transferred"]) == "preferred"


@pytest.mark.parametrize(
    ("policies", "minutes"),
    [
        ({}, 60),
        ({HALL: Rules(guard_minutes=0)}, None),
        ({HALL: Rules(guard_minutes=0), 3: Rules("ageing", ageing_minutes=9, guard_minutes=40)}, 9),
        ({3: Rules(guard_minutes=90)}, 60),
    ],
)
def test_a_hall_in_which_nothing_can_be_due_is_not_looked_through(
    policies: dict[int, Rules], minutes: int | None
) -> None:
    assert first_due(policies) == minutes
