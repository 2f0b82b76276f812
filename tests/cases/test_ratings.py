"""Ratings: one per served matter, by who was served alone, never good by silence; a bad one is followed to its end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from hallqueue.actions.cases import rating_cases, ratings
from hallqueue.actions.cases.rating_cases import EFFECTS
from hallqueue.actions.cases.rating_rights import moves_of
from hallqueue.actions.cases.rating_round import look_after_ratings, ratings_moved
from hallqueue.actions.command import THE_HALL, Actor, Answer, new_key
from hallqueue.actions.round.alarm_kinds import WATCHES
from hallqueue.cases.moves import BEFORE, HALL, MANAGER, SAME
from hallqueue.cases.rating_states import CITIZEN, MOVES, RATED
from hallqueue.errors import Refused
from hallqueue.models import Event, Rating, RatingCase, Receipt, Ticket
from hallqueue.rating_reasons import BAD, CURRENT, GOOD, VERSIONS
from hallqueue.texts import has_text, text
from tests.hall import SmallHall, midday

pytestmark = pytest.mark.both_databases

WHO = Actor("citizen", "anyone")
PAD, KIOSK, GATEWAY = Actor("device:5", "pad"), Actor("device:6", "kiosk"), Actor("client:1", "manager")
SECRET = "王秀英住在巴音赛街"


def served(small: SmallHall, window: int = 1, service: str = "id-card", **done: Any) -> Rating:
    """Somebody was served at a window; what was asked for last."""
    small.issue(service)
    small.call_next(window)
    small.say("start", window)
    small.say("finish", window, **done)
    return Rating.objects.select_related("ticket").latest("pk")


def give(small: SmallHall, verb: str, by: Actor = WHO, key: str = "", **said: Any) -> Answer:
    answer: Answer = getattr(ratings, verb)(small.hall.pk, by, key or new_key(), **said)
    return answer


def rate(small: SmallHall, rating: Rating, level: int, key: str = "", **said: Any) -> Answer:
    return give(small, "rate_own", key=key, token=rating.ticket.token, rating=rating.pk, level=level, **said)


def bad(small: SmallHall, **said: Any) -> RatingCase:
    rating = served(small)
    rate(small, rating, 1, **said)
    return RatingCase.objects.get(rating=rating)


def say(small: SmallHall, case: RatingCase, verb: str, by: str = "manager", **said: Any) -> Answer:
    answer: Answer = rating_cases.move_rating_case(
        small.hall.pk, small.actor(by), new_key(), case=case.pk, verb=verb, **said
    )
    case.refresh_from_db()
    return answer


def code_of(say: Any, *args: Any, **said: Any) -> str:
    with pytest.raises(Refused) as refusal:
        say(*args, **said)
    assert has_text(f"errors.{refusal.value.code}")
    return refusal.value.code


def test_the_five_levels_and_the_reasons_stand_in_the_words_of_the_rules() -> None:
    words = ["非常不满意", "不满意", "基本满意", "满意", "非常满意"]
    assert [text(f"rating.level.{level}") for level in Rating.Level.values] == words
    assert [str(label) for label in Rating.Level.labels] == words
    for sides in VERSIONS.values():
        assert set(sides) == {GOOD, BAD}
        assert not set(sides[GOOD]) & set(sides[BAD])
        assert all(has_text(f"rating.reason.{code}") for side in sides.values() for code in side)


def test_a_rating_is_asked_once_for_each_matter_that_is_over_where_it_was_over(small_hall: SmallHall) -> None:
    """Several matters, one sent on and taken back; a person who comes back to the first clerk is not asked twice."""
    first = served(small_hall)
    assert (first.level, first.window.number, first.user, first.position) == (
        None,
        1,
        small_hall.people["clerk1"],
        0,
    )
    ticket = Ticket.objects.get(pk=small_hall.issue("id-card", also=["invoice"])["ticket"])
    small_hall.call_next()
    small_hall.say("start")
    small_hall.say("finish", results=["done", "sent_on"])
    small_hall.say("undo", ticket=ticket.pk)
    small_hall.say("finish", results=["done", "sent_on"])
    small_hall.call_next(2)
    small_hall.say("start", 2)
    small_hall.say("finish", 2, results=["not_done"])
    asked = Rating.objects.filter(ticket=ticket).order_by("pk")
    assert [(each.position, each.service.code, each.window.number) for each in asked] == [
        (0, "id-card", 1),
        (1, "invoice", 2),
    ]
    assert not Event.objects.filter(kind__startswith="rating.").exists()


def test_every_channel_reaches_the_rating_of_its_own_holder_and_no_other(small_hall: SmallHall) -> None:
    with midday(small_hall) as clock:
        own, other = served(small_hall), served(small_hall, 2, "invoice")
        rate(small_hall, own, 5, reasons=["quick", "polite"], comment="谢谢 13812345678")
        own.refresh_from_db()
        assert (own.level, own.reasons, own.reason_version, own.channel) == (
            5,
            ["polite", "quick"],
            CURRENT,
            "ticket",
        )
        assert own.comment == "谢谢 138****5678"
        wrong: dict[str, Any] = {"token": own.ticket.token, "rating": other.pk, "level": 5}
        assert code_of(give, small_hall, "rate_own", **wrong) == "unknown_rating"
        give(small_hall, "rate_at_pad", PAD, window=2, rating=other.pk, level=3)
        third = served(small_hall, 3, "housing")
        slip: dict[str, Any] = {
            "slip": "c001",
            "code": ratings.slip_code(third.ticket),
            "rating": third.pk,
            "level": 4,
        }
        assert code_of(give, small_hall, "rate_at_kiosk", KIOSK, **(slip | {"code": "12"})) == "rating_slip"
        assert (
            code_of(give, small_hall, "rate_at_kiosk", KIOSK, **(slip | {"rating": own.pk}))
            == "unknown_rating"
        )
        give(small_hall, "rate_at_kiosk", KIOSK, **slip)
        fourth = served(small_hall)
        clock.shift(timedelta(days=1))
        on: dict[str, Any] = {
            "label": "A002",
            "on": str(fourth.business_date),
            "channel": "hotline",
            "level": 2,
        }
        assert code_of(give, small_hall, "rate_elsewhere", WHO, **on) == "not_allowed"
        for broken in ({"channel": "pad"}, {"on": "gestern"}):
            assert code_of(give, small_hall, "rate_elsewhere", GATEWAY, **(on | broken)) == "bad_input"
        assert (
            code_of(give, small_hall, "rate_elsewhere", GATEWAY, **(on | {"label": "A099"}))
            == "unknown_rating"
        )
        give(small_hall, "rate_elsewhere", GATEWAY, **on)
        channels = Rating.objects.order_by("pk").values_list("channel", flat=True)
        assert list(channels) == ["ticket", "pad", "kiosk", "hotline"]


def test_two_ratings_a_late_one_and_one_by_staff_are_refused_and_silence_is_never_good(
    small_hall: SmallHall,
) -> None:
    with midday(small_hall) as clock:
        rating, silent = served(small_hall), served(small_hall)
        token = rating.ticket.token
        said: dict[str, Any]
        for said in ({"level": 0}, {"level": 6}, {"level": 5, "reasons": ["rude"]}):
            assert code_of(rate, small_hall, rating, **said) == "bad_input"
        assert code_of(rate, small_hall, rating, level=1, phone="12") == "bad_phone"
        for who in ("clerk1", "manager"):
            own: dict[str, Any] = {"token": token, "rating": rating.pk, "level": 5}
            assert code_of(give, small_hall, "rate_own", small_hall.actor(who), **own) == "staff_never_rate"
        shown: dict[str, Any] = {"window": 1, "rating": silent.pk, "level": 5}
        elsewhere = shown | {"window": 2}
        assert code_of(give, small_hall, "rate_at_pad", PAD, **elsewhere) == "unknown_rating"
        key = new_key()
        assert rate(small_hall, rating, 4, key) == rate(small_hall, rating, 4, key)
        assert code_of(rate, small_hall, rating, level=1) == "rated_already"
        clock.shift(timedelta(minutes=5))
        assert code_of(give, small_hall, "rate_at_pad", PAD, **shown) == "pad_over"
        clock.shift(timedelta(days=8))
        assert code_of(rate, small_hall, silent, level=5) == "rating_over"
        look_after_ratings(small_hall.hall.pk, THE_HALL, new_key())
    silent.refresh_from_db()
    rating.refresh_from_db()
    assert (rating.level, silent.level, silent.channel) == (4, None, "")
    assert not RatingCase.objects.exists()


def test_a_bad_rating_is_called_back_dealt_with_answered_and_rated_again(small_hall: SmallHall) -> None:
    case = bad(small_hall, reasons=["rude"], name="王秀英", phone="13812345678", comment="王秀英等了一小时")
    assert case.rating.comment == "王*等了一小时", "the name is sealed, also where it was written out"
    assert (case.state, case.department) == ("new", case.rating.service.department)
    assert (case.limit_days, case.rating.phone_masked) == (5, "138****5678")
    again: dict[str, Any] = {"token": case.rating.ticket.token, "rating": case.rating_id}
    assert code_of(give, small_hall, "rate_again", level=4, **again) == "rating_not_answered"
    assert code_of(say, small_hall, case, "classify", sort="at_once") == "call_back_first"
    assert code_of(say, small_hall, case, "dispute", reason="不是他") == "call_back_first"
    say(small_hall, case, "call_back", note="已说明情况")
    assert code_of(say, small_hall, case, "classify", sort="fly") == "bad_input"
    assert code_of(say, small_hall, case, "classify", sort="in_time", days=10) == "rating_needs"
    assert code_of(say, small_hall, case, "classify", sort="in_time", reason="x", days=200) == "due_too_far"
    assert code_of(say, small_hall, case, "answer", answer="好") == "rating_state"
    say(small_hall, case, "classify", sort="in_time", reason="需要换设备", days=10)
    say(small_hall, case, "note", note="设备已订")
    say(small_hall, case, "answer", answer="设备已换，向您道歉")
    assert (case.state, case.next_at, case.measure) == ("answered", None, "需要换设备；设备已订")
    give(small_hall, "rate_again", level=2, comment="还是慢，王秀英", **again)
    case.refresh_from_db()
    assert Rating.objects.get(pk=case.rating_id).again_comment == "还是慢，王*"
    assert (case.state, case.reopened, case.next_at is not None) == ("handled", 1, True)
    assert code_of(give, small_hall, "rate_again", level=5, **again) == "rated_already"
    say(small_hall, case, "answer", answer="又派一人")
    say(small_hall, case, "close")
    kinds = Event.objects.filter(seq__in=case.lines.values("seq")).order_by("seq")
    assert [kind.partition(".")[2] for kind in kinds.values_list("kind", flat=True)] == [
        "case_opened",
        "called_back",
        "classified",
        "progressed",
        "answered",
        "followed_up",
        "answered",
        "closed",
    ]


def test_nothing_is_set_aside_without_a_second_person_and_an_appeal_comes_once(small_hall: SmallHall) -> None:
    case = bad(small_hall)
    say(small_hall, case, "dispute", reason="评错了窗口")
    assert moves_of(small_hall.actor("manager"), case) == []
    assert code_of(say, small_hall, case, "uphold", reason="x") == "second_review"
    say(small_hall, case, "reject", "administrator", reason="确在该窗口")
    assert (case.state, case.rating.counted) == ("new", True)
    assert code_of(say, small_hall, case, "appeal", "clerk1", reason="x") == "unknown_rating"
    say(small_hall, case, "classify", sort="explain")
    assert code_of(say, small_hall, case, "appeal", "clerk2", reason="x") == "unknown_rating"
    assert code_of(say, small_hall, case, "appeal", "manager", reason="x") == "not_allowed"
    assert moves_of(small_hall.actor("clerk1"), case) == ["appeal"]
    say(small_hall, case, "appeal", "clerk1", reason="群众认错了人")
    say(small_hall, case, "reject", reason="录像不支持")
    assert case.state == "handled"
    assert code_of(say, small_hall, case, "appeal", "clerk1", reason="再看") == "appealed_already"
    say(small_hall, case, "dispute", reason="有人冒用号码")
    say(small_hall, case, "uphold", "administrator", reason="属实")
    case.rating.refresh_from_db()
    assert (case.state, case.rating.counted, case.rating.level) == ("set_aside", False, 1)
    say(small_hall, case, "reopen", reason="查错了")
    case.rating.refresh_from_db()
    assert (case.state, case.rating.counted) == ("handled", True)


def test_a_limit_that_passes_climbs_and_words_are_erased_when_their_days_are_over(
    small_hall: SmallHall,
) -> None:
    with midday(small_hall) as clock:
        praised = served(small_hall)
        rate(small_hall, praised, 5, comment=SECRET)
        case = bad(small_hall, comment=SECRET, name="王秀英", phone="13812345678")
        for _ in range(20):
            if ratings_moved(small_hall.fresh(), timezone.now()):
                look_after_ratings(small_hall.hall.pk, THE_HALL, new_key())
            clock.shift(timedelta(days=1))
        case.refresh_from_db()
        assert case.level == 3
        alarm, hall = WATCHES["late_rating"], small_hall.fresh()
        subjects = list(alarm.due(hall, timezone.now()))
        assert [alarm.tell(hall, each)["number"] for each in subjects] == [case.label]
        say(small_hall, case, "call_back", note=f"{SECRET}，已道歉")
        say(small_hall, case, "classify", sort="explain")
        say(small_hall, case, "answer", answer="已道歉")
        say(small_hall, case, "close")
        clock.shift(timedelta(days=31))
        assert ratings_moved(small_hall.fresh(), timezone.now())
        look_after_ratings(small_hall.hall.pk, THE_HALL, new_key())
        assert not ratings_moved(small_hall.fresh(), timezone.now())
    rows = [*Rating.objects.values(), *RatingCase.objects.values(), *Receipt.objects.values()]
    kept = str([*rows, *Event.objects.exclude(kind="rating.called_back").values()])
    for word in (SECRET, "王秀英", "王*", "13812345678", "138****5678"):
        assert word not in kept
    assert list(Rating.objects.order_by("pk").values_list("level", flat=True)) == [5, 1]


@given(verbs=st.lists(st.sampled_from(sorted(MOVES)), max_size=16))
def test_whatever_is_said_nothing_is_set_aside_but_from_a_review(verbs: list[str]) -> None:
    state, before, history = "new", "", ["new"]
    for verb in verbs:
        rule = MOVES[verb]
        if state not in rule.origins:
            continue
        if rule.target == "reviewed":
            before = state
        state = {SAME: state, BEFORE: before}.get(rule.target, rule.target)
        assert state in RatingCase.State.values
        if state == "set_aside" != history[-1]:
            assert history[-1] == "reviewed"
        history.append(state)
    hands = {MANAGER, RATED}
    assert {verb for verb, rule in MOVES.items() if rule.hands in hands} == set(EFFECTS)
    assert {rule.hands for verb, rule in MOVES.items() if verb not in EFFECTS} == {HALL, CITIZEN}
    assert all(has_text(f"rating.event.{rule.event.partition('.')[2]}") for rule in MOVES.values())
