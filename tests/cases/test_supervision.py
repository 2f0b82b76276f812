"""On the first day of being late whoever stands nearest is told; where nobody does, the managers are, not nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from time_machine import Traveller

from hallqueue.actions.cases.concern_round import look_after_concerns
from hallqueue.actions.cases.finding_round import look_after_findings
from hallqueue.actions.cases.project_round import look_after_projects
from hallqueue.actions.cases.rating_round import look_after_ratings
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.cases.asking import asking
from hallqueue.models import Finding, ProjectStep
from tests.cases.test_concerns import raised
from tests.cases.test_findings import code_of, found, say
from tests.cases.test_ratings import bad
from tests.hall import SmallHall, led_by_clerk3
from tests.project_hall import running

pytestmark = pytest.mark.both_databases

MANAGERS = {"manager", "administrator"}
ROUNDS = (look_after_concerns, look_after_findings, look_after_ratings, look_after_projects)


def told(small: SmallHall, page: str) -> set[str]:
    """Who of the hall sees a number beside that page, after the hall's round."""
    for look in ROUNDS:
        look(small.hall.pk, THE_HALL, new_key())
    return {name for name, user in small.people.items() if asking(small.hall, user, {page})[page]}


def morning_of(clock: Traveller, day: date) -> None:
    clock.move_to(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))


def read(small: SmallHall, who: str, page: str) -> str:
    client = Client()
    client.force_login(small.people[who])
    answer = client.get(f"/small/{page}/")
    return answer.content.decode() if answer.status_code == 200 else f"{answer.status_code}"


def owned(small: SmallHall) -> Finding:
    """A finding of a service, with clerk1 until tomorrow."""
    finding = found(small, service="id-card")
    say(small, finding, "assign", owner="small-clerk1", measure="改清单", days=1)
    return finding


def test_a_late_finding_comes_to_the_lead_of_its_department_who_sees_it_then(
    hall: SmallHall, clock: Traveller
) -> None:
    finding = owned(hall)
    page = f"findings/{finding.pk}"
    led_by_clerk3(hall)
    assert (told(hall, "walkthroughs"), read(hall, "clerk3", page)) == (set(), "404")
    morning_of(clock, date(2026, 3, 3))
    assert told(hall, "walkthroughs") == {"clerk1"}
    morning_of(clock, date(2026, 3, 4))
    assert told(hall, "walkthroughs") == {"clerk1", "clerk3"}
    assert "部门首席代表" in read(hall, "clerk3", page)
    finding.refresh_from_db()
    say(hall, finding, "note", "clerk3", note="今天下班前改好")
    assert code_of(hall, finding, "fix", "clerk3", note="改了") == "not_allowed"
    morning_of(clock, date(2026, 3, 5))
    assert told(hall, "walkthroughs") == {"clerk1", "clerk3", *MANAGERS}


def test_what_no_lead_supervises_comes_to_the_managers_on_the_first_day(
    hall: SmallHall, clock: Traveller
) -> None:
    finding = owned(hall)
    concern = raised(hall)
    morning_of(clock, concern.due_on + timedelta(days=1))
    assert told(hall, "walkthroughs") == {"clerk1", *MANAGERS}
    assert told(hall, "concerns") == {"clerk1", *MANAGERS}
    for page in (f"findings/{finding.pk}", f"concerns/{concern.pk}"):
        assert "大厅主任" in read(hall, "manager", page)
        assert "部门首席代表" not in read(hall, "manager", page)


def test_what_nobody_has_in_hand_is_reminded_of_to_whoever_supervises_it(
    hall: SmallHall, clock: Traveller
) -> None:
    concern, case = raised(hall, by="desk"), bad(hall)
    assert (told(hall, "concerns"), told(hall, "ratings")) == (set(), set())
    morning_of(clock, concern.due_on)
    assert (concern.handler, told(hall, "concerns")) == (None, MANAGERS)
    led_by_clerk3(hall)
    assert told(hall, "concerns") == {"clerk3"}
    assert case.due_on is not None
    morning_of(clock, case.due_on)
    assert (case.handler, told(hall, "ratings")) == (None, MANAGERS)


def test_a_late_bad_rating_is_supervised_by_the_managers_alone(hall: SmallHall, clock: Traveller) -> None:
    case = bad(hall)
    led_by_clerk3(hall)
    assert case.due_on is not None
    morning_of(clock, case.due_on + timedelta(days=3))
    assert told(hall, "ratings") == MANAGERS
    assert "大厅主任" in read(hall, "manager", f"ratings/{case.pk}")
    case.rating.user = hall.people["manager"]
    case.rating.save()
    assert told(hall, "ratings") == {"administrator"}, "nobody is told of a rating of themselves"


@pytest.mark.parametrize(
    ("owner", "heard", "word"),
    [("clerk2", {"clerk2", "clerk1"}, "队长"), ("clerk1", {"clerk1", *MANAGERS}, "大厅主任")],
)
def test_a_late_step_comes_to_the_leader_of_the_team_and_the_leaders_own_to_the_managers(
    hall: SmallHall, clock: Traveller, owner: str, heard: set[str], word: str
) -> None:
    project = running(hall)
    step = project.steps.get(kind="advance")
    ProjectStep.objects.filter(pk=step.pk).update(owner=hall.people[owner])
    assert step.due_on is not None
    morning_of(clock, step.due_on + timedelta(days=1))
    assert told(hall, "projects") == heard
    page = read(hall, owner, f"projects/{project.pk}")
    assert word in page[page.index('role="alert"') :][:300]
    assert f"级别 {word}" in page
