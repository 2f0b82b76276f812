"""Rankings against the single rows they are told by; who sees what; and what is asked wrongly."""

from __future__ import annotations

import random
import statistics
from datetime import date, timedelta
from math import isclose
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hallqueue.errors import Refused
from hallqueue.fairness import Verdict, wilson
from hallqueue.figures.days import day_begins
from hallqueue.models import Call, Concern, Department, Service, Ticket, User, Window
from hallqueue.rankings.ranges import days_asked, months_and_quarters
from hallqueue.rankings.sources import CLERK, DEPARTMENT, SERVICE, TEAM, WINDOW, Source
from hallqueue.rankings.tables import SERVE, VOLUME, WAIT, Ranking, ranking_of
from hallqueue.texts import has_text
from tests.hall import SmallHall, far_from_midnight
from tests.project_hall import TEAM as TEAM_SAID
from tests.project_hall import running
from tests.test_concerns import far, raised
from tests.test_findings import client_of

pytestmark = pytest.mark.both_databases

Row = tuple[int, str, float, float]
"""Window, service, seconds waited, seconds served."""
MEANS = {"id-card": 300, "invoice": 900, "housing": 1500}


def some_rows(seed: int, quick: float = 1.0) -> list[Row]:
    """Windows 1 and 2 share two services; window 3 does housing alone; window 2 is as quick as told."""
    chance, rows = random.Random(seed), list[Row]()
    for window, service, count in (
        (1, "id-card", 60),
        (1, "invoice", 20),
        (2, "id-card", 25),
        (2, "invoice", 55),
    ):
        speed = quick if window == 2 else 1.0
        rows += [
            (window, service, chance.randrange(30, 1800), speed * MEANS[service] * chance.uniform(0.6, 1.4))
            for _ in range(count)
        ]
    return [*rows, *((3, "housing", 600, 1500) for _ in range(30))]


def lay_down(small: SmallHall, rows: list[Row], ago: int = 0) -> None:
    """The rows as tickets and calls of a business date, served by the window's own clerk."""
    far_from_midnight(small)
    day = small.hall.business_date(timezone.now()) - timedelta(days=ago)
    begins = day_begins(small.hall, day) + timedelta(hours=1)
    services = {each.code: each for each in Service.objects.filter(hall=small.hall)}
    windows = {each.number: each for each in Window.objects.filter(hall=small.hall)}
    known: dict[str, Any] = {"hall": small.hall, "business_date": day}
    tickets = Ticket.objects.bulk_create(
        Ticket(
            **known,
            series=services[service].series,
            service=services[service],
            number=5000 + number,
            label=f"A{number}",
            state=Ticket.State.DONE,
            position=number,
            issued_at=begins,
            ended_at=begins + timedelta(seconds=waited + served),
        )
        for number, (_, service, waited, served) in enumerate(rows)
    )
    Call.objects.bulk_create(
        Call(
            **known,
            ticket=ticket,
            window=windows[window],
            user=small.at(window).user,
            called_at=begins + timedelta(seconds=waited),
            said_at=begins,
            said_seq=0,
            started_at=begins + timedelta(seconds=waited),
            ended_at=begins + timedelta(seconds=int(waited) + int(served)),
            outcome="done",
        )
        for ticket, (window, _, waited, served) in zip(tickets, rows, strict=True)
    )


def source_of(small: SmallHall, **asked: str) -> Source:
    today = small.hall.business_date(timezone.now())
    return Source(small.fresh(), days_asked(asked or {"from": str(today), "to": str(today)}, today))


def unit_of(ranking: Ranking, name: str) -> Any:
    return next(line for line in ranking.lines if line.name == name)


