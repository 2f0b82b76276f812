"""Findings are owned, timed in working days, walked again and struck off; they are never lost and never hidden."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from hallqueue.actions.cases import finding_loop
from hallqueue.actions.cases.finding_loop import EFFECTS, moves_of
from hallqueue.actions.cases.finding_round import findings_moved, look_after_findings
from hallqueue.actions.command import THE_HALL, Answer, new_key
from hallqueue.actions.round.alarm_kinds import WATCHES
from hallqueue.cases.finding_states import MOVES
from hallqueue.cases.moves import HALL, SAME
from hallqueue.errors import Refused
from hallqueue.files import evidence
from hallqueue.models import Event, Finding, FindingFile, Ticket, Walkthrough
from hallqueue.reporting.walkthroughs.comparing import compared
from hallqueue.reporting.walkthroughs.months import month_figures
from hallqueue.reporting.walkthroughs.ordinary import ordinary_of
from hallqueue.texts import has_text
from tests.cases.test_concern_evidence import encoded
from tests.cases.test_walkthroughs import begun
from tests.cases.test_walkthroughs import say as tap
from tests.hall import SmallHall, midday

pytestmark = pytest.mark.both_databases

PLAN: dict[str, Any] = {"owner": "small-clerk1", "measure": "改清单", "days": 3}


def found(small: SmallHall, by: str = "desk", **details: Any) -> Finding:
    walk = begun(small, by=by, **details)
    tap(small, "note_finding", by, walkthrough=walk, ref="phone-0001", kind="materials", severity=2)
    tap(small, "finish_walkthrough", by, walkthrough=walk)
    return Finding.objects.get(walkthrough=walk)


def say(small: SmallHall, finding: Finding, verb: str, by: str = "manager", **said: Any) -> Answer:
    answer: Answer = finding_loop.move_finding(
        small.hall.pk, small.actor(by), new_key(), finding=finding.pk, verb=verb, **said
    )
    finding.refresh_from_db()
    return answer


def code_of(small: SmallHall, finding: Finding, verb: str, by: str = "manager", **said: Any) -> str:
    with pytest.raises(Refused) as refusal:
        say(small, finding, verb, by, **said)
    assert has_text(f"errors.{refusal.value.code}")
    return refusal.value.code


def client_of(small: SmallHall, who: str) -> Client:
    client = Client()
    client.force_login(small.people[who])
    return client


def test_a_finding_is_owned_put_right_walked_again_and_struck_off(small_hall: SmallHall) -> None:
    finding = found(small_hall)
    say(small_hall, finding, "assign", **PLAN)
    say(small_hall, finding, "note", "clerk1", note="已联系系统方")
    say(small_hall, finding, "fix", "clerk1", note="清单已改")
    assert code_of(small_hall, finding, "verify", walkthrough=finding.walkthrough_id) == "not_walked_again"
    own = begun(small_hall, by="clerk1", again_of=finding.walkthrough_id, service="")
    tap(small_hall, "finish_walkthrough", "clerk1", walkthrough=own)
    assert code_of(small_hall, finding, "verify", walkthrough=own) == "not_walked_again"
    again = begun(small_hall, by="desk", again_of=finding.walkthrough_id, service="")
    assert code_of(small_hall, finding, "verify", walkthrough=again) == "not_walked_again"
    tap(small_hall, "finish_walkthrough", "desk", walkthrough=again)
    say(small_hall, finding, "verify", walkthrough=again)
    say(small_hall, finding, "close")
    assert (finding.state, finding.walked_again_id) == ("closed", again)
    say(small_hall, finding, "reopen", reason="又要复印件了")
    assert (finding.state, finding.reopened, finding.walked_again) == ("owned", 1, None)
    page = client_of(small_hall, "auditor").get(f"/small/findings/{finding.pk}/").content.decode()
    for words in ("走流程时记下", "交办", "改清单", "整改完成", "复走通过", "销号", "又要复印件了"):
        assert words in page


def test_what_was_put_right_before_it_was_told_is_verified_by_a_walk_of_a_later_day(
    small_hall: SmallHall,
) -> None:
    with midday(small_hall) as clock:
        finding = found(small_hall)
        say(small_hall, finding, "assign", **(PLAN | {"days": 1}))
        first = small_hall.hall.business_date(timezone.now())
        same_day = begun(small_hall, by="desk", again_of=finding.walkthrough_id, service="")
        tap(small_hall, "finish_walkthrough", "desk", walkthrough=same_day)
        clock.shift(timedelta(days=6))
        again = begun(small_hall, by="desk", again_of=finding.walkthrough_id, service="")
        tap(small_hall, "finish_walkthrough", "desk", walkthrough=again)
        clock.shift(timedelta(days=1))
        for day in (first - timedelta(days=1), first + timedelta(days=8)):
            assert code_of(small_hall, finding, "fix", note="改了", fixed_on=str(day)) == "fixed_on"
        assert code_of(small_hall, finding, "fix", note="改了", fixed_on="周一") == "bad_day"
        say(small_hall, finding, "fix", "clerk1", note="改了", fixed_on=str(first))
        assert code_of(small_hall, finding, "verify", walkthrough=same_day) == "not_walked_again"
        say(small_hall, finding, "verify", walkthrough=again)
        month = month_figures(small_hall.fresh(), f"{first:%Y-%m}", timezone.now())
        page = client_of(small_hall, "manager").get(f"/small/findings/{finding.pk}/").content.decode()
        say(small_hall, finding, "reopen", reason="又要了")
        before = {"note": "其实早改了", "fixed_on": str(first + timedelta(days=1))}
        assert code_of(small_hall, finding, "fix", **before) == "fixed_on", "it was there again since"
        say(small_hall, finding, "fix", "clerk1", note="又改了")
        assert code_of(small_hall, finding, "verify", walkthrough=again) == "not_walked_again"
    assert month.late == 1, "whether it is late is counted from when it was told"
    line = Event.objects.filter(kind="finding.fixed").earliest("seq")
    assert (line.data["on"], line.data["late"], line.business_date > first) == (str(first), True, True)
    assert str(first) in page


def test_what_is_missing_or_past_is_refused_with_a_sentence(small_hall: SmallHall) -> None:
    finding = found(small_hall)
    today = small_hall.hall.business_date(timezone.now())
    for said, code in (
        ({"owner": ""}, "finding_needs"),
        ({"measure": " "}, "finding_needs"),
        ({"days": 0}, "finding_needs"),
        ({"owner": "nobody"}, "unknown_handler"),
        ({"owner": "small-auditor"}, "unknown_handler"),
        ({"due_on": str(today - timedelta(days=1))}, "due_in_the_past"),
        ({"due_on": "soon"}, "bad_day"),
        ({"due_on": str(today + timedelta(days=400))}, "due_too_far"),
        ({"days": 121}, "due_too_far"),
        ({"days": -1}, "due_too_far"),
    ):
        assert code_of(small_hall, finding, "assign", **(PLAN | said)) == code
    assert code_of(small_hall, finding, "fix", note="好了") == "finding_state"
    assert code_of(small_hall, finding, "fly") == "bad_input"
    assert finding.state == "noted"
    say(small_hall, finding, "assign", **(PLAN | {"days": 0, "due_on": str(today)}))
    assert (finding.due_on or today) >= today


def test_only_its_owner_and_managers_move_it_and_others_do_not_see_it(small_hall: SmallHall) -> None:
    finding = found(small_hall)
    assert code_of(small_hall, finding, "note", "clerk1", note="x") == "unknown_finding"
    assert code_of(small_hall, finding, "assign", "desk", **PLAN) == "not_allowed"
    say(small_hall, finding, "assign", **PLAN)
    assert moves_of(small_hall.actor("clerk1"), finding) == ["note", "fix"]
    assert moves_of(small_hall.actor("desk"), finding) == moves_of(small_hall.actor("auditor"), finding) == []
    address = f"/small/findings/{finding.pk}/"
    seen = {who: client_of(small_hall, who).get(address).status_code for who in ("clerk1", "desk", "clerk2")}
    assert seen == {"clerk1": 200, "desk": 200, "clerk2": 404}


def test_a_reminder_of_a_finding_is_seen_by_its_owner_on_every_page_and_in_the_list(
    small_hall: SmallHall,
) -> None:
    def seen(who: str, address: str) -> str:
        return client_of(small_hall, who).get(f"/small/{address}").content.decode()

    with midday(small_hall) as clock:
        finding = found(small_hall)
        say(small_hall, finding, "assign", **(PLAN | {"days": 5}))
        assert "临期" not in seen("clerk1", "findings/")
        while finding.stage == 0:
            clock.shift(timedelta(days=1))
            look_after_findings(small_hall.hall.pk, THE_HALL, new_key())
            finding.refresh_from_db()
        assert "1 件临期或超期，等您处理" in seen("clerk1", "concerns/")
        assert "等您处理" not in seen("manager", "concerns/"), "it is not the manager's turn yet"
        assert '<span class="tag tag--special">临期</span>' in seen("clerk1", "findings/")
        assert "快到了，请抓紧办理" in seen("clerk1", f"findings/{finding.pk}/")
        while finding.level < 2:
            clock.shift(timedelta(days=1))
            look_after_findings(small_hall.hall.pk, THE_HALL, new_key())
            finding.refresh_from_db()
        assert "1 件临期或超期，等您处理" in seen("manager", "concerns/")
        assert "快到了" not in seen("clerk1", f"findings/{finding.pk}/"), "it is late now, and said so"


def test_a_limit_that_passes_reminds_and_climbs_to_the_managers_alarm(small_hall: SmallHall) -> None:
    with midday(small_hall) as clock:
        finding = found(small_hall)
        say(small_hall, finding, "assign", **(PLAN | {"days": 1}))
        levels = []
        for _ in range(12):
            if findings_moved(small_hall.fresh(), timezone.now()):
                look_after_findings(small_hall.hall.pk, THE_HALL, new_key())
            finding.refresh_from_db()
            levels.append(finding.level)
            clock.shift(timedelta(days=1))
        assert levels == sorted(levels)
        assert finding.level == 3
        alarm = WATCHES["late_finding"]
        subjects = list(alarm.due(small_hall.fresh(), timezone.now()))
        assert [alarm.tell(small_hall.fresh(), each)["number"] for each in subjects] == [finding.label]
        say(small_hall, finding, "fix", note="迟了，改好了")
        assert list(alarm.due(small_hall.fresh(), timezone.now())) == []
        month = month_figures(
            small_hall.fresh(), f"{finding.walkthrough.business_date:%Y-%m}", timezone.now()
        )
    assert (month.walked, month.noted, month.settled, month.late) == (1, 1, 0, 1)


@given(verbs=st.lists(st.sampled_from(sorted(EFFECTS)), max_size=12))
def test_the_table_never_leads_out_of_its_states(verbs: list[str]) -> None:
    """Whatever is said in whatever order: from `withdrawn` nothing leads on, `closed` comes after `verified` alone."""
    state, before = "noted", ""
    for verb in verbs:
        rule = MOVES[verb]
        if state in rule.origins:
            before, state = state, state if rule.target == SAME else rule.target
            assert state in Finding.State.values
        if state == "closed" and before != "closed":
            assert before == "verified"
    assert {rule.target for rule in MOVES.values() if "withdrawn" in rule.origins} == {SAME}
    assert all(rule.hands == HALL for verb, rule in MOVES.items() if verb not in (*EFFECTS, "evidence"))


def test_before_and_after_stand_beside_each_other_and_beside_ordinary_citizens(small_hall: SmallHall) -> None:
    with midday(small_hall) as clock:
        _serve_a_citizen(small_hall, clock)
        small_hall.issue()
        clock.shift(timedelta(minutes=30))
        first = begun(small_hall, ticket="A002", consent=True, service="")
        for name in ("户口簿", "复印件"):
            tap(small_hall, "compare_material", walkthrough=first, name=name, guide=True, asked=True)
        tap(small_hall, "tell_facts", walkthrough=first, trips=3)
        tap(small_hall, "note_finding", walkthrough=first, ref="phone-0001", kind="materials", severity=2)
        met = Finding.objects.get()
        tap(small_hall, "finish_walkthrough", walkthrough=first)
        second = begun(small_hall, again_of=first, service="")
        tap(small_hall, "take_step", walkthrough=second, kind="queue")
        clock.shift(timedelta(minutes=4))
        tap(small_hall, "finish_walkthrough", walkthrough=second)
        walks = {walk.pk: walk for walk in Walkthrough.objects.all()}
        pairs = {pair.name: pair for pair in compared(walks[first], walks[second], timezone.now())}
        others = ordinary_of(walks[first])
    assert (pairs["papers"].before, pairs["papers"].after, pairs["papers"].better) == (2, 0, True)
    assert (pairs["whole"].before, pairs["whole"].after) == (30, 4)
    assert (pairs["trips"].before, pairs["trips"].after) == (3, 1)
    assert (pairs["steps"].before, pairs["steps"].better) == (1, None)
    assert others is not None
    assert (others.count, others.few, others.waited, others.served) == (
        1,
        True,
        timedelta(minutes=2),
        timedelta(minutes=3),
    )
    page = client_of(small_hall, "manager").get(f"/small/walkthroughs/{first}/beside/{second}/")
    assert "<svg" in page.content.decode()
    leads = f'href="../../../../findings/{met.pk}/"'
    assert leads in page.content.decode(), "from what became better one finds back to what had been found"
    assert (
        client_of(small_hall, "desk").get(f"/small/walkthroughs/{first}/beside/{second}/").status_code == 404
    )
    assert "中位数" in client_of(small_hall, "auditor").get(f"/small/walkthroughs/{first}/").content.decode()


def _serve_a_citizen(small: SmallHall, clock: Any) -> None:
    small.issue()
    clock.shift(timedelta(minutes=2))
    small.call_next()
    small.say("start")
    clock.shift(timedelta(minutes=3))
    small.say("finish")
    assert Ticket.objects.get().state == "done"


def test_the_pages_list_sum_and_keep_evidence(small_hall: SmallHall, settings: Any, tmp_path: Any) -> None:
    settings.DATA = tmp_path
    finding = found(small_hall)
    say(small_hall, finding, "assign", **PLAN)
    client = client_of(small_hall, "clerk1")
    said = {"key": new_key(), "note": "已改"}
    picture = tmp_path / "a.png"
    picture.write_bytes(encoded())
    with picture.open("rb") as content:
        form = {"key": new_key(), "photos": content}
        assert client.post(f"/small/findings/{finding.pk}/photos/", form).status_code == 200
    url = f"/small/findings/{finding.pk}/fix/"
    assert client.post(url, said, content_type="application/json").json()["state"] == "fixed"
    photo = FindingFile.objects.get()
    assert (
        client.get(f"/small/findings/{finding.pk}/files/{photo.pk}/").headers["Content-Type"] == "image/jpeg"
    )
    manager = client_of(small_hall, "manager")
    for address, words in (("", "待复走"), ("?state=all", finding.label), ("?state=late", "没有这样的堵点")):
        assert words in manager.get(f"/small/findings/{address}").content.decode()
    for address, place in (("findings", "walkthroughs"), ("appeals", "ratings")):
        marked = f'<a href="/small/{place}/" aria-current="true">'
        assert marked in manager.get(f"/small/{address}/").content.decode(), "the bar says where one is"
    assert "走流程月度小结" in manager.get("/small/findings/month/").content.decode()
    assert "这个月没有走流程" in manager.get("/small/findings/month/?month=2020-01").content.decode()
    assert client.get("/small/findings/month/").status_code == 403


def test_photos_and_voices_are_erased_when_their_days_are_over(
    small_hall: SmallHall, settings: Any, tmp_path: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.DATA = tmp_path
    with midday(small_hall) as clock:
        finding = found(small_hall)
        file = evidence.file_name("key", b"voice", "webm")
        evidence.keep(file, b"voice")
        FindingFile.objects.create(
            hall=small_hall.hall, finding=finding, kind="memo", file=file, size=5, added_at=timezone.now()
        )
        tap(small_hall, "drop_walkthrough", walkthrough=finding.walkthrough_id, reason="测试")
        finding.refresh_from_db()
        assert finding.state == "withdrawn"
        clock.shift(timedelta(days=29))
        assert not findings_moved(small_hall.fresh(), timezone.now())
        clock.shift(timedelta(days=2))
        assert findings_moved(small_hall.fresh(), timezone.now())
        with django_capture_on_commit_callbacks(execute=True):
            look_after_findings(small_hall.hall.pk, THE_HALL, new_key())
        assert not findings_moved(small_hall.fresh(), timezone.now())
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []
    page = client_of(small_hall, "manager").get(f"/small/walkthroughs/{finding.walkthrough_id}/")
    assert "保存期满，已删除" in page.content.decode()
    story = client_of(small_hall, "manager").get(f"/small/findings/{finding.pk}/").content.decode()
    assert "照片和语音已删除" in story


@pytest.mark.both_databases
def test_the_page_leads_to_the_second_walk_and_the_list_to_what_needs_a_hand(small_hall: SmallHall) -> None:
    open_one, finding, late = found(small_hall), found(small_hall), found(small_hall)
    for each in (finding, late):
        say(small_hall, each, "assign", **PLAN)
    Finding.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(hours=1))
    shown = client_of(small_hall, "manager").get("/small/findings/").content.decode()
    assert [shown.index(each.label) for each in (late, open_one, finding)] == sorted(
        shown.index(each.label) for each in (late, open_one, finding)
    )
    say(small_hall, finding, "fix", "clerk1", note="清单已改")
    address, again = (
        f"/small/findings/{finding.pk}/",
        f'href="../../walkthroughs/new/?again={finding.walkthrough_id}',
    )
    first = f'<a class="button button--primary" {again}'
    assert first in client_of(small_hall, "manager").get(address).content.decode()
    assert again not in client_of(small_hall, "clerk1").get(address).content.decode(), "not by the owner"
    form = client_of(small_hall, "manager").get(address).content.decode().split('id="say-verify"')[1]
    assert "确定" not in form.split("</dialog>")[0], "without a second walk it could only be refused"
    walk = begun(small_hall, by="desk", again_of=finding.walkthrough_id, service="")
    tap(small_hall, "finish_walkthrough", "desk", walkthrough=walk)
    assert first not in client_of(small_hall, "manager").get(address).content.decode()
