"""From the hall to the bars: what each says, faults and recoveries, restarts, closing, nights, tests, two workers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from displays.actions import playlists
from displays.bars import acts
from displays.bars.alarms import GRACE
from displays.bars.orders import area_of, brightness_at, under_test
from displays.bars.saying import Saying, Sayings
from displays.bars.twins import running_twin
from displays.bars.worker import Supervisor
from displays.cards.area import Area, Colour
from displays.models import Card, CardMaster
from displays.twins.twin import Fault
from hallqueue import hall_time
from hallqueue.actions import day, drafting, notices
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house.wordings import word
from hallqueue.actions.round import alarms
from hallqueue.errors import Refused
from hallqueue.hall_time import now_in
from hallqueue.models import Hall, Window
from hallqueue.topics import Topic, frame_of
from hallqueue.topics.reading import Reading
from tests.displays.cards import QUICK, Bars, bars_of
from tests.hall import SmallHall


@pytest.fixture
def bars(committed_hall: SmallHall) -> Iterator[Bars]:
    with bars_of(committed_hall) as made:
        yield made


@pytest.mark.slow
def test_bar_follows_its_window_through_the_day_and_is_dark_after_it(bars: Bars) -> None:
    small, card = bars.small, bars.add()
    bars.shows(card, "1号窗口")
    label = small.ticket(small.issue()).label
    small.call_next(1)
    bars.shows(card, f"请{label}到1号窗口办理")
    small.say("start", 1)
    bars.shows(card, f"{label} 正在办理")
    small.say("finish", 1)
    small.say("pause", 1, reason="吃饭")
    bars.shows(card, "1号窗口暂停服务")
    day.close_hall(small.hall.pk, THE_HALL, new_key())
    for number in (1, 2, 3, 9):
        small.say("close", number)
    bars.shows(card, "")
    assert not bars.bar(card).lit
    bars.work(lambda: bars.health(card).condition == "ok" and bars.health(card).shown_at)


@pytest.mark.slow
def test_card_that_fails_is_an_alarm_until_it_shows_the_newest_again(bars: Bars) -> None:
    small, card, other = bars.small, bars.add(), bars.add("eq", "udp", name="另一块", window=2)
    bars.shows(card, "1号窗口")
    bars.work(lambda: bars.health(card).condition == "ok")
    bars.twins[card.pk].fault = Fault.HALF_OPEN
    label = small.ticket(small.issue()).label
    small.call_next(1)
    bars.work(lambda: bars.health(card).condition == "no_answer")
    later = timezone.now() + GRACE
    assert alarms.due_alarms(small.fresh(), later - 2 * GRACE) == set()
    assert alarms.due_alarms(small.fresh(), later) == {("card_down", f"card:{card.pk}")}
    bars.shows(other, "2号窗口")
    bars.twins[card.pk].fault = Fault.NONE
    bars.shows(card, f"请{label}到1号窗口办理")
    bars.work(lambda: bars.health(card).condition == "ok")
    assert alarms.due_alarms(small.fresh(), timezone.now() + GRACE) == set()
    assert bars.health(card).shown == f"请{label}到1号窗口办理"
    assert bars.kinds().count("card.changed") <= 6


@pytest.mark.slow
def test_everything_is_told_anew_after_a_restart_of_the_card_or_of_the_worker(bars: Bars) -> None:
    card = bars.add("huidu", height=32, letters=24, colours="full")
    bars.shows(card, "1号窗口")
    bars.twins[card.pk].restart()
    assert not bars.bar(card).lit
    bars.shows(card, "1号窗口")
    bars.worker.stop()
    bars.bar(card).darken()
    CardMaster.objects.update(owned_until=timezone.now())
    bars.worker = Supervisor(QUICK)
    bars.shows(card, "1号窗口")


@pytest.mark.slow
def test_two_workers_never_speak_to_the_same_cards(bars: Bars) -> None:
    card = bars.add()
    bars.shows(card, "1号窗口")
    second = Supervisor(QUICK)
    try:
        second.keep()
        second.round()
        assert not second._followed[bars.small.hall.pk].is_ours
    finally:
        second.stop()


@pytest.mark.slow
def test_test_text_stands_for_its_time_and_is_on_the_record(bars: Bars) -> None:
    card = bars.add()
    told = acts.test_card(
        bars.small.hall.pk, bars.small.actor("desk"), new_key(), card=card.pk, words=" 测试A1 "
    )
    bars.shows(card, "测试A1")
    assert told["text"] == "测试A1"
    assert "card.tested" in bars.kinds()
    Card.objects.update(test_until=timezone.now() + timedelta(seconds=0.3))
    bars.shows(card, "1号窗口")


def test_a_test_text_is_over_in_time_although_the_clock_was_set_back(
    small_hall: SmallHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = [0.0]
    monkeypatch.setattr(hall_time, "monotonic", lambda: counted[0])
    card, hall = Card(hall=small_hall.hall, test_text="测试"), small_hall.fresh()
    hall.moved_at = timezone.now() + timedelta(hours=1)
    card.test_until = hall.moved_at + acts.TEST_STANDS
    said = Saying(("1号窗口",))
    assert under_test(card, said, now_in(hall)).wordings == ("测试",)
    counted[0] += acts.TEST_STANDS.total_seconds() / hall_time.PACE
    assert under_test(card, said, now_in(hall)) == said


@pytest.mark.slow
def test_card_that_moves_or_is_switched_off_is_told_at_its_new_place_or_not_at_all(bars: Bars) -> None:
    card, spare = bars.add(), bars.add(name="备用")
    bars.shows(card, "1号窗口")
    bars.change(spare, is_active=False)
    bars.change(card, address=spare.address, window=2)
    bars.work(lambda: bars.bar(spare).text == "2号窗口")


@pytest.mark.slow
def test_a_bar_that_is_no_longer_in_use_is_dark_unless_another_card_has_its_place(bars: Bars) -> None:
    card, manager, hall = bars.add(), bars.small.actor("manager"), bars.small.hall.pk
    bars.shows(card, "1号窗口")
    bars.change(card, is_active=False)
    bars.work(lambda: not bars.bar(card).lit and not bars.health(card).shown)
    bars.change(card, is_active=True)
    bars.shows(card, "1号窗口")
    bars.change(card, is_active=False)
    acts.add_card(hall, manager, new_key(), name="换上的", address=card.address, window=2, width=256)
    bars.work(lambda: bars.bar(card).text == "2号窗口")
    told = len(bars.bar(card).texts)
    bars.work(lambda: len(bars.bar(card).texts) > told)
    assert set(list(bars.bar(card).texts)[told - 1 :]) == {"2号窗口"}


@pytest.mark.slow
def test_a_bar_that_its_card_has_left_is_dark_unless_another_card_has_its_place(bars: Bars) -> None:
    card, spare = bars.add(), bars.add(name="备用", window=2)
    left, taken = bars.bar(card), bars.bar(spare)
    bars.shows(card, "1号窗口")
    bars.shows(spare, "2号窗口")
    bars.change(spare, is_active=False)
    bars.change(card, address=spare.address, window=3)
    bars.work(lambda: taken.text == "3号窗口" and not left.lit)
    told = len(taken.texts)
    bars.change(card, address=f"{spare.address}?wait=1")  # the same bar, waited for in another way
    bars.work(lambda: len(taken.texts) > told + 1)
    bars.change(card, address=card.address, window=1)
    bars.change(spare, is_active=True)
    bars.shows(card, "1号窗口")
    bars.shows(spare, "2号窗口")
    assert "" not in list(taken.texts)[told:]
    bars.work(lambda: bars.health(card).shown == "1号窗口")
    bars.change(
        card, address="tcp://127.0.0.1:9"
    )  # what was acknowledged elsewhere is not said of this place
    bars.work(lambda: bars.health(card).condition == "cannot_reach" and not bars.health(card).seen_at)
    assert not bars.health(card).shown


def test_a_bar_of_the_demo_in_a_real_hall_has_an_address_that_leads_nowhere(
    bars: Bars, settings: Any
) -> None:
    """A database of the demo that is opened without it: no picture of a bar may count as one that hangs there."""
    settings.DEMO = True
    fields = {"name": "模拟", "address": "twin://tcp/1", "family": "eq", "window": 1}
    made = acts.add_card(bars.small.hall.pk, bars.small.actor("manager"), new_key(), **fields)
    settings.DEMO = False
    card = Card.objects.get(pk=made["card"])
    bars.work(lambda: bars.health(card).condition == "bad_address")
    assert running_twin(card.address) is None


def test_zone_and_notice_bars_say_what_is_newest(small_hall: SmallHall) -> None:
    hall = small_hall.hall
    zone = Card(hall=hall, shows="zone", zone="A区", width=400, family="huidu", colours="full")
    line = Card(hall=hall, shows="notice", width=128)

    def says(card: Card) -> str:
        sayings = Sayings(Reading(Hall.objects.get(pk=hall.pk)))
        return area_of(card, sayings.of(card), sayings.at).text

    for subject, mn in (("zone:A区", "ᠬᠡᠰᠡᠭ"), ("direction:左侧", "ᠵᠡᠭᠦᠨ")):
        word(hall.pk, THE_HALL, new_key(), subject=subject, words={"mn": [mn, ""]})
    label = small_hall.ticket(small_hall.issue()).label
    assert says(zone) == "A区 等候1人"
    assert Sayings(Reading(small_hall.fresh())).of(zone).mongolian == "ᠬᠡᠰᠡᠭ"
    small_hall.call_next(1)
    assert says(zone) == f"请{label}到左侧1号窗口办理"
    assert Sayings(Reading(small_hall.fresh())).of(zone).mongolian == "ᠵᠡᠭᠦᠨ"
    assert says(line) == "小镇政务大厅"
    notices.put(
        hall.pk, small_hall.actor("manager"), new_key(), zh="下午停电，请早来", minutes=5, places=["board"]
    )
    assert says(line) == "下午停电，请早来"
    area = area_of(line, Sayings(Reading(small_hall.fresh())).of(line), timezone.now())
    assert (area.motion.name, area.colour) == ("STILL", Colour.RED)


def test_bars_follow_playlists_by_the_hour_and_show_the_emergency_but_for_a_call(
    small_hall: SmallHall,
) -> None:
    hall, manager, other = small_hall.hall, small_hall.actor("manager"), small_hall.actor("administrator")
    for zh, hours in (("上午提示", "08:00-12:00"), ("全天提示", "")):
        words = {"form": "text", "kind": "public", "zh": zh, "mn": "ᠮᠣᠩᠭᠣᠯ", "body_zh": zh}
        notice = drafting.draft(hall.pk, manager, new_key(), **words)["notice"]
        drafting.say(hall.pk, other, new_key(), notice=notice, verb="approve", version=1)
        drafting.say(hall.pk, other, new_key(), notice=notice, verb="show")
        playlists.write(hall.pk, manager, new_key(), name=zh, entries=[[notice, 5]], hours=hours)
    morning = small_hall.fresh().moved_at.astimezone(hall.local_zone).replace(hour=9)
    bars = {
        "notice": Card(hall=hall, shows="notice", width=128),
        "pages": Card(hall=hall, shows="notice", width=64, family="onbon_bitmap"),
        "window": Card(hall=hall, shows="window", window=Window.objects.get(number=1), width=128),
        "tall": Card(hall=hall, shows="notice", width=256, height=96, letters=24, family="onbon_bitmap"),
    }

    def areas(at: datetime) -> dict[str, Area]:
        sayings = Sayings(Reading(small_hall.fresh()), at)
        return {name: area_of(card, sayings.of(card), at) for name, card in bars.items()}

    both, one = areas(morning), areas(morning.replace(hour=15))
    assert (both["notice"].text, both["notice"].motion.name) == ("上午提示　　全天提示", "LEFT")
    pages = [areas(morning.replace(minute=0, second=second))["pages"].text for second in (0, 4)]
    assert sorted(pages) == ["上午提示", "全天提示"]
    assert (one["notice"].text, one["notice"].mongolian) == ("全天提示", "")
    assert (one["tall"].text, one["tall"].mongolian) == ("全天提示", "ᠮᠣᠩᠭᠣᠯ")
    notices.begin_emergency(hall.pk, manager, new_key(), zh="请有序离开")
    label = small_hall.ticket(small_hall.issue()).label
    assert {area.text for area in areas(morning).values()} - {"请有", "序离开"} == {"请有序离开"}
    small_hall.call_next(1)
    assert areas(morning)["window"].text == f"请{label}到1号窗口"
    assert areas(morning)["notice"].text == "请有序离开"


@pytest.mark.slow
def test_a_recall_blinks_and_a_newer_call_does_not_wait_for_it(bars: Bars) -> None:
    small, card = bars.small, bars.add()
    bars.shows(card, "1号窗口")
    first, second = (small.ticket(small.issue()).label for _ in range(2))
    small.call_next(1)
    bars.shows(card, said := f"请{first}到1号窗口办理")
    small.say("recall", 1)
    bars.work(lambda: list(bars.bar(card).texts)[-5:] == [said, "", said, "", said])
    assert not bars.bar(card).complaints
    small.say("no_show", 1)
    small.call_next(1)
    bars.shows(card, f"请{second}到1号窗口办理")
    assert list(bars.bar(card).texts).count("") <= 2


def test_frames_of_cards_are_pure_and_hold_no_clock(small_hall: SmallHall) -> None:
    with bars_of(small_hall) as bars:
        card = bars.add()
        first, second = (
            frame_of(Reading(small_hall.fresh()), Topic("card", "small", name)) for name in ("all", "all")
        )
        assert first == second
        one = frame_of(Reading(small_hall.fresh()), Topic("card", "small", str(card.pk)))
        assert one is not None
        assert one["data"] == first["data"]["cards"][0]  # type: ignore[index]
        for nothing in ("0", "x", "9" * 40):
            assert frame_of(Reading(small_hall.fresh()), Topic("card", "small", nothing)) is None


def test_night_may_pass_midnight() -> None:
    card = Card(brightness=90, night_brightness=30, night_from=time(18), night_until=time(7))
    assert [brightness_at(card, time(hour)) for hour in (6, 7, 12, 17, 18, 23)] == [30, 90, 90, 90, 30, 30]
    card.night_from, card.night_until = time(1), time(5)
    assert [brightness_at(card, time(hour)) for hour in (0, 1, 4, 5)] == [90, 30, 30, 90]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": " "}, "card_nameless"),
        ({"name": "条屏1"}, "card_name_taken"),
        ({"width": 100}, "card_width_of_8"),
        ({"letters": 24}, "card_letters_too_high"),
        ({"width": 3}, "bad_input"),
        ({"family": "alpha"}, "bad_input"),
        ({"night_from": "25:00"}, "bad_input"),
        ({"station": 70000}, "card_station"),
        ({"family": "huidu", "station": 1}, "card_station"),
        ({"window": None}, "card_windowless"),
        ({"window": 77}, "unknown_window"),
        ({"shows": "zone", "zone": "火星"}, "card_zoneless"),
        ({"address": "10.0.0.8"}, "card_address_scheme"),
        ({"address": "twin://tcp/1"}, "card_address_scheme"),
        ({"address": "udp://"}, "card_address_host"),
        ({"family": "eq", "address": "tcp://10.0.0.8"}, "card_address_port"),
        ({"address": "serial:///tmp/x"}, "card_address_path"),
        ({"address": "serial:///dev/ttyS0?baud=1"}, "card_address_baud"),
        ({"address": "tcp://10.0.0.8?x=1"}, "card_address_option"),
        ({"address": "tcp://10.0.0.8?wait=0"}, "card_address_wait"),
        ({"family": "huidu", "address": "serial:///dev/ttyS0"}, "card_wire"),
        ({"address": "tcp://10.0.0.1:5005", "family": "eq"}, "card_address_taken"),
        ({"address": "tcp://10.0.0.1:5005", "station": 3}, "card_station_taken"),
    ],
)
def test_setting_that_cannot_be_has_a_sentence_of_its_own(
    small_hall: SmallHall, fields: dict[str, object], code: str
) -> None:
    usual = {"window": 1, "address": "tcp://10.0.0.1:5005", "station": 3}
    acts.add_card(small_hall.hall.pk, THE_HALL, new_key(), name="条屏1", **usual)
    wished = {"name": "条屏2", "window": 1, "address": "tcp://10.0.0.2:5005", **fields}
    with pytest.raises(Refused) as refused:
        acts.add_card(small_hall.hall.pk, small_hall.actor("manager"), new_key(), **wished)
    assert refused.value.code == code
    assert Card.objects.count() == 1


def test_only_who_may_changes_and_tests_cards(small_hall: SmallHall) -> None:
    hall = small_hall.hall.pk
    wished = {"name": "条屏", "window": 1, "address": "tcp://10.0.0.2:5005"}
    for who, verb, details in (
        ("desk", acts.add_card, wished),
        ("clerk1", acts.test_card, {"card": 1, "words": "x"}),
        ("auditor", acts.test_card, {"card": 1, "words": "x"}),
    ):
        with pytest.raises(Refused, match="not_allowed"):
            verb(hall, small_hall.actor(who), new_key(), **details)
    with pytest.raises(Refused, match="unknown_card"):
        acts.change_card(hall, small_hall.actor("manager"), new_key(), card=9, name="x")
