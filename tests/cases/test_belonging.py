"""A service that went to another department: each day is told for whom it was done, by rankings as by reports."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from hallqueue import watch
from hallqueue.actions.cases import rating_cases, ratings
from hallqueue.actions.command import THE_HALL, Actor, new_key
from hallqueue.actions.house import setup
from hallqueue.actions.house.services import set_service
from hallqueue.actions.round import figures
from hallqueue.figures import folding
from hallqueue.figures.folding import days_to_keep
from hallqueue.figures.reading import totals
from hallqueue.models import Department, KeptFigures, RatingCase, Ticket
from hallqueue.reporting.periods import WEEK, period_around
from hallqueue.reporting.rankings.sources import DEPARTMENT, Source
from hallqueue.reporting.rankings.tables import RATING, VOLUME, ranking_of
from hallqueue.reporting.tables import rated
from tests.cases.conftest import TODAY
from tests.cases.test_findings import client_of
from tests.hall import SERVICES, SmallHall

pytestmark = pytest.mark.both_databases

WHOLE = period_around(WEEK, TODAY)


def serve(hall: SmallHall, people: int = 1) -> Ticket:
    """So many were served for an identity card; the last of them."""
    for _ in range(people):
        ticket = hall.ticket(hall.issue())
        for verb in ("call_next", "start", "finish"):
            hall.say(verb)
    return ticket


def move_to(hall: SmallHall, department: str) -> None:
    """Identity cards are another department's from now on, by the page of the service."""
    told = SERVICES[0] | {"department": Department.objects.get(hall=hall.hall, name=department).code}
    set_service(hall.hall.pk, hall.actor("manager"), new_key(), **told)


def told_by_reports(hall: SmallHall) -> dict[str, int]:
    """The stays at windows of each department, as reports tell them."""
    names = {str(each.pk): each.name for each in Department.objects.filter(hall=hall.hall)}
    found = totals(hall.fresh(), WHOLE.first, WHOLE.last, "department")
    return {names[key]: tally.serves.count for key, tally in found.items()}


def told_by_rankings(hall: SmallHall) -> dict[str, int]:
    ranking = ranking_of(Source(hall.fresh(), WHOLE), DEPARTMENT)
    return {line.name: line.cells[VOLUME].compared.count for line in ranking.lines}


def keep_all(hall: SmallHall) -> None:
    watch.Watch().look()
    while days_to_keep(hall.fresh(), datetime.now(UTC)):
        figures.keep_figures(hall.hall.pk, THE_HALL, new_key())


def test_rankings_and_reports_tell_a_day_for_the_department_of_that_day(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    """Also of days that are folded anew after the service went on, by its page and by the catalogue's file."""
    serve(hall, 2)
    clock.shift(timedelta(days=1))
    move_to(hall, "税务局")
    serve(hall, 3)
    clock.shift(timedelta(days=1))
    setup.load_services(hall.hall.pk, THE_HALL, new_key(), rows=[SERVICES[0] | {"department": "住建局"}])
    serve(hall, 1)
    expected = {"公安局": 2, "税务局": 3, "住建局": 1}
    assert told_by_reports(hall) == told_by_rankings(hall) == expected, "while the days are not kept"
    clock.shift(timedelta(days=1))
    keep_all(hall)
    move_to(hall, "公安局")
    assert told_by_reports(hall) == told_by_rankings(hall) == expected, "as they were kept"
    KeptFigures.objects.filter(hall=hall.hall).update(version=folding.VERSION - 1)
    keep_all(hall)
    assert told_by_reports(hall) == told_by_rankings(hall) == expected, "folded anew"


def test_a_rating_set_aside_is_taken_from_the_department_it_was_counted_for(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    pk, ticket = hall.hall.pk, serve(hall)
    given = {"token": ticket.token, "rating": ticket.ratings.get().pk, "level": 1}
    ratings.rate_own(pk, Actor("citizen", "anyone"), new_key(), **given)
    clock.shift(timedelta(days=1))
    move_to(hall, "税务局")
    serve(hall)
    case = RatingCase.objects.get().pk
    for verb, by in (("dispute", "manager"), ("uphold", "administrator")):
        said = {"case": case, "verb": verb, "reason": "评错了窗口"}
        rating_cases.move_rating_case(pk, hall.actor(by), new_key(), **said)
    by_department = totals(hall.fresh(), WHOLE.first, WHOLE.last, "department")
    counted = {key: rated(tally)["1"] for key, tally in by_department.items()}
    assert len(counted) == 2
    assert set(counted.values()) == {0}, "nobody has fewer than none"
    sent = json.loads(client_of(hall, "manager").get("/small/ratings/export.json?month=2026-03").content)
    assert {row["department"] for row in sent["rows"]} == {"公安局"}, "who served, though it is another's now"
    ranking = ranking_of(Source(hall.fresh(), WHOLE), DEPARTMENT)
    assert {line.cells[RATING].compared.count for line in ranking.lines} == {0}


def test_the_list_of_ratings_finds_and_names_the_department_that_served(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    """Within the month that is asked for a service was three departments', one after the other; another never moved."""
    done = {"公安局": serve(hall).ratings.get().number}
    for department in ("税务局", "住建局"):
        clock.shift(timedelta(days=1))
        move_to(hall, department)
        done[department] = serve(hall).ratings.get().number
    clock.shift(timedelta(days=40))  # the month is over, and everybody's time to rate
    move_to(hall, "公安局")
    manager = client_of(hall, "manager")
    told: dict[str, str] = {}
    for each in Department.objects.filter(hall=hall.hall):
        page = manager.get(f"/small/ratings/?month=2026-03&department={each.code}")
        rows = page.context["rows"]
        told |= {row["department"].name: row["rating"].number for row in rows}
        assert len(rows) == (each.name in done)
    assert told == done
    assert "公安局" in told
    nobody = manager.get("/small/ratings/?month=2026-03&department=nobody")
    assert nobody.context["rows"] == []