def test_windows_are_held_against_the_same_services(small_hall: SmallHall) -> None:
    rows = some_rows(1, quick=0.8)
    lay_down(small_hall, rows)
    source = source_of(small_hall)
    ranking = ranking_of(source, WINDOW)
    for window, verdict in ((1, Verdict.WORSE), (2, Verdict.BETTER)):
        own = [row for row in rows if row[0] == window]
        usual = {code: statistics.fmean(int(row[3]) for row in rows if row[1] == code) for code in MEANS}
        cell = unit_of(ranking, f"{window}号窗口").cells[SERVE]
        assert cell.compared.verdict == verdict
        assert cell.compared.count == cell.compared.compared == 80
        assert isclose(cell.compared.observed, statistics.fmean(int(row[3]) for row in own))
        assert isclose(cell.compared.expected, statistics.fmean(usual[row[1]] for row in own))
        assert _reach_is_exact(cell.compared.ratio, own, rows)
        ordered = sorted(int(row[3]) for row in own)
        low, high = cell.between
        assert ordered[27] <= high
        assert ordered[-28] >= low
        assert abs(cell.median - statistics.median(ordered)) <= 60
        volume = unit_of(ranking, f"{window}号窗口").cells[VOLUME]
        assert isclose(volume.compared.observed, sum(usual[row[1]] for row in own))
    assert unit_of(ranking, "2号窗口").cells[SERVE].place == (1, 1)
    assert unit_of(ranking, "1号窗口").cells[SERVE].place == (2, 2)
    alone = unit_of(ranking, "3号窗口").cells
    assert (alone[SERVE].compared.verdict, alone[SERVE].place, alone[SERVE].compared.count) == (
        "alone",
        None,
        30,
    )
    assert alone[VOLUME].ranked == 3
    assert [line.name for line in ranking.ordered(SERVE)] == ["2号窗口", "1号窗口", "3号窗口"]
    assert [line.name for line in ranking.lines if line.leads] == ["2号窗口"]
    people = ranking_of(source, CLERK)
    assert (
        unit_of(people, "clerk2").cells[SERVE].compared == unit_of(ranking, "2号窗口").cells[SERVE].compared
    )
    assert unit_of(people, "clerk1").cells[WAIT].compared.count == 80
    project = running(small_hall)
    team = ranking_of(source, TEAM)
    counts = [(line.name, line.cells[SERVE].compared.count) for line in team.lines]
    assert counts == [(f"{TEAM_SAID['team']} · {project.label}", 160)]


def _reach_is_exact(ratio: Any, own: list[Row], rows: list[Row]) -> bool:
    """The interval is as wide as the single times say, to the little that bins blur."""
    spread = expected = 0.0
    for code in {row[1] for row in own}:
        everybody = [int(row[3]) for row in rows if row[1] == code]
        mine = sum(row[1] == code for row in own)
        spread += mine * statistics.variance(everybody) * (1 - mine / len(everybody))
        expected += mine * statistics.fmean(everybody)
    return isclose((ratio.high - ratio.low) / 2, 1.96 * spread**0.5 / expected, rel_tol=0.03)


def test_departments_are_held_against_their_own_services_before(small_hall: SmallHall) -> None:
    lay_down(small_hall, some_rows(2), ago=1)
    lay_down(small_hall, some_rows(3, quick=0.5))
    far(small_hall, raised(small_hall), "resolve")
    late = raised(small_hall, service="invoice")
    Concern.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    for kind in (DEPARTMENT, SERVICE):
        ranking = ranking_of(source_of(small_hall), kind)
        name = "税务局" if kind == DEPARTMENT else "发票申领"
        cell = unit_of(ranking, name).cells[SERVE]
        now, then = (
            [int(row[3]) for row in rows if row[1] == "invoice"] for rows in (some_rows(3, 0.5), some_rows(2))
        )
        assert isclose(cell.compared.observed, statistics.fmean(now))
        assert isclose(cell.compared.expected, statistics.fmean(then))
        assert cell.compared.verdict == Verdict.BETTER
        still = unit_of(ranking, "住建局" if kind == DEPARTMENT else "公租房申请").cells[SERVE]
        assert still.compared.verdict == Verdict.ALIKE
        assert still.is_told_apart


