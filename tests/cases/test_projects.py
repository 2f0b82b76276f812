"""Projects grow from what people met, have people and dates, are accounted for, and are never lost or hidden."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from hallqueue.actions.cases import projects
from hallqueue.actions.cases.project_causes import free
from hallqueue.actions.cases.project_round import look_after_projects, projects_moved
from hallqueue.actions.cases.projects import EFFECTS, moves_of
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.round.alarm_kinds import WATCHES
from hallqueue.cases.moves import HALL, SAME
from hallqueue.cases.project_dates import (
    DONE,
    LIGHTS,
    STEPS,
    light_of,
    next_due,
    shining,
    usual_days,
    worst_of,
)
from hallqueue.cases.project_states import MOVES
from hallqueue.errors import Refused
from hallqueue.models import Event, Project, ProjectEntry, ProjectFile, ProjectLine, ProjectStep, ProjectTeam
from hallqueue.reporting.concerns.story import story_of
from hallqueue.texts import has_text, text
from tests.cases.test_findings import found
from tests.hall import SmallHall, midday
from tests.project_hall import TEAM, WORDS, code_of, day, opened, running, say, settled

pytestmark = pytest.mark.both_databases


def test_a_pilot_project_goes_through_its_four_steps_and_is_accounted_for(small_hall: SmallHall) -> None:
    concern, finding = settled(small_hall), found(small_hall)
    project = opened(small_hall, "pilot", concerns=[concern.pk], findings=[finding.pk])
    kinds = [text(f"project.step_of.pilot.{step.kind}") for step in project.steps.all()]
    assert kinds == ["年初领题", "月度推进", "季度调度", "年底交账"]
    say(small_hall, project, "start", **TEAM)
    assert {step.owner.name for step in project.steps.all() if step.owner} == {"clerk1"}
    assert code_of(small_hall, project, "note", "clerk2", step="advance", note="抢跑") == "taken_up_first"
    assert code_of(small_hall, project, "deliver", "clerk1", note="完了") == "steps_open"
    _work_through(small_hall, project)
    say(small_hall, project, "deliver", "clerk1", note="材料减到三份，全部一次办结")
    assert code_of(small_hall, project, "note", "clerk1", step="account", note="晚了") == "project_state"
    assert worst_of(project, []) == DONE  # by its team; it waits for a manager
    say(small_hall, project, "send_back", reason="还有一个窗口多要", ends_on=day(small_hall, 9))
    project.steps.filter(kind="account").update(begins_on=day(small_hall, 5))
    ahead = {"step": "account", "note": "没到日子，先改起来"}
    assert code_of(small_hall, project, "note", "clerk1", **ahead, on=day(small_hall, -1)) == "entry_day"
    say(small_hall, project, "note", "clerk1", **ahead)
    say(small_hall, project, "deliver", "clerk2", note="那个窗口也改了")
    say(small_hall, project, "accept", note="抽查十件，属实")
    say(small_hall, project, "reopen", reason="又多要了", ends_on=day(small_hall, 9))
    assert (project.state, project.reopened, project.accepted_at) == ("running", 2, None)
    assert open_again(project) == {"advance", "review", "account"}
    assert code_of(small_hall, project, "deliver", "clerk1", note="又好了") == "steps_open"
    told = [line["what"] for line in story_of(project, "zh")]
    assert told[:4] == ["立项", "启动", "完成环节", "进展"]
    assert told[-6:] == ["交账", "验收退回", "进展", "交账", "验收通过", "重新攻坚"]
    assert ProjectLine.objects.filter(project=project).count() == len(told)
    assert {each.by for each in Event.objects.filter(kind__startswith="project.")} >= {
        small_hall.actor(name).name for name in ("manager", "clerk1", "clerk2")
    }


def open_again(project: Project) -> set[str]:
    return set(project.steps.filter(done_at=None).values_list("kind", flat=True))


def test_an_accepted_project_goes_on_from_the_step_that_is_chosen(small_hall: SmallHall) -> None:
    project = running(small_hall)
    say(small_hall, project, "finish", "clerk1", step="advance", note="改好了")
    say(small_hall, project, "deliver", "clerk1", note="交账")
    assert project.steps.get(kind="account").begins_on > small_hall.hall.business_date(timezone.now())
    say(small_hall, project, "send_back", reason="账不全", ends_on=day(small_hall, 3))
    say(small_hall, project, "deliver", "clerk1", note="补全了")
    say(small_hall, project, "accept", note="属实")
    again = {"reason": "又多要了", "ends_on": day(small_hall, 9)}
    assert code_of(small_hall, project, "reopen", step="take_up", **again) == "unknown_step"
    assert code_of(small_hall, project, "reopen", step="claim", **again) == "unknown_step"
    say(small_hall, project, "reopen", step="account", **again)
    assert open_again(project) == {"account"}
    say(small_hall, project, "deliver", "clerk1", note="账已补齐")
    say(small_hall, project, "accept", note="属实")
    say(small_hall, project, "reopen", **again)
    assert open_again(project) == {"advance", "account"}
    assert {str(step.ends_on) for step in project.steps.all()} == {day(small_hall, 9)}
    assert all(step.next_at is not None for step in project.steps.all()), "both have their clocks"


def _work_through(small: SmallHall, project: Project) -> None:
    say(small, project, "finish", "clerk1", step="take_up", note="题目定了")
    project.steps.exclude(kind="take_up").update(begins_on=day(small, -40))
    say(small, project, "note", "clerk2", step="advance", note="上月：清单改了一半", on=day(small, -30))
    assert project.steps.get(kind="advance").due_on < project.steps.get(kind="advance").ends_on
    for step in ("advance", "review"):
        say(small, project, "finish", "manager", step=step, note="做完了")
    assert ProjectEntry.objects.filter(project=project).count() == 4


def test_what_is_missing_past_or_out_of_order_is_refused_with_a_sentence(small_hall: SmallHall) -> None:
    yesterday, far = day(small_hall, -1), day(small_hall, 900)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"title": " "}, "project_needs"),
        ({"aim": ""}, "project_needs"),
        ({"cause": ""}, "project_needs"),
        ({"kind": "hobby"}, "bad_input"),
        ({"title": "长" * 61}, "text_too_long"),
        ({"steps": {"account": ["", yesterday]}}, "due_in_the_past"),
        ({"steps": {"account": ["", "someday"]}}, "bad_day"),
        ({"steps": {"account": ["", far]}}, "project_too_far"),
        ({"steps": {"advance": [day(small_hall, -400), day(small_hall, 3)]}}, "step_too_early"),
        ({"steps": {"advance": [day(small_hall, 5), day(small_hall, 3)]}}, "step_reversed"),
        ({"steps": {"advance": ["", day(small_hall, 90)]}}, "steps_out_of_order"),
        ({"steps": {"advance": ["", "", "nobody"]}}, "unknown_handler"),
        ({"concerns": [999]}, "unknown_case"),
    ]
    for said, code in wrong:
        with pytest.raises(Refused) as refusal:
            opened(small_hall, **said)
        assert refusal.value.code == code, said
        assert has_text(f"errors.{code}")
    assert not Project.objects.exists()


def test_what_cannot_be_said_of_a_running_project_has_its_sentence(small_hall: SmallHall) -> None:
    yesterday, far = day(small_hall, -1), day(small_hall, 900)
    project = running(small_hall)
    wrong: list[tuple[str, dict[str, Any], str]] = [
        (
            "arrange",
            {"step": "advance", "begins_on": day(small_hall, 0), "ends_on": yesterday},
            "due_in_the_past",
        ),
        ("arrange", {"step": "fly", "begins_on": day(small_hall, 0), "ends_on": far}, "unknown_step"),
        ("note", {"step": "advance", "note": "x", "on": day(small_hall, 1)}, "entry_day"),
        ("note", {"step": "advance", "note": "x", "on": "then"}, "bad_day"),
        ("note", {"step": "advance", "note": " "}, "project_needs"),
        ("finish", {"step": "account", "note": "x"}, "account_by_delivering"),
        ("again", {"step": "advance", "reason": "x", "ends_on": day(small_hall, 3)}, "unknown_step"),
        ("post", {"terms": "x", "ends_on": day(small_hall, 3)}, "project_state"),
        ("unlink", {"link": 7, "reason": "x"}, "unknown_case"),
        ("link", {}, "cases_required"),
        ("strike_file", {"file": 7, "reason": "x"}, "page_unknown"),
        ("publish", {}, "wall_words_missing"),
        ("remind", {}, "bad_input"),
    ]
    for verb, said, code in wrong:
        assert code_of(small_hall, project, verb, **said) == code, verb


def test_a_posted_problem_is_claimed_by_teams_and_given_to_one(small_hall: SmallHall) -> None:
    project = opened(small_hall)
    assert code_of(small_hall, project, "claim", "clerk1", **TEAM) == "unknown_project"
    say(small_hall, project, "post", terms="一个月内见效", ends_on=day(small_hall, 10))
    bad: list[tuple[dict[str, Any], str]] = [
        ({"team": ""}, "project_needs"),
        ({"leader": ""}, "project_needs"),
        ({"leader": "small-auditor"}, "unknown_handler"),
        ({"members": []}, "team_too_small"),
        ({"members": ["small-clerk1"]}, "team_too_small"),
        ({"leader": "small-clerk3"}, "team_without_you"),
    ]
    for said, code in bad:
        assert code_of(small_hall, project, "claim", "clerk1", **(TEAM | said)) == code, said
    assert code_of(small_hall, project, "claim", "auditor", **TEAM) == "not_allowed"
    assert not project.teams.exists()
    say(small_hall, project, "claim", "clerk1", **TEAM)
    other = TEAM | {"team": "青年突击队", "leader": "small-clerk3"}
    assert code_of(small_hall, project, "claim", "clerk3", **other) == "already_claimed"
    say(small_hall, project, "claim", "clerk3", **(other | {"members": ["small-desk"]}))
    first, second = project.teams.all()
    assert code_of(small_hall, project, "leave", "clerk3", claim=first.pk, reason="x") == "unknown_claim"
    assert code_of(small_hall, project, "choose", "clerk1", claim=first.pk, reason="我们") == "not_allowed"
    assert code_of(small_hall, project, "choose", claim=999, reason="x") == "unknown_claim"
    assert "leave" in moves_of(small_hall.actor("clerk3"), project)
    say(small_hall, project, "choose", claim=second.pk, reason="有电脑方面的人")
    assert (project.state, project.team) == ("running", second)
    assert dict(project.teams.values_list("pk", "state")) == {first.pk: "declined", second.pk: "chosen"}
    assert code_of(small_hall, project, "note", "clerk1", step="advance", note="x") == "unknown_project"
    say(small_hall, project, "note", "desk", step="advance", note="开工")


def test_claims_end_with_their_day_and_with_the_posting(small_hall: SmallHall) -> None:
    other = TEAM | {"leader": "small-clerk3", "members": ["small-desk"]}
    with midday(small_hall) as clock:
        project = opened(small_hall)
        say(small_hall, project, "post", terms="x", ends_on=day(small_hall, 1))
        say(small_hall, project, "claim", "clerk1", **TEAM)
        clock.shift(timedelta(days=2))
        assert code_of(small_hall, project, "claim", "clerk3", **other) == "claim_too_late"
        say(small_hall, project, "take_down", reason="先放一放")
        assert set(project.teams.values_list("state", flat=True)) == {ProjectTeam.State.DECLINED}
        say(small_hall, project, "post", terms="再来", ends_on=day(small_hall, 1))
        say(small_hall, project, "withdraw", reason="不做了")
        assert moves_of(small_hall.actor("manager"), project) == []


def test_a_case_belongs_to_one_project_of_its_own_root_cause(small_hall: SmallHall) -> None:
    concern, other = settled(small_hall), settled(small_hall, "系统或数据故障")
    project = opened(small_hall, concerns=[concern.pk])
    with pytest.raises(Refused, match="other_cause"):
        opened(small_hall, concerns=[other.pk])
    with pytest.raises(Refused, match="case_in_project"):
        opened(small_hall, concerns=[concern.pk])
    assert Project.objects.count() == 1
    assert code_of(small_hall, project, "link", concerns=[other.pk]) == "other_cause"
    assert code_of(small_hall, project, "change", **(WORDS | {"cause": "其他"})) == "other_cause"
    assert list(free(small_hall.hall.pk, "concerns")) == [other]
    say(small_hall, project, "unlink", link=project.links.get().pk, reason="不是一类事")
    say(small_hall, project, "link", concerns=[concern.pk])
    assert project.links.count() == 2
    say(small_hall, project, "withdraw", reason="立重了")
    assert concern in free(small_hall.hall.pk, "concerns")


def test_others_neither_see_nor_move_it_and_nobody_accepts_or_publishes_their_own(
    small_hall: SmallHall,
) -> None:
    project = running(small_hall)
    assert code_of(small_hall, project, "note", "clerk3", step="advance", note="x") == "unknown_project"
    assert code_of(small_hall, project, "note", "auditor", step="advance", note="x") == "not_allowed"
    assert code_of(small_hall, project, "withdraw", "clerk1", reason="x") == "not_allowed"
    assert moves_of(small_hall.actor("clerk2"), project) == ["note", "finish", "word"]
    assert moves_of(small_hall.actor("auditor"), project) == []
    said = {"step": "advance", "begins_on": day(small_hall, 0), "ends_on": day(small_hall, 9)}
    say(small_hall, project, "arrange", owner="small-manager", **said)
    say(small_hall, project, "finish", "clerk1", step="advance", note="好了")
    say(small_hall, project, "deliver", "clerk1", note="好了")
    assert "accept" not in moves_of(small_hall.actor("manager"), project)
    assert code_of(small_hall, project, "accept", note="我看行") == "own_project"
    say(small_hall, project, "word", heard="跑了四趟，电话 13800001111", did="三份材料，一次办结")
    assert "13800001111" not in project.heard
    assert code_of(small_hall, project, "publish") == "own_words"
    say(small_hall, project, "publish", "administrator")
    say(small_hall, project, "word", "clerk1", heard="跑了四趟", did="两份材料")
    assert project.published_at is None
    say(small_hall, project, "publish")
    say(small_hall, project, "take_off", reason="再核实")


def test_a_step_that_is_late_reminds_climbs_to_the_alarm_and_rests_when_it_speaks(
    small_hall: SmallHall,
) -> None:
    with midday(small_hall) as clock:
        project = running(small_hall)
        step = project.steps.get(kind="advance")
        clock.move_to(step.due_at - timedelta(days=8))
        assert not projects_moved(small_hall.fresh(), timezone.now())
        levels, lights = [], []
        for days in (1, 6, 1, 1, 3, 3, 1):
            if projects_moved(small_hall.fresh(), timezone.now()):
                look_after_projects(small_hall.hall.pk, THE_HALL, new_key())
            step.refresh_from_db()
            levels.append(step.level)
            lights.append(_light(small_hall, project))
            clock.shift(timedelta(days=days))
        assert levels == sorted(levels)
        assert levels[-1] == 3
        assert list(dict.fromkeys(lights)) == ["green", "amber", "red"]
        alarm = WATCHES["late_project"]
        subjects = list(alarm.due(small_hall.fresh(), timezone.now()))
        assert [alarm.tell(small_hall.fresh(), each)["number"] for each in subjects] == [project.label]
        say(small_hall, project, "note", "clerk1", step="advance", note="补上了")
        assert list(alarm.due(small_hall.fresh(), timezone.now())) == []
        assert _light(small_hall, project) == "green"
        assert not projects_moved(small_hall.fresh(), timezone.now())


def _light(small: SmallHall, project: Project) -> str:
    """The project's light, the same in the list's query."""
    now = timezone.now()
    today = small.hall.business_date(now)
    light = worst_of(project, [light_of(step, today, now) for step in project.steps.all()])
    found = [each for each in LIGHTS if Project.objects.filter(shining(each, today, now), pk=project.pk)]
    assert found == [light]
    return light


@given(verbs=st.lists(st.sampled_from(sorted(EFFECTS)), max_size=14))
def test_the_table_never_leads_out_of_its_states(verbs: list[str]) -> None:
    """In whatever order: nothing leads out of `withdrawn`, `accepted` comes after `delivered` alone."""
    state, before = "planned", ""
    for verb in verbs:
        rule = MOVES[verb]
        if state in rule.origins:
            before, state = state, state if rule.target == SAME else rule.target
            assert state in Project.State.values
            assert state != "accepted" or before in ("delivered", "accepted")
            assert before != "withdrawn" or state == "withdrawn"
    assert all(rule.hands == HALL for verb, rule in MOVES.items() if verb not in (*EFFECTS, "evidence"))
    assert all(has_text(f"project.event.{rule.event.partition('.')[2]}") for rule in MOVES.values())
    assert all(has_text(f"project.{room}.{verb}") for room in ("verb", "verb_lead") for verb in EFFECTS)


@given(today=st.dates(date(2024, 1, 1), date(2035, 12, 31)), spoken=st.lists(st.integers(0, 500), max_size=6))
def test_the_days_of_every_plan_are_in_order_and_a_rhythm_always_leads_to_the_end(
    today: date, spoken: list[int]
) -> None:
    for kind, steps in STEPS.items():
        days = usual_days(kind, today)
        assert tuple(days) == steps
        assert all(today <= each.begins_on <= each.ends_on for each in days.values())
        for name, (begins_on, ends_on) in days.items():
            step = ProjectStep(kind=name, begins_on=begins_on, ends_on=ends_on)
            due, last = next_due(step, None), None
            for offset in sorted(spoken):
                last = begins_on + timedelta(days=offset)
                assert due <= (due := next_due(step, last)) <= ends_on
            assert name not in ("advance", "review") or last is None or due > last or due == ends_on


def test_a_double_tap_opens_one_project(small_hall: SmallHall) -> None:
    key, by = new_key(), small_hall.actor("manager")
    first, again = (
        projects.open_project(small_hall.hall.pk, by, key, kind="tackle", **WORDS) for _ in range(2)
    )
    assert first == again
    assert Project.objects.count() == 1
    with pytest.raises(Refused, match="not_allowed"):
        opened(small_hall, by="desk")


def test_files_are_named_counted_and_erased_with_a_reason(
    small_hall: SmallHall, settings: Any, tmp_path: Any
) -> None:
    settings.DATA = tmp_path
    project = running(small_hall)
    ask: dict[str, Any] = {"kind": "photo", "name": "新清单", "size": 9}
    add = (small_hall.hall.pk, small_hall.actor("clerk2"))
    with pytest.raises(Refused, match="unknown_step"):
        projects.add_file(*add, new_key(), project=project.pk, step="take_up", file="0.jpg", **ask)
    projects.add_file(*add, new_key(), project=project.pk, step="advance", file=f"{0:064x}.jpg", **ask)
    kept = {name: getattr(project.files.get(), name) for name in ("hall", "project", "step", "added_at")}
    names = [f"{number:064x}.jpg" for number in range(1, projects.MOST_FILES)]
    ProjectFile.objects.bulk_create(ProjectFile(file=name, size=9, **kept) for name in names)
    with pytest.raises(Refused, match="project_files"):
        projects.add_file(*add, new_key(), project=project.pk, step="advance", file="x.jpg", **ask)
    say(small_hall, project, "strike_file", file=project.files.all()[0].pk, reason="拍到了人脸")
    assert project.files.filter(erased_at=None).count() == projects.MOST_FILES - 1
    assert "拍到了人脸" in [line["reason"] for line in story_of(project, "zh")]
