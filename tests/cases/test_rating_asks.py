"""Who is asked for a rating, and how long: nothing that a window does keeps whoever was served from giving one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hallqueue.actions.command import THE_HALL, Actor, new_key
from hallqueue.actions.day import close_days
from hallqueue.actions.line import journeys, moving
from hallqueue.actions.line.citizens import cancel_own
from hallqueue.figures.folding import folded
from hallqueue.models import Rating, RatingCase
from hallqueue.pad_turns import turns_of
from hallqueue.topics import Topic, frame_of
from hallqueue.topics.reading import Reading
from tests.cases.test_ratings import PAD, code_of, give, rate, served
from tests.hall import SmallHall, midday

pytestmark = pytest.mark.both_databases


def test_no_verb_of_a_window_keeps_whoever_was_served_from_rating(small_hall: SmallHall) -> None:
    """Set aside, sent on or never finished: the link rates it when the ticket is over; nobody who was not served."""
    hall = small_hall.hall.pk
    with midday(small_hall) as clock:
        today = small_hall.hall.business_date(timezone.now())
        tickets = [small_hall.issue() for _ in range(5)]
        aside, gone, _, sent_on, left_open = [each["ticket"] for each in tickets]
        for verb in ("park", "park", "no_show"):
            small_hall.call_next()
            if verb == "park":
                small_hall.say("start")
            more: dict[str, Any] = {"reason": "等材料"} if verb == "park" else {}
            small_hall.say(verb, **more)
        clock.shift(timedelta(minutes=5))
        cancel_own(hall, Actor("citizen", "anyone"), new_key(), token=tickets[1]["token"])
        assert Rating.objects.get().ticket_id == gone
        small_hall.call_next()
        small_hall.say("start")
        small_hall.say("transfer", service="housing", reason="别的事")
        small_hall.call_next()
        small_hall.say("start")
        assert frame_of_pad(small_hall) == []
        clock.shift(timedelta(days=1))
        close_days(hall, THE_HALL, new_key())
        found = Rating.objects.order_by("pk")
        assert [each.ticket_id for each in found] == [gone, aside, sent_on, left_open]
        assert {each.service.code for each in found} == {"id-card"}, "what was begun, not where it was sent"
        assert {(each.business_date, each.window.number, each.user) for each in found} == {
            (today, 1, small_hall.people["clerk1"])
        }
        assert frame_of_pad(small_hall) == [], "nobody of yesterday stands before it"
        rate(small_hall, found[1], 1)
        assert RatingCase.objects.get().rating == found[1]
        assert folded(small_hall.fresh(), today).of("hall").counts["rating.asked"] == 4


def test_a_transfer_that_was_taken_back_says_nothing_of_what_was_served(small_hall: SmallHall) -> None:
    """Sent on by mistake, taken back, corrected to what it is about, sent on: that is what is rated."""
    taken = small_hall.issue()
    small_hall.call_next()
    small_hall.say("start")
    small_hall.say("transfer", service="housing", reason="点错了")
    small_hall.say("undo", ticket=taken["ticket"])
    assert not Rating.objects.exists()
    small_hall.say("correct", service="invoice")
    small_hall.say("transfer", service="housing", reason="别的事")
    cancel_own(small_hall.hall.pk, Actor("citizen", "anyone"), new_key(), token=taken["token"])
    found = Rating.objects.get()
    assert (found.service.code, found.window.number) == ("invoice", 1)


def test_who_goes_before_coming_back_to_the_clerk_who_lent_them_may_rate_whoever_served_last(
    small_hall: SmallHall,
) -> None:
    ticket = small_hall.issue()
    small_hall.call_next()
    small_hall.say("start")
    small_hall.say("transfer", to_window=2, reason="请核对", back=True)
    small_hall.call_next(2)
    small_hall.say("start", 2)
    small_hall.say("finish", 2)
    assert not Rating.objects.exists(), "it goes on at the first window"
    cancel_own(small_hall.hall.pk, Actor("citizen", "anyone"), new_key(), token=ticket["token"])
    found = Rating.objects.get()
    assert (found.window.number, found.service.code, found.level) == (2, "id-card", None)


def test_of_a_journey_that_ends_on_the_way_each_step_that_was_begun_may_be_rated(
    small_hall: SmallHall,
) -> None:
    by = small_hall.hall.pk, small_hall.actor("manager")
    stages = [["id-card"], ["invoice"], ["housing"]]
    journeys.set_journey(*by, new_key(), code="shop", name="开办餐饮店", stages=stages)
    ticket = small_hall.issue("", journey="shop")
    for window, last in ((1, "finish"), (2, "park")):
        small_hall.call_next(window)
        small_hall.say("start", window)
        small_hall.say(last, window, **({"reason": "等材料"} if last == "park" else {}))
    cancel_own(small_hall.hall.pk, Actor("citizen", "anyone"), new_key(), token=ticket["token"])
    asked = Rating.objects.order_by("pk").values_list("window__number", "service__code")
    assert list(asked) == [(1, "id-card"), (2, "invoice")]


def test_who_came_back_and_was_moved_to_another_line_rates_what_was_begun(small_hall: SmallHall) -> None:
    ticket = small_hall.issue()
    small_hall.call_next()
    small_hall.say("start")
    small_hall.say("park", reason="等材料")
    small_hall.say("requeue_here", ticket=ticket["ticket"])
    by = small_hall.hall.pk, small_hall.actor("manager")
    moving.redirect(*by, new_key(), tickets=[ticket["ticket"]], service="housing", reason="减负")
    cancel_own(small_hall.hall.pk, Actor("citizen", "anyone"), new_key(), token=ticket["token"])
    found = Rating.objects.get()
    assert (found.window.number, found.service.code) == (1, "id-card")


def frame_of_pad(small: SmallHall) -> Any:
    found = frame_of(Reading(small.fresh()), Topic("pad", "small", "1"))
    return found["data"]["asked"] if found else None


def test_who_is_served_next_at_once_takes_no_second_from_the_pad_of_the_one_before(
    small_hall: SmallHall,
) -> None:
    with midday(small_hall) as clock:
        angry, quick, third = served(small_hall), served(small_hall), served(small_hall)
        said: dict[str, Any] = {"window": 1, "level": 1}
        first, second, last = turns_of(Rating.objects.order_by("-pk"), 60)
        assert [turn.ratings for turn in (first, second, last)] == [[angry], [quick], [third]]
        assert second.until - first.until == last.until - second.until == timedelta(seconds=60)
        clock.shift(timedelta(seconds=85))
        assert give(small_hall, "rate_at_pad", PAD, rating=angry.pk, **said)["level"] == 1
        clock.shift(timedelta(seconds=55))
        give(small_hall, "rate_at_pad", PAD, rating=quick.pk, **said)
        clock.shift(timedelta(seconds=95))
        assert code_of(give, small_hall, "rate_at_pad", PAD, rating=third.pk, **said) == "pad_over"
        rate(small_hall, third, 4)
    turns = turns_of(Rating.objects.all(), 60)
    assert turns[-1].until - turns[-2].until == timedelta(seconds=60), (
        "a late rating by link brings nobody back"
    )


def test_each_matter_of_one_person_has_the_full_time_at_the_pad(small_hall: SmallHall) -> None:
    now = timezone.now()
    two = [Rating(pk=number, call_id=7, asked_at=now) for number in (1, 2)]
    (turn,) = turns_of(two, 60)
    assert turn.until == now + timedelta(seconds=60)
    two[0].rated_at = now + timedelta(seconds=50)
    (turn,) = turns_of(two, 60)
    assert turn.until == now + timedelta(seconds=110)
    two[1].rated_at = now + timedelta(seconds=70)
    after = Rating(pk=3, call_id=8, asked_at=now + timedelta(seconds=5))
    turn, later = turns_of([after, *two], 60)
    assert (turn.until, later.until) == (now + timedelta(seconds=70), now + timedelta(seconds=130))