def test_limits_are_told_with_their_interval(small_hall: SmallHall) -> None:
    now, clerks = timezone.now(), [small_hall.people[name] for name in ("clerk1", "clerk2", "clerk3")]
    for number in range(15):  # clerk 1 has seven, of which three passed; clerk 2 six, clerk 3 two, all kept
        handler = clerks[(number > 6) + (number > 12)]
        settled = None if number == 0 else now - timedelta(seconds=60)
        due = now - timedelta(seconds=90 if number in (1, 2) else 30)
        each = raised(small_hall)
        Concern.objects.filter(pk=each.pk).update(handler=handler, resolved_at=settled, due_at=due)
    small_hall.issue()  # the hall moves on
    ranking = ranking_of(source_of(small_hall), CLERK)
    mine = unit_of(ranking, "clerk1").cells["concern"]
    assert (mine.compared.count, mine.compared.observed) == (7, 4 / 7)
    assert isclose(mine.compared.expected, 12 / 15)
    assert isclose(mine.span.low, wilson(4, 7).low / (12 / 15))
    assert (mine.compared.verdict, mine.is_told_apart) == (Verdict.ALIKE, False)
    assert unit_of(ranking, "clerk3").cells["concern"].compared.verdict == Verdict.FEW


def test_people_see_themselves_leaders_all_and_the_public_departments(small_hall: SmallHall) -> None:
    User.objects.filter(pk=small_hall.people["clerk2"].pk).update(name="欧阳静")
    lay_down(small_hall, some_rows(4, quick=0.8))
    own = client_of(small_hall, "clerk1").get("/small/rankings/?kind=clerk").content.decode()
    assert "我的成绩" in own
    assert "第 2" in own
    assert "欧阳静" not in own
    assert "号窗口" not in own
    for who in ("manager", "auditor", "administrator"):
        page = client_of(small_hall, who).get("/small/rankings/?kind=clerk&by=serve").content.decode()
        assert page.index("欧阳静") < page.index("clerk1")
    assert "没有您的办件记录" in client_of(small_hall, "desk").get("/small/rankings/").content.decode()
    public = Client().get("/small/rankings/departments/?kind=clerk").content.decode()
    assert "公安局" in public
    assert not any(word in public for word in ("欧阳静", "clerk", "号窗口"))
    assert "/small/rankings/departments/" in Client().get("/").content.decode()
    Department.objects.all().update(name="名" * 100)
    for kind in ("window", "department", "service", "team", "nonsense"):
        for by in ("wait", "concern", "nonsense"):
            answer = client_of(small_hall, "manager").get(f"/small/rankings/?kind={kind}&by={by}")
            assert answer.status_code == 200


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"month": "2026-13"}, "bad_month"),
        ({"quarter": "2026-Q5"}, "bad_quarter"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "bad_range"),
        ({"from": "yesterday", "to": "2026-11-01"}, "bad_date"),
        ({"from": "2026-11-01"}, "bad_date"),
        ({"from": "2016-01-01", "to": "2026-01-01"}, "range_too_long"),
        ({"month": "2026-12"}, "range_to_come"),
    ],
)
def test_days_that_cannot_be_meant_are_refused(asked: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        days_asked(asked, date(2026, 11, 28))
    assert refusal.value.code == code
    assert has_text(f"errors.{code}")


def test_months_quarters_and_days_know_what_was_before() -> None:
    today = date(2026, 2, 10)
    for asked, first, last, before in (
        ({}, date(2026, 2, 1), date(2026, 2, 28), date(2026, 1, 1)),
        ({"quarter": "2026-Q1"}, date(2026, 1, 1), date(2026, 3, 31), date(2025, 10, 1)),
        ({"from": "2026-02-03", "to": "2026-02-05"}, date(2026, 2, 3), date(2026, 2, 5), date(2026, 1, 31)),
    ):
        found = days_asked(asked, today)
        assert (found.first, found.last, found.before.first) == (first, last, before)
        assert (found.before.last - first).days == -1
    assert months_and_quarters(date(2025, 11, 30), today) == (
        ["2026-02", "2026-01", "2025-12", "2025-11"],
        ["2026-Q1", "2025-Q4"],
    )


def test_a_wrong_question_and_empty_days_are_answered_with_a_sentence(small_hall: SmallHall) -> None:
    assert Client().get("/small/rankings/departments/?month=%00").status_code == 200  # nothing was asked
    wrong = Client().get("/small/rankings/departments/?month=2026-1")
    assert (wrong.status_code, "不是月份" in wrong.content.decode()) == (400, True)
    empty = Client().get("/small/rankings/departments/?month=2020-01").content.decode()
    assert "没有可比的数字" in empty
