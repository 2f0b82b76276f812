"""Figures: each by its definition, days add up, and what is kept of a day is what would be told of it afresh."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from hallqueue import watch
from hallqueue.actions.cases import concerns, rating_cases, ratings
from hallqueue.actions.command import THE_HALL, Actor, new_key
from hallqueue.actions.day import close_days
from hallqueue.actions.line import tickets
from hallqueue.actions.round import figures
from hallqueue.errors import Refused
from hallqueue.figures import folding
from hallqueue.figures.cases import CASE_LINES
from hallqueue.figures.days import months_offered
from hallqueue.figures.folding import DIMENSIONS, days_to_keep, folded
from hallqueue.figures.ratings import CASES, GIVEN, SET_ASIDE
from hallqueue.figures.reading import figures_of, totals
from hallqueue.figures.tally import EDGES, Figures, Tally, bin_of
from hallqueue.models import ConcernGrade, Department, Hall, KeptFigures, RatingCase, Service, Ticket, Window
from hallqueue.reporting.tables import rated
from tests.cases.conftest import MONDAY, TODAY
from tests.hall import KIOSK, SmallHall

COUNTS = st.dictionaries(st.sampled_from(["ticket.done", "wait.s", "wait.3", "wait.40"]), st.integers(0, 999))
CONTENT = st.dictionaries(st.sampled_from(["", "1", "2"]), COUNTS)


def plain(figures: Figures) -> dict[str, dict[str, dict[str, int]]]:
    return {dimension: content for dimension, content in figures.content() if content}


@given(st.lists(CONTENT, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_days_add_up_in_any_order(days: list[dict[str, dict[str, int]]], order: random.Random) -> None:
    one, other = Figures(), Figures()
    for day in days:
        one.add_all("window", day)
    order.shuffle(days)
    for day in days:
        other.add_all("window", day)
    assert plain(one) == plain(other)
    for key in {key for day in days for key in day}:
        for figure in ("ticket.done", "wait.s", "wait.40"):
            assert one.of("window", key)[figure] == sum(day.get(key, {}).get(figure, 0) for day in days)


@given(st.lists(st.integers(0, 40_000), min_size=1, max_size=60))
def test_quantiles_are_told_to_a_bin_and_means_exactly(seconds: list[int]) -> None:
    tally = Tally()
    for each in seconds:
        tally.add_duration("wait", each)
    waits = tally.waits
    assert waits.count == len(seconds)
    assert waits.mean == sum(seconds) / len(seconds)
    low = sorted(seconds)[(len(seconds) - 1) // 2]
    told = waits.median
    assert told is not None
    begin = EDGES[bin_of(low)]
    width = EDGES[bin_of(low) + 1] - begin if low < EDGES[-1] else 0
    assert begin <= told <= begin + width
    assert waits.within(10_000) == len(seconds)


def test_a_morning_is_counted_by_the_definitions(hall: SmallHall, clock: time_machine.Traveller) -> None:
    """Ten minutes of waiting, one on the way, five at the window; a miss, a transfer, an undone call, a fallback."""
    hall.issue()
    clock.shift(timedelta(minutes=10))
    hall.call_next(1)
    clock.shift(timedelta(minutes=1))
    hall.say("start", 1)
    clock.shift(timedelta(minutes=5))
    hall.say("finish", 1)
    hall.issue()
    hall.call_next(1)
    hall.say("undo", 1, ticket=Ticket.objects.get(label="A002").pk)
    clock.shift(timedelta(minutes=2))
    hall.call_next(1)
    hall.say("no_show", 1)
    hall.issue("invoice")
    hall.call_next(2)
    hall.say("start", 2)
    clock.shift(timedelta(minutes=3))
    hall.say("transfer", 2, reason="要查原件", fallback=True)
    gone = hall.issue("housing")
    tickets.cancel(hall.hall.pk, KIOSK, new_key(), ticket=gone["ticket"])
    told = figures_of(hall.fresh(), TODAY, TODAY, DIMENSIONS)
    whole = told.of("hall")
    assert whole.under("ticket") == {"done": 1, "missed": 1, "waiting": 1, "cancelled": 1}
    assert whole.under("call") == {"done": 1, "missed": 1, "transferred": 1}
    assert (whole["left"], whole["matters"], whole["fallen"]) == (1, 1, 1)
    assert whole.under("fallback") == {"sent": 1}
    assert (whole.waits.count, whole.waits.seconds) == (3, 600 + 120)
    assert (whole.serves.count, whole.serves.seconds) == (2, 300 + 180)
    assert whole.durations("way").seconds == 60
    service = Service.objects.get(code="id-card")
    assert told.of("service", service.pk).under("ticket") == {"done": 1, "missed": 1}
    assert told.of("department", service.department_id).waits.seconds == 720
    assert told.of("hour", 9).under("ticket") == whole.under("ticket")
    one = told.of("window", Window.objects.get(number=1).pk)
    assert (one["open"], one["idle"]) == (18 * 60, 600 + 120), "from opening to the end of its last call"
    assert told.of("clerk", hall.people["clerk1"].pk).serves.seconds == 300
    pair = f"{Window.objects.get(number=1).pk}:{service.pk}"
    assert told.of("window_service", pair).under("call") == {"done": 1, "missed": 1}


def test_who_is_forgotten_over_night_keeps_no_window_open_and_nobody_at_it(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    hall.issue()
    clock.shift(timedelta(minutes=10, seconds=29.7))
    hall.call_next(1)
    clock.shift(timedelta(minutes=1))
    hall.say("start", 1)
    clock.shift(timedelta(hours=19))
    close_days(hall.hall.pk, THE_HALL, new_key())
    told = figures_of(hall.fresh(), TODAY, TODAY, DIMENSIONS)
    assert told.of("hall").under("call") == {"expired": 1}
    assert told.of("window", Window.objects.get(number=1).pk)["open"] == 11 * 60 + 29
    assert told.of("clerk", hall.people["clerk1"].pk)["seat.s"] == 11 * 60 + 29
    waits = told.of("hall").waits
    assert (waits.seconds, waits.bins) == (630, {20: 1}), "to the nearest second, in its own bin"


def live_a_day(hall: SmallHall, clock: time_machine.Traveller, chance: random.Random) -> None:
    """Some people come, are called, served, missed, sent on, or left standing."""
    hall.open(1, 2, 3, 9)
    for _ in range(30):
        clock.shift(timedelta(seconds=chance.randint(5, 400)))
        window = chance.choice([1, 2, 3, 9])
        verb = chance.choice(["issue", "issue", "call", "start", "finish", "finish", "no_show", "send"])
        try:
            if verb == "issue":
                hall.issue(chance.choice(["id-card", "invoice", "housing"]))
            elif verb == "call":
                hall.call_next(window)
            elif verb == "send":
                hall.say("transfer", window, reason="转办", service="invoice")
            else:
                hall.say(verb, window)
        except Refused:
            continue


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_what_is_kept_of_a_day_is_what_is_told_of_it_afresh(
    hall: SmallHall, clock: time_machine.Traveller, seed: int
) -> None:
    chance = random.Random(seed)
    begin = MONDAY + timedelta(days=29)  # the last two days of a month, and the first of the next
    days = [begin.date() + timedelta(days=number) for number in range(4)]
    while_live = {}
    for number, day in enumerate(days[:3]):
        clock.move_to(begin + timedelta(days=number))
        live_a_day(hall, clock, chance)
        while_live[day] = totals(hall.fresh(), day, day)[""].under("wait")
        clock.move_to(begin + timedelta(days=number, hours=20))
        watch.Watch().look()
        while figures.figures_wait(hall.fresh(), begin + timedelta(days=number, hours=20)):
            watch.Watch().look()
    month = KeptFigures.objects.get(hall=hall.hall, span="month", dimension="window")
    assert month.business_date == TODAY.replace(day=1)
    kept = KeptFigures.objects.filter(hall=hall.hall, span="day")
    for day in days[:3]:
        rows = dict(kept.filter(business_date=day).values_list("dimension", "content"))
        afresh = folded(hall.fresh(), day)
        assert rows == dict(afresh.content())
        assert rows["hall"][""] | {"": 0} != {"": 0}
        assert told_by_the_log(hall, day) == (
            afresh.of("hall").waits.seconds,
            afresh.of("hall").serves.seconds,
        )
        assert while_live[day] == afresh.of("hall").under("wait"), "closing a day changes no wait"
        tickets_of_day = Ticket.objects.filter(hall=hall.hall, business_date=day).count()
        assert sum(afresh.of("hall").under("ticket").values()) == tickets_of_day
    check_sums(hall, [TODAY.replace(day=1) + timedelta(days=number) for number in range(40)])


def told_by_the_log(hall: SmallHall, day: date) -> tuple[int, int]:
    """Seconds waited and served of a day's tickets, told another way: from the story of each in the log."""
    waited = served = 0
    for ticket in Ticket.objects.filter(hall=hall.hall, business_date=day):
        came, started, first = ticket.issued_at, None, True
        for kind, at in ticket.events.order_by("seq").values_list("kind", "at"):
            if kind == "ticket.called" and first:
                waited, first = waited + int((at - came).total_seconds()), False
            elif kind == "ticket.started":
                started = at
            elif started and kind in ("ticket.finished", "ticket.transferred"):
                served, started = served + int((at - started).total_seconds()), None
    return waited, served


