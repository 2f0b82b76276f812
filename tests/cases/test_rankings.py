"""Rankings against the single rows they are told by; who sees what; and what is asked wrongly."""

from __future__ import annotations

import io
import random
import statistics
from datetime import timedelta
from math import isclose
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.ledgers import keep_ledger_for
from hallqueue.actions.round import figures
from hallqueue.fairness import Verdict, wilson
from hallqueue.figures.days import day_begins, days_between, months_between
from hallqueue.models import Call, Concern, Department, Service, Ticket, User, Window
from hallqueue.reporting.ledgers.filling import recorded
from hallqueue.reporting.periods import DAY, MONTH, QUARTER, period_around
from hallqueue.reporting.rankings.discretion import kept_back, untold
from hallqueue.reporting.rankings.sources import CLERK, DEPARTMENT, SERVICE, TEAM, WINDOW, Source
from hallqueue.reporting.rankings.tables import RATING, SERVE, VOLUME, WAIT, Ranking, ranking_of
from tests.cases.test_concerns import far, raised
from tests.cases.test_findings import client_of
from tests.cases.test_ratings import rate, served
from tests.hall import SmallHall, far_from_midnight
from tests.project_hall import TEAM as TEAM_SAID
from tests.project_hall import running

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


def source_of(small: SmallHall) -> Source:
    today = small.hall.business_date(timezone.now())
    return Source(small.fresh(), period_around(DAY, today))


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


def test_the_satisfied_are_compared_and_who_rated_stays_unknown(small_hall: SmallHall) -> None:
    for window, levels in ((1, (5, 3, 2, 1, 1)), (2, (5, 5, 4, 4, 5))):
        for level in levels:
            rate(small_hall, served(small_hall, window, "id-card"), level)
    ranking = ranking_of(source_of(small_hall), WINDOW)
    for name, good in (("1号窗口", 2), ("2号窗口", 5)):
        cell = unit_of(ranking, name).cells[RATING]
        assert (cell.compared.count, cell.compared.observed, cell.compared.expected) == (5, good / 5, 7 / 10)
        assert cell.is_told_apart is False  # Wilson: 12–77 % and 57–100 %
    assert unit_of(ranking_of(source_of(small_hall), DEPARTMENT), "公安局").cells[RATING].compared.count == 10
    today = recorded(
        small_hall.fresh(), small_hall.hall.business_date(timezone.now()).replace(day=1), timezone.now()
    )
    counts = today[small_hall.people["clerk1"].pk]
    assert (counts["rated"], counts["satisfied"]) == (5, 2)
    keep_ledger_for(small_hall.hall.pk, small_hall.actor("manager"), new_key(), everybody=True, members=[])
    for address in ("rankings", "ledger"):
        own = client_of(small_hall, "clerk1").get(f"/small/{address}/", follow=True).content.decode()
        assert "为保护评价人，不显示" in own
    whole = client_of(small_hall, "auditor").get(f"/small/ledger/{small_hall.people['clerk1'].pk}/")
    assert "为保护评价人" not in whole.content.decode()


def test_the_public_is_told_no_ratings_of_few_nor_what_a_sum_would_tell(small_hall: SmallHall) -> None:
    hall, today = small_hall.hall, small_hall.hall.business_date(timezone.now())
    over = period_around(QUARTER, today).before
    months = months_between(over.first, over.last)
    pks = {each.name: str(each.pk) for each in Department.objects.filter(hall=hall)}
    service = {str(each.department_id): str(each.pk) for each in Service.objects.filter(hall=hall)}
    given = {"公安局": (9, 9, 2), "税务局": (9, 9, 9), "住建局": (9, 9, 9)}
    empty: dict[str, dict[str, dict[str, int]]] = {"hall": {"": {}}}
    kept = {str(day): empty for day in days_between(over.first, today - timedelta(days=1))}
    for number, month in enumerate(months):
        rated = {
            f"{pks[name]}:{service[pks[name]]}": {"rating.given.5": counts[number]}
            for name, counts in given.items()
        }
        kept[str(month)] = empty | {"department_service": rated}
    figures.store_days(hall.pk, THE_HALL, new_key(), days=[[*each] for each in kept.items()])
    fresh = small_hall.fresh()
    quarter, last = Source(fresh, over), Source(fresh, period_around(MONTH, months[-1]))
    assert untold(Source(fresh, period_around(MONTH, months[0])), today) == set()
    hidden = untold(last, today)
    assert pks["公安局"] in hidden
    assert len(hidden) == 2, "of two departments nobody can tell whose the rest is"
    assert pks["公安局"] in untold(quarter, today), "the quarter less two months would tell the third"
    assert untold(quarter, over.last) == set(pks.values()), "days under way are told to nobody"
    told = ranking_of(quarter, DEPARTMENT).without_ratings_of(untold(quarter, today))
    line = unit_of(told, "公安局")
    assert (line.withheld, line.cells[RATING].compared.count) == ({RATING}, 0)
    assert kept_back({"a": 0, "b": 5, "c": 40}) == set()
    assert kept_back({"a": 2, "b": 4, "c": 40}) == {"a", "b"}
    assert kept_back({"a": 2, "b": 9, "c": 40}) == {"a", "b"}


