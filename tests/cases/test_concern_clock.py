"""The clock of concerns: working days over holidays and made-up days, pauses, reminders, levels, the purge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from PIL import Image

from hallqueue import erasing
from hallqueue.actions.cases import concerns
from hallqueue.actions.cases.concern_round import concerns_moved, look_after_concerns
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import calendar
from hallqueue.actions.round.alarms import due_alarms
from hallqueue.cases.clock import Clock, is_late
from hallqueue.files import evidence
from hallqueue.models import Concern, ConcernGrade, ConcernRules, Event
from hallqueue.reporting.concerns.listing import late_by
from hallqueue.workdays import calendar_of
from tests.cases.test_concerns import far, raised, refusal, say
from tests.hall import SmallHall, led_by_clerk3, make_small_hall

pytestmark = pytest.mark.both_databases

TUESDAY = date(2026, 9, 29)  # before the long holiday of 1–7 October; 10 October is a working Saturday


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(morning(TUESDAY), tick=False) as traveller:
        yield traveller


@pytest.fixture
def hall(db: None, clock: time_machine.Traveller) -> SmallHall:
    return led_by_clerk3(make_small_hall((1, 2, 9)))


def morning(day: date) -> datetime:
    """Ten in the morning in Inner Mongolia."""
    return datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC)


def look(small: SmallHall) -> bool:
    """The round; whether the cheap look before it had asked for it."""
    moved = concerns_moved(small.fresh(), datetime.now(UTC))
    look_after_concerns(small.hall.pk, THE_HALL, new_key())
    return moved


def graded(small: SmallHall, days: int, **details: Any) -> Concern:
    """A classified concern of a grade of so many working days."""
    concern = raised(small, **details)
    ConcernGrade.objects.filter(hall=small.hall, code="several").update(days=days)
    return far(small, concern, "classify")


def kinds(concern: Concern) -> list[str]:
    seqs = concern.lines.values("seq")
    lines = Event.objects.filter(hall=concern.hall, seq__in=seqs).order_by("seq")
    return [line.kind.removeprefix("concern.") for line in lines]


@pytest.mark.parametrize(
    ("begun", "days", "due"),
    [
        (date(2026, 9, 29), 0, date(2026, 9, 29)),
        (date(2026, 9, 29), 1, date(2026, 9, 30)),
        (date(2026, 9, 29), 2, date(2026, 10, 8)),  # over the national holiday
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # a Saturday on which one works
        (date(2026, 10, 3), 0, date(2026, 10, 8)),  # told on a holiday: the first day on which one works
        (date(2026, 2, 13), 5, date(2026, 2, 27)),  # spring festival: 14 works, 15–23 free
        (date(2025, 12, 31), 1, date(2026, 1, 4)),  # year's end: 1–3 free, Sunday the 4th works
        (date(2027, 5, 28), 1, date(2027, 5, 31)),  # a year that no calendar knows yet: the weekend rule
    ],
)
def test_limits_end_on_the_right_working_day(hall: SmallHall, begun: date, days: int, due: date) -> None:
    assert Clock(hall.hall).due(begun, days) == due


def test_the_same_day_means_until_that_day_ends(hall: SmallHall, clock: time_machine.Traveller) -> None:
    concern = graded(hall, 0)
    assert concern.due_on == TUESDAY
    clock.move_to(concern.due_at - timedelta(seconds=1))
    assert not is_late(concern, datetime.now(UTC))
    clock.move_to(concern.due_at)
    assert is_late(concern, datetime.now(UTC))


def test_reminder_limit_and_levels_come_in_working_days(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    concern = graded(hall, 2)  # due on 8 October; the day before is 30 September
    assert not look(hall)
    story = kinds(concern)
    for day, told in (
        (date(2026, 9, 30), ["reminded"]),
        (date(2026, 10, 5), []),
        (date(2026, 10, 8), []),
        (date(2026, 10, 9), ["overdue"]),
        (date(2026, 10, 10), ["escalated"]),
        (date(2026, 10, 11), ["escalated"]),
        (date(2026, 10, 13), []),
    ):
        clock.move_to(morning(day))
        assert look(hall) == bool(told)
        story += told
        assert kinds(concern) == story, day
    concern.refresh_from_db()
    assert (concern.level, concern.next_at) == (3, None)
    slow = Clock(hall.hall)
    slow.rules.escalate_days = 2
    looks = [slow.next_look(TUESDAY, stage) for stage in (2, 3)]
    assert looks == [slow.ends(date(2026, 10, day)) for day in (8, 10)]


@pytest.mark.parametrize(("days", "told"), [(0, ["overdue", "escalated"]), (1, ["reminded", "overdue"])])
def test_nobody_is_reminded_on_the_day_a_limit_was_set(
    hall: SmallHall, clock: time_machine.Traveller, days: int, told: list[str]
) -> None:
    concern = graded(hall, days)
    story = kinds(concern)
    for later in (0, 8):
        clock.move_to(morning(TUESDAY) + timedelta(hours=later))
        assert not look(hall)
    for day, next_told in zip((date(2026, 9, 30), date(2026, 10, 1)), told, strict=True):
        clock.move_to(morning(day))
        assert look(hall)
        story.append(next_told)
        assert kinds(concern) == story


def test_a_hall_that_slept_tells_every_stage_it_missed(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    concern = graded(hall, 1)
    clock.move_to(morning(date(2026, 11, 2)))
    look(hall)
    assert kinds(concern)[-4:] == ["reminded", "overdue", "escalated", "escalated"]
    assert not look(hall)


def test_the_manager_is_alarmed_at_the_managers_level_until_it_is_settled(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    concern = graded(hall, 1)
    clock.move_to(morning(date(2026, 10, 8)))
    look(hall)
    assert ("late_concern", f"concern:{concern.pk}") not in due_alarms(hall.fresh(), datetime.now(UTC))
    clock.move_to(morning(date(2026, 10, 9)))
    look(hall)
    assert ("late_concern", f"concern:{concern.pk}") in due_alarms(hall.fresh(), datetime.now(UTC))
    say(hall, concern, "resolve", answer="好了", cause="其他")
    assert ("late_concern", f"concern:{concern.pk}") not in due_alarms(hall.fresh(), datetime.now(UTC))
    assert not look(hall)


def test_what_is_taken_up_before_its_limit_is_told_as_that_and_not_as_late(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    concern = graded(hall, 1)
    for _ in range(2):
        say(hall, concern, "escalate", reason="要主任协调")
    mine = f"concern:{concern.pk}"
    assert due_alarms(hall.fresh(), datetime.now(UTC), ["raised_concern", "late_concern"]) == {
        ("raised_concern", mine)
    }
    clock.move_to(morning(date(2026, 10, 9)))
    look(hall)
    assert due_alarms(hall.fresh(), datetime.now(UTC), ["raised_concern", "late_concern"]) == {
        ("late_concern", mine)
    }


def test_a_pause_needs_a_reason_and_a_second_person(hall: SmallHall) -> None:
    concern = graded(hall, 5)
    assert refusal(lambda: say(hall, concern, "ask_pause")) == "concern_needs"
    assert refusal(lambda: say(hall, concern, "grant_pause", "manager")) == "pause_not_asked"
    say(hall, concern, "ask_pause", "manager", reason="等上级答复")
    assert concern.state == "classified"
    assert refusal(lambda: say(hall, concern, "grant_pause", "clerk1")) == "not_allowed"
    assert refusal(lambda: say(hall, concern, "grant_pause", "manager")) == "second_person"
    say(hall, concern, "grant_pause", "administrator")
    assert concern.state == "paused"


def test_a_pause_moves_the_limit_by_exactly_its_working_days(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    days = calendar_of(hall.hall)
    concern = graded(hall, 5)
    say(hall, concern, "ask_pause", reason="等鉴定")
    clock.move_to(morning(date(2026, 9, 30)))
    say(hall, concern, "grant_pause", "manager")
    left = days.working_days_between(date(2026, 9, 30), concern.due_on)
    clock.move_to(morning(date(2026, 10, 12)))
    assert not look(hall)
    assert not is_late(concern, datetime.now(UTC))
    say(hall, concern, "resume", reason="鉴定已出")
    assert days.working_days_between(date(2026, 10, 12), concern.due_on) == left
    assert (concern.paused_days, concern.state) == (4, "classified")


def test_what_was_late_before_its_clock_stopped_stays_late_on_the_list_and_in_the_ledger(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    late, in_time = graded(hall, 1), graded(hall, 5)
    clock.move_to(morning(late.due_on + timedelta(days=1)))
    for concern in (late, in_time):
        say(hall, concern, "ask_pause", reason="等鉴定")
        say(hall, concern, "grant_pause", "manager")
    clock.move_to(morning(in_time.due_on + timedelta(days=30)))
    now = datetime.now(UTC)
    assert [is_late(concern, now) for concern in (late, in_time)] == [True, False]
    assert [*Concern.objects.filter(late_by(now))] == [late]
    page = Client()
    page.force_login(hall.people["manager"])
    assert page.get("/small/concerns/?late=1").content.decode().count('data-level="alarm"') == 2
    assert "已超过办结期限" in page.get(f"/small/concerns/{late.pk}/").content.decode()
    assert not look(hall)


def test_a_calendar_that_changes_moves_the_limits_with_it(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    concern = graded(hall, 2)
    clock.move_to(morning(date(2026, 10, 9)))
    look(hall)
    assert kinds(concern)[-1] == "overdue"
    by = hall.actor("manager")
    for day in ("2026-10-08", "2026-10-09"):
        calendar.set_day(hall.hall.pk, by, new_key(), day=day, is_working=False, name="检修")
    concern.refresh_from_db()
    assert (concern.due_on, concern.stage) == (date(2026, 10, 10), 0)
    assert kinds(concern)[-2:] == ["recounted", "recounted"]
    assert not is_late(concern, datetime.now(UTC))
    calendar.set_day(hall.hall.pk, by, new_key(), day="2026-10-02", is_working=True)
    concern.refresh_from_db()
    assert concern.due_on == date(2026, 10, 2)


def test_a_pause_over_a_holiday_alone_moves_nothing(hall: SmallHall, clock: time_machine.Traveller) -> None:
    concern = graded(hall, 5)
    due = concern.due_on
    clock.move_to(morning(date(2026, 9, 30)))
    say(hall, concern, "ask_pause", reason="放假")
    say(hall, concern, "grant_pause", "manager")
    clock.move_to(morning(date(2026, 10, 7)))
    say(hall, concern, "resume", reason="放假结束")
    assert concern.due_on == due


def test_what_is_settled_in_time_is_never_late_afterwards(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    concern = graded(hall, 1)
    say(hall, concern, "resolve", answer="好了", cause="其他")
    clock.move_to(morning(date(2026, 11, 2)))
    assert not is_late(concern, datetime.now(UTC))
    assert not look(hall)


def test_the_identity_is_purged_by_schedule_and_the_figures_stay(
    hall: SmallHall, clock: time_machine.Traveller, django_capture_on_commit_callbacks: Any
) -> None:
    ConcernRules.objects.create(hall=hall.hall, identity_days=7)
    concern = raised(hall, name="张三", phone="13804731234")
    photo = evidence.file_name(new_key(), b"picture")
    evidence.keep(photo, evidence.redrawn(picture_bytes()))
    concerns.add_photo(hall.hall.pk, hall.actor("clerk1"), new_key(), concern=concern.pk, file=photo, size=1)
    far(hall, concern)
    clock.shift(timedelta(days=6, hours=23))
    assert not look(hall)
    clock.shift(timedelta(hours=2))
    with django_capture_on_commit_callbacks(execute=True):
        assert look(hall)
    concern.refresh_from_db()
    assert not any([concern.name_sealed, concern.phone_sealed, concern.name_masked, concern.phone_masked])
    assert not concern.phone_hash
    assert not evidence.path_of(photo).exists()
    assert (concern.satisfaction, concern.cause and concern.cause.name) == (5, "材料要求不清")
    assert kinds(concern)[-1] == "purged"
    assert not look(hall)


def test_an_erasure_that_was_asked_for_is_done_at_once(hall: SmallHall) -> None:
    concern = raised(hall, name="张三", phone="13804731234")
    assert refusal(lambda: say(hall, concern, "erase", reason="本人要求")) == "not_allowed"
    say(hall, concern, "erase", "manager", reason="本人要求")
    assert (concern.name_masked, concern.state) == ("", "new")
    assert concern.purged_at is not None


def test_a_crash_between_an_erasure_and_its_files_leaves_no_picture(hall: SmallHall) -> None:
    erased, kept = [
        raised(hall, photos=[[name, 1]]) for name in (evidence.file_name(new_key(), b"picture") for _ in "ab")
    ]
    paths = [evidence.path_of(each.photos.get().file) for each in (erased, kept)]
    for path in paths:
        evidence.keep(path.name, picture_bytes())
    say(hall, erased, "erase", "manager", reason="本人要求")  # nothing is committed in here: its files stay
    assert [path.exists() for path in paths] == [True, True]
    erasing.look()
    assert [path.exists() for path in paths] == [False, True]
    paths[1].unlink()


def picture_bytes() -> bytes:
    """A small PNG."""
    import io

    out = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "PNG")
    return out.getvalue()


def test_a_reminder_is_seen_by_those_whom_the_clock_asks(
    hall: SmallHall, clock: time_machine.Traveller
) -> None:
    concern = graded(hall, 1)
    say(hall, concern, "assign", "manager", handler="small-clerk1")

    def seen(who: str, address: str = "") -> str:
        browser = Client()
        browser.force_login(hall.people[who])
        return browser.get(f"/small/concerns/{address}").content.decode()

    def asked() -> list[str]:
        return [who for who in ("clerk1", "clerk2", "manager") if "临期或超期，等您处理" in seen(who)]

    assert asked() == []
    assert concern.label not in seen("clerk1", "?soon=1")
    for day, whom in (
        (date(2026, 9, 30), ["clerk1"]),
        (date(2026, 10, 1), ["clerk1"]),
        (date(2026, 10, 9), ["clerk1", "manager"]),
    ):
        clock.move_to(morning(day))
        look(hall)
        assert asked() == whom, day
        is_soon = day.month == 9
        assert (concern.label in seen("clerk1", "?soon=1")) == is_soon
        assert ("快到了，请抓紧办理" in seen("clerk1", f"{concern.pk}/")) == is_soon
    say(hall, concern, "resolve", answer="好了", cause="其他")
    assert asked() == []