def check_sums(hall: SmallHall, days: list[date]) -> None:
    """A range is the sum of its days, and every dimension of the tickets adds up to the hall."""
    whole = figures_of(hall.fresh(), days[0], days[-1], DIMENSIONS)
    one_by_one = Figures()
    for day in days:
        for dimension, content in figures_of(hall.fresh(), day, day, DIMENSIONS).content():
            one_by_one.add_all(dimension, content)
    assert plain(whole) == plain(one_by_one)
    of_all = whole.of("hall")
    for dimension in ("service", "department", "hour", "source", "klass"):
        tallies = whole.by[dimension].values()
        assert sum(tally.waits.count for tally in tallies) == of_all.waits.count
        assert sum(sum(tally.under("ticket").values()) for tally in tallies) == sum(
            of_all.under("ticket").values()
        )
    for dimension in ("window", "clerk", "window_service", "clerk_service", "service"):
        assert sum(tally.serves.seconds for tally in whole.by[dimension].values()) == of_all.serves.seconds


@pytest.mark.slow
def test_a_corrected_definition_folds_all_days_anew_but_simulated_ones(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    hall.issue()
    clock.shift(timedelta(days=9))
    pk = hall.hall.pk
    hall.issue()
    with pytest.raises(Refused, match="figures_pending"):
        totals(hall.fresh(), TODAY, TODAY + timedelta(days=9))
    for _ in range(4):
        watch.Watch().look()
    assert not figures.figures_wait(hall.fresh(), MONDAY + timedelta(days=9))
    before = KeptFigures.objects.filter(hall=pk, dimension="hall").count()
    assert before == 9, "nine days, eight of them without anybody"
    made_up = [[str(TODAY - timedelta(days=1)), {"hall": {"": {"ticket.done": 7}}}]]
    with pytest.raises(Refused, match="not_allowed"):
        figures.store_days(pk, THE_HALL, new_key(), days=made_up, simulated=True)
    Hall.objects.filter(pk=pk).update(is_demo=True)
    figures.store_days(pk, THE_HALL, new_key(), days=made_up, simulated=True)
    KeptFigures.objects.filter(hall=pk).update(version=folding.VERSION - 1)
    assert len(days_to_keep(hall.fresh(), MONDAY + timedelta(days=9))) == 9
    figures.keep_figures(pk, THE_HALL, new_key())
    assert len(days_to_keep(hall.fresh(), MONDAY + timedelta(days=9))) == 9 - figures.AT_ONCE
    assert totals(hall.fresh(), TODAY - timedelta(days=1), TODAY)[""]["ticket.done"] == 7
    while figures.figures_wait(hall.fresh(), MONDAY + timedelta(days=9)):
        figures.keep_figures(pk, THE_HALL, new_key())
    gap = TODAY + timedelta(days=3)  # an older day is lost; the newest is kept
    KeptFigures.objects.filter(hall=pk, business_date=gap).delete()
    assert days_to_keep(hall.fresh(), MONDAY + timedelta(days=9)) == [gap]
    figures.keep_figures(pk, THE_HALL, new_key())
    assert not figures.figures_wait(hall.fresh(), MONDAY + timedelta(days=9))


def test_cases_count_on_the_day_of_their_line(hall: SmallHall, clock: time_machine.Traveller) -> None:
    """A concern settled late next month, handed on meanwhile; a bad rating set aside, and put back."""
    pk, by, other = hall.hall.pk, hall.actor("manager"), hall.actor("administrator")
    told = {"kind": "slow", "failed": "一直没办成", "channel": "desk", "service": "id-card"}
    concern = concerns.raise_concern(pk, by, new_key(), **told)["concern"]
    ticket = hall.ticket(hall.issue())
    for verb in ("call_next", "start", "finish"):
        hall.say(verb)
    given = {"token": ticket.token, "rating": ticket.ratings.get().pk, "level": 1}
    ratings.rate_own(pk, Actor("citizen", "anyone"), new_key(), **given)
    today = figures_of(hall.fresh(), TODAY, TODAY, DIMENSIONS)
    window, clerk = Window.objects.get(number=1).pk, hall.people["clerk1"].pk
    for dimension, key in (
        ("hall", ""),
        ("service", ticket.service_id),
        ("window", window),
        ("clerk", clerk),
    ):
        assert today.of(dimension, key)["rating.asked"] == today.of(dimension, key)["rating.given.1"] == 1
    assert today.of("service", ticket.service_id)["concern.raised_kind.slow"] == 1
    clock.shift(timedelta(days=35))
    watch.Watch().look()
    grade = ConcernGrade.objects.filter(hall=pk).latest("days").code
    steps: dict[str, dict[str, Any]] = {
        "accept": {},
        "classify": {
            "kind": "slow",
            "grade": grade,
            "department": Department.objects.get(name="住建局").code,
        },
        "resolve": {"answer": "已办好", "cause": "材料"},
    }
    for verb, said in steps.items():
        concerns.move_concern(pk, by, new_key(), concern=concern, verb=verb, **said)
    case = RatingCase.objects.get().pk
    rating_cases.move_rating_case(pk, by, new_key(), case=case, verb="dispute", reason="评错了窗口")
    rating_cases.move_rating_case(pk, other, new_key(), case=case, verb="uphold", reason="属实")
    day = TODAY + timedelta(days=35)
    later = figures_of(hall.fresh(), day, day, DIMENSIONS)
    housing = later.of("department", Department.objects.get(name="住建局").pk)
    assert (housing["concern.resolved"], housing["concern.resolved_late"]) == (1, 1)
    assert later.of("clerk", clerk)["rating.set_aside.1"] == 1
    assert rated(later.of("hall"))["1"] == -1, "given on another day"
    rating_cases.move_rating_case(pk, by, new_key(), case=case, verb="reopen", reason="再看")
    assert rated(figures_of(hall.fresh(), day, day, ["hall"]).of("hall"))["1"] == 0
    assert "concern.resolved" not in folded(hall.fresh(), TODAY).of("hall").counts


def test_every_figure_counted_from_lines_of_the_log_is_defined_on_the_page_and_no_other() -> None:
    page = (Path(__file__).parents[2] / "docs" / "figures.md").read_text()
    rows = " ".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| `"))
    defined: set[str] = set()
    for name in re.findall(r"`([a-z_.]+(?:[/<][^`]*)?)`", rows):
        first, *others = name.partition("<")[0].split("/")
        noun = first.partition(".")[0]
        defined |= {first.rstrip("."), *(f"{noun}.{other}" for other in others)}
    told = {"late": True, "satisfaction": ""}
    counted = {name.rstrip(".") for count in CASE_LINES.values() for name in count(told)}
    counted |= {"rating.asked", GIVEN, SET_ASIDE, *CASES, "rating.answered_late"}
    of_cases = {
        name for name in defined if name.partition(".")[0] in {each.partition(".")[0] for each in counted}
    }
    assert of_cases == counted


def test_a_page_offers_every_month_since_the_first_and_the_one_that_is_asked_for() -> None:
    first, today = date(2026, 10, 16), date(2027, 1, 2)
    since = ["2027-01", "2026-12", "2026-11", "2026-10"]
    assert months_offered(first, today) == months_offered(first, today, "2026-11") == since
    assert months_offered(first, today, "2025-03") == [*since, "2025-03"]
    assert months_offered(None, today) == ["2027-01"]
