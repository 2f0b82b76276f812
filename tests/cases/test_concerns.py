"""Concerns (办不成事): raised, moved through their table, told only to whom they concern, never deleted."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError

from hallqueue.actions.cases import concerns
from hallqueue.actions.cases.concern_rights import moves_of
from hallqueue.actions.command import Actor, Answer, new_key
from hallqueue.cases.concern_states import MOVES, move
from hallqueue.errors import Refused
from hallqueue.events import Log
from hallqueue.models import Concern, ConcernDuty, Department, Event, Receipt
from hallqueue.sealing import unseal
from tests.hall import SmallHall

pytestmark = pytest.mark.both_databases


def raised(small: SmallHall, by: str = "clerk1", **details: Any) -> Concern:
    wanted = {
        "kind": "refused",
        "failed": "说材料不齐，没有一次告知",
        "channel": "window",
        "service": "id-card",
    }
    answer = concerns.raise_concern(small.hall.pk, small.actor(by), new_key(), **wanted | details)
    return Concern.objects.get(pk=answer["concern"])


def say(small: SmallHall, concern: Concern, verb: str, by: str = "clerk1", **said: Any) -> Answer:
    answer = concerns.move_concern(
        small.hall.pk, small.actor(by), new_key(), concern=concern.pk, verb=verb, **said
    )
    concern.refresh_from_db()
    return answer


WAY: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("accept", "clerk1", {}),
    ("classify", "clerk1", {"kind": "repeated", "grade": "several"}),
    ("assign", "clerk1", {"handler": "small-clerk2", "department": "税务局"}),
    ("note", "clerk2", {"note": "已联系群众补正"}),
    ("resolve", "clerk2", {"answer": "已受理并办结", "cause": "材料要求不清", "improvement": "重写办事指南"}),
    ("tell", "clerk2", {"how": "电话"}),
    ("call_back", "clerk2", {"satisfaction": 5}),
    ("archive", "manager", {}),
)


def far(small: SmallHall, concern: Concern, until: str = "archive") -> Concern:
    """Move a concern along the usual way, up to and with a verb."""
    for verb, by, said in WAY:
        say(small, concern, verb, by, **said)
        if verb == until:
            break
    return concern


def refusal(work: Any) -> str:
    with pytest.raises(Refused) as refused:
        work()
    return refused.value.code


def test_the_whole_way_leaves_a_story_of_who_and_what(small_hall: SmallHall) -> None:
    concern = far(small_hall, raised(small_hall))
    assert concern.state == "archived"
    assert concern.answer == "已受理并办结"
    lines = Event.objects.filter(hall=small_hall.hall, seq__in=concern.lines.values("seq")).order_by("seq")
    assert [line.kind for line in lines] == ["concern.raised", *(MOVES[verb].event for verb, _, _ in WAY)]
    assert lines[3].data["handler"] == "clerk2"
    assert lines[1].by == small_hall.actor("clerk1").name


def test_numbers_are_gapless_in_a_year_even_after_a_refusal(small_hall: SmallHall) -> None:
    first = raised(small_hall)
    assert refusal(lambda: raised(small_hall, phone="not a number")) == "bad_phone"
    second = raised(small_hall)
    assert [first.number, second.number] == [1, 2]
    assert second.label == f"{second.year}-0002"


def test_a_concern_takes_place_and_department_from_its_ticket(small_hall: SmallHall) -> None:
    ticket = small_hall.issue("housing")["ticket"]
    concern = raised(small_hall, "clerk3", ticket=ticket, service="", window=9)
    assert concern.service
    assert concern.service.code == "housing"
    assert concern.department
    assert concern.department.name == "住建局"
    assert (concern.channel, concern.handler) == ("fallback", small_hall.people["clerk3"])


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"failed": "  \n "}, "failed_required"),
        ({"kind": "angry"}, "bad_input"),
        ({"channel": "pigeon"}, "bad_input"),
        ({"tries": 0}, "concern_tries"),
        ({"failed": "很" * 1001}, "text_too_long"),
        ({"service": "no-such"}, "unknown_service"),
        ({"ticket": 999_999}, "unknown_ticket"),
        ({"window": 77}, "unknown_window"),
        ({"received_on": "2026-13-40"}, "bad_day"),
        ({"received_on": "2999-01-01"}, "received_on"),
        ({"department": "火星局"}, "bad_input"),
        ({"phone": "１３８００００１２３４"}, "bad_phone"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_half_done(
    small_hall: SmallHall, details: dict[str, Any], code: str
) -> None:
    assert refusal(lambda: raised(small_hall, **details)) == code
    assert not Concern.objects.exists()


def test_nothing_can_delete_a_concern(small_hall: SmallHall) -> None:
    concern = raised(small_hall)
    with pytest.raises(ProtectedError):
        concern.delete()
    with pytest.raises(ProtectedError):
        Concern.objects.all().delete()
    protected: tuple[type[Exception], ...] = (IntegrityError,)
    with pytest.raises(protected), transaction.atomic():
        models.QuerySet(Concern).filter(pk=concern.pk)._raw_delete("default")
        transaction.get_connection().check_constraints()


def test_a_concern_that_another_hand_moved_meanwhile_stays_where_it_is(small_hall: SmallHall) -> None:
    concern, hall = raised(small_hall), small_hall.fresh()
    seen = Concern.objects.get(pk=concern.pk)
    say(small_hall, concern, "accept")
    for verb in ("accept", "archive"):  # the first is in the table, of what was seen; the second never
        with pytest.raises(Refused, match="concern_state"):
            move(Log(hall, "user:1", hall.moved_at), seen, verb, answer="x")
    concern.refresh_from_db()
    assert (concern.state, concern.answer) == ("accepted", "")


@pytest.mark.parametrize("verb", [verb for verb in MOVES if "new" not in MOVES[verb].origins])
def test_a_verb_out_of_turn_is_refused(small_hall: SmallHall, verb: str) -> None:
    concern = raised(small_hall)
    by = "manager"
    code = refusal(lambda: say(small_hall, concern, verb, by, reason="x"))
    assert code == ("not_allowed" if MOVES[verb].hands == "hall" else "concern_state")
    assert concern.lines.count() == 1


@pytest.mark.parametrize(
    ("verb", "said"), [("resolve", {"answer": "好了"}), ("classify", {"kind": "slow"}), ("escalate", {})]
)
def test_a_verb_without_what_it_needs_is_refused(
    small_hall: SmallHall, verb: str, said: dict[str, Any]
) -> None:
    concern = far(small_hall, raised(small_hall), "classify")
    assert refusal(lambda: say(small_hall, concern, verb, **said)) == "concern_needs"


def test_the_same_key_raises_one_concern(small_hall: SmallHall) -> None:
    key, by = new_key(), small_hall.actor("desk")
    details = {"kind": "slow", "failed": "等了两周", "channel": "phone"}
    answers = [concerns.raise_concern(small_hall.hall.pk, by, key, **details) for _ in range(2)]
    assert answers[0] == answers[1]
    assert Concern.objects.count() == 1


def test_a_clerk_sees_own_department_and_what_is_in_own_hands(small_hall: SmallHall) -> None:
    of_housing = raised(small_hall, "desk", service="housing")
    code = "unknown_concern"
    assert refusal(lambda: say(small_hall, of_housing, "accept", "clerk1")) == code
    say(small_hall, of_housing, "accept", "clerk3")
    own = Department.objects.get(hall=small_hall.hall, name="住建局")
    ConcernDuty.objects.create(hall=small_hall.hall, department=own, user=small_hall.people["clerk1"])
    say(small_hall, of_housing, "classify", "clerk1", kind="slow", grade="simple")


@pytest.mark.parametrize("by", ["desk", "auditor"])
def test_the_desk_and_the_auditor_look_and_do_not_touch(small_hall: SmallHall, by: str) -> None:
    concern = raised(small_hall)
    assert moves_of(small_hall.actor(by), concern) == []
    assert refusal(lambda: say(small_hall, concern, "accept", by)) == "not_allowed"
    reveal = {"concern": concern.pk, "reason": "想看看"}
    who = small_hall.actor(by)
    assert refusal(lambda: concerns.reveal(small_hall.hall.pk, who, new_key(), **reveal)) == "not_allowed"


def test_the_auditor_raises_nothing_and_a_citizen_only_from_the_own_ticket(small_hall: SmallHall) -> None:
    assert refusal(lambda: raised(small_hall, "auditor")) == "not_allowed"
    mine, other = small_hall.issue()["ticket"], small_hall.issue()["ticket"]
    citizen = Actor(f"ticket:{mine}", "citizen")
    details = {"kind": "slow", "failed": "慢", "channel": "web"}
    for ticket in (None, other):
        work = lambda ticket=ticket: concerns.raise_concern(  # noqa: E731
            small_hall.hall.pk, citizen, new_key(), ticket=ticket, **details
        )
        assert refusal(work) == "not_allowed"
    for _ in range(3):
        concerns.raise_concern(small_hall.hall.pk, citizen, new_key(), ticket=mine, **details)
    fourth = lambda: concerns.raise_concern(  # noqa: E731
        small_hall.hall.pk, citizen, new_key(), ticket=mine, **details
    )
    assert refusal(fourth) == "concern_limit"


def test_only_a_manager_gives_a_longer_limit_once_it_is_classified(small_hall: SmallHall) -> None:
    concern = far(small_hall, raised(small_hall), "classify")
    longer = {"kind": "slow", "grade": "complex"}
    assert refusal(lambda: say(small_hall, concern, "classify", **longer)) == "grade_by_manager"
    say(small_hall, concern, "classify", "manager", **longer)
    assert concern.grade.code == "complex"


def test_a_new_root_cause_is_named_by_a_manager(small_hall: SmallHall) -> None:
    concern = far(small_hall, raised(small_hall), "assign")
    said = {"answer": "已说明", "cause": "电梯坏了"}
    assert refusal(lambda: say(small_hall, concern, "resolve", "clerk2", **said)) == "unknown_cause"
    say(small_hall, concern, "resolve", "manager", **said)
    assert concern.cause
    assert concern.cause.name == "电梯坏了"


def test_a_reopened_concern_begins_its_clock_anew(small_hall: SmallHall) -> None:
    concern = far(small_hall, raised(small_hall))
    say(small_hall, concern, "reopen", "manager", reason="群众又来反映")
    assert (concern.state, concern.reopened, concern.resolved_at) == ("accepted", 1, None)
    assert concern.next_at is not None


def test_who_raised_it_is_sealed_masked_and_nowhere_in_the_log(small_hall: SmallHall) -> None:
    concern = raised(
        small_hall,
        name="欧阳静",
        phone="138 0473 1234",
        failed="打13804731234没人接，身份证150302199001011234",
    )
    assert (concern.name_masked, concern.phone_masked) == ("欧阳*", "138****1234")
    assert "13804731234" not in concern.failed
    assert "199001011234" not in concern.failed
    written = str([*Event.objects.values_list("data", flat=True), *Receipt.objects.values_list("answer")])
    assert "欧阳" not in written
    assert "1234" not in written
    row = str(Concern.objects.values().get())
    assert "欧阳静" not in row
    assert "13804731234" not in row


def test_the_own_number_of_who_raised_it_is_masked_in_every_text_also_when_it_is_no_mobile(
    small_hall: SmallHall,
) -> None:
    own = {
        "name": "欧阳静",
        "phone": "0473-2998877",
        "failed": "打0473 2998877没人接，打 0473-3998877 也没人",
    }
    concern = raised(small_hall, **own)
    assert concern.failed == "打****77没人接，打 0473-3998877 也没人"
    say(small_hall, concern, "accept")
    say(small_hall, concern, "note", note="回拨 04732998877，欧阳静不在")
    told = Event.objects.filter(kind="concern.noted").values_list("data", flat=True).get()
    assert told["reason"] == "回拨 ****77，欧阳*不在"


def test_rare_characters_of_a_name_are_kept(small_hall: SmallHall) -> None:
    """Newer than the tables of the Python that runs the hall, or of a county's own font: no sign of a name is lost."""
    rare = "王\U0002ebf0\U00031350\ue863𠮷·阿依"
    concern = raised(small_hall, name=f"\u200b{rare}\x07\uffff")
    assert unseal(concern.name_sealed) == rare


def test_who_was_erased_is_revealed_to_nobody_and_no_look_is_noted(small_hall: SmallHall) -> None:
    concern = raised(small_hall, name="张三", phone="13804731234")
    say(small_hall, concern, "erase", "manager", reason="本人要求")
    before = small_hall.fresh().seq
    say_who = (small_hall.hall.pk, small_hall.actor("manager"), new_key())
    assert refusal(lambda: concerns.reveal(*say_who, concern=concern.pk, reason="回访")) == "person_unknown"
    assert small_hall.fresh().seq == before


def test_revealing_needs_a_reason_and_is_an_event(small_hall: SmallHall) -> None:
    concern = raised(small_hall, name="张三", phone="13804731234")
    who = small_hall.actor("clerk1")
    blank = lambda: concerns.reveal(small_hall.hall.pk, who, new_key(), concern=concern.pk, reason=" ")  # noqa: E731
    assert refusal(blank) == "reason_required"
    concerns.reveal(small_hall.hall.pk, who, new_key(), concern=concern.pk, reason="电话回访")
    line = Event.objects.get(hall=small_hall.hall, kind="concern.revealed")
    assert (line.by, line.data["reason"], line.data["concern"]) == (who.name, "电话回访", concern.pk)
