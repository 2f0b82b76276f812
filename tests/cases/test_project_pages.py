"""The pages of projects: each shows what its viewer may see and say; the wall says nothing of anybody."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from time_machine import Traveller

from hallqueue.actions.cases.project_round import look_after_projects
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.errors import Refused
from hallqueue.files.papers import LARGEST_PAPER, MOST_INFLATED, check_paper
from hallqueue.models import Event, Project, ProjectFile
from tests.cases.test_concern_evidence import encoded
from tests.cases.test_findings import client_of, found
from tests.cases.test_ratings import bad
from tests.hall import SmallHall
from tests.project_hall import TEAM, WORDS, code_of, day, opened, running, say, settled

pytestmark = pytest.mark.both_databases

MOST = ("hall", "year", "kind", "state", "title", "problem", "aim", "cause", "opened_by", "opened_on")
"""What a project cannot be without."""
JSON = {"accept": "application/json"}
PAPER = b"%PDF-1.7\n1 0 obj <</Type/Catalog>> endobj\ntrailer\n%%EOF\n"


def text_of(small: SmallHall, who: str, address: str, status: int = 200) -> str:
    answer = client_of(small, who).get(f"/small/{address}")
    assert answer.status_code == status
    return answer.content.decode()


def test_a_root_cause_becomes_a_project_by_its_form(small_hall: SmallHall) -> None:
    concern, finding, rating = settled(small_hall), found(small_hall), bad(small_hall)
    month = f"{concern.received_on:%Y-%m}"
    ranking = text_of(small_hall, "manager", f"concerns/ranking/?month={month}")
    assert f"projects/new/?cause={concern.cause_id}" in ranking
    assert "据此立项" not in text_of(small_hall, "auditor", f"concerns/ranking/?month={month}")
    assert f"projects/new/?finding={finding.pk}" in text_of(small_hall, "manager", f"findings/{finding.pk}/")
    assert f"projects/new/?rating={rating.pk}" in text_of(small_hall, "manager", f"ratings/{rating.pk}/")
    form = text_of(small_hall, "manager", f"projects/new/?cause={concern.cause_id}&rating={rating.pk}")
    assert f'name="ratings" value="{rating.pk}" checked' in form
    assert f'name="concerns" value="{concern.pk}" checked' in form
    manager = client_of(small_hall, "manager")
    typed: dict[str, Any] = WORDS | {"key": new_key(), "concerns": [concern.pk], "findings": [finding.pk]}
    typed["ratings"] = [rating.pk]
    late = typed | {"key": new_key(), "ends-account": day(small_hall, -1)}
    refused = manager.post("/small/projects/new/?kind=pilot", late)
    assert refused.status_code == 409
    assert "已经过去" in refused.content.decode()
    assert WORDS["problem"] in refused.content.decode()
    made = manager.post("/small/projects/new/?kind=pilot", typed | {"owner-review": "small-clerk2"})
    project = Project.objects.get()
    assert made.headers["Location"] == f"/small/projects/{project.pk}/"
    page = text_of(small_hall, "manager", f"projects/{project.pk}/")
    for words in (
        "年初领题",
        "月度推进",
        "季度调度",
        "年底交账",
        "clerk2",
        concern.label,
        finding.label,
        rating.label,
    ):
        assert words in page
    assert project.label in text_of(small_hall, "manager", f"concerns/{concern.pk}/")
    assert project.label in text_of(small_hall, "manager", f"findings/{finding.pk}/")
    assert project.label in text_of(small_hall, "manager", f"ratings/{rating.pk}/")


def test_who_sees_which_project_and_which_verbs(small_hall: SmallHall) -> None:
    own, posted = running(small_hall), opened(small_hall, title="上门评定")
    say(small_hall, posted, "post", terms="跨部门组队", ends_on=day(small_hall, 9))
    seen = {who: text_of(small_hall, who, "projects/") for who in ("clerk1", "clerk3", "auditor", "manager")}
    assert [own.label in page for page in seen.values()] == [True, False, True, True]
    assert all(posted.label in page for page in seen.values())
    text_of(small_hall, "clerk3", f"projects/{own.pk}/", 404)
    assert 'data-verb="claim"' in text_of(small_hall, "clerk3", f"projects/{posted.pk}/")
    assert "data-verb=" not in text_of(small_hall, "auditor", f"projects/{posted.pk}/")
    for query, shows in (
        ("state=posted", (False, True)),
        ("mine=1", (False, True)),
        ("light=red", (False, False)),
        ("light=green&kind=tackle", (True, True)),
        ("kind=pilot", (False, False)),
        ("state=all&year=1999", (False, False)),
        ("state=odd&light=odd&year=odd&department=odd", (False, False)),
    ):
        page = text_of(small_hall, "manager", f"projects/?{query}")
        assert (own.label in page, posted.label in page) == shows, query
    said = TEAM | {"key": new_key()}
    url = f"/small/projects/{posted.pk}/claim/"
    assert client_of(small_hall, "clerk1").post(url, said, "application/json").status_code == 200
    lone = said | {"key": new_key(), "members": []}
    answer = client_of(small_hall, "clerk3").post(
        url, lone | {"leader": "small-clerk3"}, "application/json", headers=JSON
    )
    assert answer.json()["title"] == "队伍至少 2 人，连队长在内。"


def test_photos_and_papers_are_kept_seen_and_saved(
    small_hall: SmallHall, settings: Any, tmp_path: Path
) -> None:
    settings.DATA = tmp_path / "data"
    project, client = running(small_hall), client_of(small_hall, "clerk2")

    def send(content: bytes, step: str = "advance") -> Any:
        (tmp_path / "sent").write_bytes(content)
        with (tmp_path / "sent").open("rb") as file:
            form = {"key": new_key(), "step": step, "name": "新清单", "photos": file}
            return client.post(f"/small/projects/{project.pk}/photos/", form, headers=JSON)

    assert send(encoded()).status_code == send(PAPER).status_code == 200
    photo, paper = ProjectFile.objects.all()
    assert (photo.kind, paper.kind) == ("photo", "paper")
    address = f"/small/projects/{project.pk}/files/"
    assert client.get(f"{address}{photo.pk}/").headers["Content-Type"] == "image/jpeg"
    saved: Any = client.get(f"{address}{paper.pk}/")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(saved.streaming_content) == PAPER
    assert client_of(small_hall, "clerk3").get(f"{address}{paper.pk}/").status_code == 404
    assert send(b"MZ").json()["code"] == "photo_unreadable"
    assert send(PAPER, "fly").json()["code"] == "unknown_step"
    assert len([each for each in (tmp_path / "data/evidence").rglob("*") if each.is_file()]) == 2
    say(small_hall, project, "strike_file", file=photo.pk, reason="拍到了人脸")
    assert client.get(f"{address}{photo.pk}/").status_code == 404
    assert "已删除" in text_of(small_hall, "manager", f"projects/{project.pk}/")


def test_papers_with_scripts_attachments_or_passwords_are_refused() -> None:
    check_paper(PAPER)
    hidden = zlib.compress(b"1 0 <</S/JavaScript/JS(app.alert(1))>>")
    stream = b"<</Type/ObjStm/Filter/FlateDecode>>stream\n"
    swollen = zlib.compress(bytes(MOST_INFLATED + 1), 1)
    for content, code in (
        (PAPER[:-6], "paper_unreadable"),
        (b"<html>", "paper_unreadable"),
        (PAPER + bytes(LARGEST_PAPER), "photo_too_large"),
        (PAPER.replace(b"/Type", b"/Launch"), "paper_active"),
        (PAPER.replace(b"/Type", b"/J#61vaScript"), "paper_active"),
        (PAPER.replace(b"/Type", b"/Encrypt"), "paper_active"),
        (PAPER.replace(b"trailer", stream + hidden), "paper_active"),
        (PAPER.replace(b"trailer", stream + b"nothing"), "paper_unreadable"),
        (PAPER.replace(b"trailer", stream + swollen), "paper_unreadable"),
    ):
        with pytest.raises(Refused, match=code):
            check_paper(content)


def test_the_account_and_the_wall_say_what_became_of_it_and_name_nobody(small_hall: SmallHall) -> None:
    concern = settled(small_hall)
    project = opened(small_hall, concerns=[concern.pk])
    say(small_hall, project, "start", **TEAM)
    say(small_hall, project, "finish", "clerk1", step="advance", note="清单已改")
    say(small_hall, project, "deliver", "clerk1", note="三份材料")
    say(small_hall, project, "word", "clerk1", heard="材料退了四次", did="减到三份，一次说清")
    assert "材料退了四次" not in text_of(small_hall, "auditor", "wall/")
    say(small_hall, project, "publish")
    assert "正在改" in Client().get("/small/wall/").content.decode()
    say(small_hall, project, "accept", note="属实")
    page = text_of(small_hall, "auditor", "wall/?lang=mn")
    for words in ("材料退了四次", "减到三份，一次说清"):
        assert words in page
    assert "已改好" in text_of(small_hall, "auditor", "wall/")
    for private in ("clerk1", "manager", "党员攻坚队", project.problem, concern.label):
        assert private not in page
    (piece,) = Client().get("/small/wall/pieces.json").json()["pieces"]
    assert (piece["did"], piece["is_done"]) == ("减到三份，一次说清", True)
    account = text_of(small_hall, "auditor", f"projects/account/?year={project.year}")
    for words in (project.label, "三份材料", "属实", "诉求 1 件、堵点 0 个、差评 0 件", "交账验收"):
        assert words in account
    assert "还没有" not in account
    text_of(small_hall, "clerk1", "projects/account/", 403)
    say(small_hall, project, "take_off", reason="再核实")
    assert "材料退了四次" not in text_of(small_hall, "auditor", "wall/")


def test_a_long_account_is_read_page_by_page_and_printed_whole(small_hall: SmallHall) -> None:
    opened(small_hall)
    told = Project.objects.get()
    Project.objects.bulk_create(
        Project(**{name: getattr(told, name) for name in MOST}, number=10 + n, label=f"2026-{10 + n}")
        for n in range(11)
    )
    address = f"projects/account/?year={told.year}"
    stand = [
        text_of(small_hall, "auditor", f"{address}&page={page}").count('project-told"') for page in (1, 2)
    ]
    assert stand == [10, 2]
    first = text_of(small_hall, "auditor", address)
    assert first.count("paper-only") == 2
    assert "12 个项目全部印出" in first
    Project.objects.filter(pk=told.pk).update(state=Project.State.ACCEPTED)
    accepted = text_of(small_hall, "auditor", f"{address}&part=accepted")
    assert (accepted.count('project-told"'), accepted.count("paper-only")) == (1, 11)
    assert "没有这样的项目" in text_of(small_hall, "auditor", f"{address}&part=red")


def test_a_reopened_project_has_no_account_until_it_is_accounted_for_anew(small_hall: SmallHall) -> None:
    project = running(small_hall)
    say(small_hall, project, "finish", "clerk1", step="advance", note="清单已改")
    say(small_hall, project, "deliver", "clerk1", note="三份材料")
    say(small_hall, project, "accept", note="抽查属实")
    account = f"projects/account/?year={project.year}"
    say(small_hall, project, "reopen", reason="又多要了", ends_on=day(small_hall, 9))
    page = text_of(small_hall, "auditor", account)
    assert "三份材料" not in page
    assert "抽查属实" not in page
    assert "重新办理 1 次" in page
    told = text_of(small_hall, "auditor", f"projects/{project.pk}/")
    assert told.count("三份材料") == 2, "an entry of its step and a line of its story, and no account"
    say(small_hall, project, "finish", "clerk1", step="advance", note="又改了")
    say(small_hall, project, "deliver", "clerk1", note="这次两份")
    page = text_of(small_hall, "auditor", account)
    assert "这次两份" in page
    assert "抽查属实" not in page


def test_who_claims_a_problem_does_not_decide_who_gets_it(small_hall: SmallHall) -> None:
    project = opened(small_hall)
    say(small_hall, project, "post", terms="一个月内见效", ends_on=day(small_hall, 10))
    own = TEAM | {"team": "主任队", "leader": "small-administrator", "members": ["small-fallback"]}
    say(small_hall, project, "claim", "administrator", **own)
    claim: dict[str, Any] = {"claim": project.teams.get().pk, "reason": "我们行"}
    page = f"/small/projects/{project.pk}/"
    assert 'data-verb="choose"' not in client_of(small_hall, "administrator").get(page).content.decode()
    assert code_of(small_hall, project, "choose", "administrator", **claim) == "own_claim"
    shown = client_of(small_hall, "manager").get(page).content.decode()
    assert 'data-verb="choose"' in shown
    assert "揭榜截止" in shown
    say(small_hall, project, "choose", **claim)
    assert project.team == project.teams.get()
    say(small_hall, project, "note", "administrator", step="advance", note="开工")
    told = text_of(small_hall, "manager", f"projects/{project.pk}/")
    assert "月度推进" not in told, "its step is called so everywhere: 攻坚推进"
    assert told.count("攻坚推进") > 2
    answer = client_of(small_hall, "manager").post(
        f"{page}deliver/", {"key": new_key(), "note": "好了"}, "application/json", headers=JSON
    )
    assert "“攻坚推进”还没有完成" in answer.json()["title"]


def test_a_step_that_asks_for_a_word_is_a_number_on_every_page(small_hall: SmallHall) -> None:
    project = running(small_hall)
    step = project.steps.get(kind="advance")
    assert step.owner is not None
    owner = next(name for name, each in small_hall.people.items() if each == step.owner)

    def behind(who: str, name: str) -> bool:
        return f'topbar__{name}">1</b>' in text_of(small_hall, who, "concerns/")

    assert not any(behind("manager", name) for name in ("seven", "four"))
    step.stage = 1
    step.save()
    assert "1 件临期或超期，等您处理" in text_of(small_hall, owner, "concerns/")
    assert not behind("manager", "seven"), "not yet the manager's"
    step.level = 2
    step.save()
    assert behind("manager", "seven"), "its page stands behind “更多”, and so does the number"
    assert behind("manager", "four")


def test_from_the_wall_staff_come_back_to_the_projects_and_nobody_else_is_led_there(
    small_hall: SmallHall,
) -> None:
    back = 'href="../projects/"'
    assert back in text_of(small_hall, "manager", "wall/")
    assert back not in Client().get("/small/wall/").content.decode()


def test_a_late_word_counts_for_the_month_of_the_day_it_tells_of(hall: SmallHall, clock: Traveller) -> None:
    project = running(hall)
    step = project.steps.get(kind="advance")
    assert (step.due_on, step.ends_on) == (date(2026, 3, 31), date(2026, 5, 1))
    clock.move_to(datetime(2026, 4, 2, 2, tzinfo=UTC))
    look_after_projects(hall.hall.pk, THE_HALL, new_key())
    say(hall, project, "note", "clerk1", step="advance", note="三月核对了材料", on="2026-03-30")
    step.refresh_from_db()
    assert (step.due_on, step.level) == (date(2026, 4, 30), 0)
    say(hall, project, "note", "clerk1", step="advance", note="四月改了样表")
    step.refresh_from_db()
    assert step.due_on == date(2026, 5, 1), "its own end comes before that of May"
    assert Event.objects.filter(kind="project.overdue").count() == 1