def test_the_workbook_has_every_interval_and_the_names_of_its_language(small_hall: SmallHall) -> None:
    lay_down(small_hall, some_rows(1, quick=0.8))
    Window.objects.filter(number=2).update(name_en="=HYPERLINK(1)")
    manager = client_of(small_hall, "manager")
    asked = "?of=window&by=serve&kind=day"
    page = manager.get(f"/small/rankings/{asked}&lang=en").content.decode()
    assert "Window 2 =HYPERLINK(1)" in page
    assert "号窗口" not in page
    assert "file.xlsx?of=window" in page
    book = load_workbook(io.BytesIO(manager.get(f"/small/rankings/file.xlsx{asked}&lang=en").content))
    head, *rows = book["Service time"].iter_rows(values_only=True)
    cell = unit_of(ranking_of(source_of(small_hall), WINDOW), "2号窗口").cells[SERVE]
    told = dict(zip(head, rows[0], strict=True))
    assert rows[0][0] == "Window 2 =HYPERLINK(1)"
    assert (told["Range from (95 %)"], told["Range to (95 %)"]) == pytest.approx(tuple(cell.span))
    assert told["Actual (min)"] == pytest.approx(cell.compared.observed / 60)
    assert (told["Place from"], told["Place to"], told["Own or shared place"]) == (1, 1, "its own")
    day = f"{small_hall.hall.business_date(timezone.now())}"
    for sheet in book.worksheets:
        assert sheet.oddHeader is not None
        assert (sheet.oddHeader.left.text or "").endswith(day), "each page on paper says of when it is"
    assert book["Service time"]["D2"].number_format == "0.0"
    volume = [row[-1] for row in book["Volume"].iter_rows(min_row=2, values_only=True)]
    assert "shared" in volume or "not distinguishable" in volume
    Department.objects.filter(name="公安局").update(name="=1+1")
    book = load_workbook(io.BytesIO(manager.get("/small/rankings/file.xlsx?of=department&kind=day").content))
    first = [row[0] for row in book["工作量"].iter_rows(values_only=True)]
    assert (first[0], "=1+1" in first) == ("部门", True)
    assert manager.get("/small/rankings/file.xlsx?kind=month&day=2020-01-01").status_code == 404
    assert manager.get("/small/rankings/file.xlsx?kind=dec%00ade").status_code == 400


def test_people_see_themselves_leaders_all_and_the_public_departments(small_hall: SmallHall) -> None:
    User.objects.filter(pk=small_hall.people["clerk2"].pk).update(name="欧阳静")
    lay_down(small_hall, some_rows(4, quick=0.8))
    own = client_of(small_hall, "clerk1").get("/small/rankings/?of=clerk").content.decode()
    assert "我的成绩" in own
    assert "第 2" in own
    assert "欧阳静" not in own
    assert "号窗口" not in own
    for who in ("manager", "auditor", "administrator"):
        page = client_of(small_hall, who).get("/small/rankings/?of=clerk&by=serve").content.decode()
        assert page.index("欧阳静") < page.index("clerk1")
    assert "没有您的办件记录" in client_of(small_hall, "desk").get("/small/rankings/").content.decode()
    public = Client().get("/small/rankings/departments/?of=clerk").content.decode()
    assert "公安局" in public
    told = public.replace(
        "?of=clerk", ""
    )  # the way back from the choice of a language is the question itself
    assert not any(word in told for word in ("欧阳静", "clerk", "号窗口"))
    assert "/small/rankings/departments/" in client_of(small_hall, "desk").get("/").content.decode()
    Department.objects.all().update(name="名" * 100)
    for kind in ("window", "department", "service", "team", "nonsense"):
        for by in ("wait", "concern", "nonsense"):
            answer = client_of(small_hall, "manager").get(f"/small/rankings/?of={kind}&by={by}")
            assert answer.status_code == 200


def test_who_did_nothing_that_is_ranked_has_no_empty_line(small_hall: SmallHall) -> None:
    far_from_midnight(small_hall)
    ticket = small_hall.issue()["ticket"]
    small_hall.call_next()
    small_hall.say("no_show")
    small_hall.say("pick", 2, ticket=ticket, reason="在门口")
    small_hall.say("no_show", 2)
    lines = ranking_of(source_of(small_hall), WINDOW).lines
    assert [line.name for line in lines] == [str(Window.objects.get(number=1))]


def test_one_case_that_can_be_compared_is_not_shown_as_the_figure_of_all(small_hall: SmallHall) -> None:
    lay_down(small_hall, [*some_rows(1), (3, "id-card", 60, 4320)])
    page = client_of(small_hall, "manager").get("/small/rankings/?kind=day").content.decode()
    assert "可比 1 件，共 31 件" in page
    assert '<b class="num">72.0</b>' not in page
    assert '<b class="num">1.0</b>' not in page, "of the wait"


def test_a_wrong_question_and_empty_days_are_answered_with_a_sentence(small_hall: SmallHall) -> None:
    for asked, sentence in (
        ("kind=month&day=2026-13-01", "不对"),
        ("kind=month&day=2099-01-01", "还没到"),
        ("kind=range&first=2026-02-02&last=2026-02-01", "早于"),
        ("kind=range&first=2016-01-01&last=2026-01-01", "最多看"),
        ("kind=dec%00ade", "没有这种"),
    ):
        answer = client_of(small_hall, "manager").get(f"/small/rankings/?{asked}")
        assert (answer.status_code, sentence in answer.content.decode()) == (400, True)
    for kind in (
        "kind=day",
        "kind=week",
        "kind=range&first=2026-02-02&last=2026-02-02",
    ):  # of single days too few
        assert Client().get(f"/small/rankings/departments/?{kind}").status_code == 400
    empty = Client().get("/small/rankings/departments/?kind=month&day=2020-01-01").content.decode()
    assert "没有可比的数字" in empty
