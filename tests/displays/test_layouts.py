"""A board's layout: its choices, the frame they ask for, how far its figures are read, and the way back."""

from __future__ import annotations

from typing import Any

import pytest

from displays.actions import boards
from displays.digits import largest_em, reach_of
from displays.example import CROWDS, example_frame, example_screen
from displays.models import Board
from displays.programme import Boards, name_for, programme_of, programme_on
from hallqueue.actions import undoing
from hallqueue.actions.command import Answer, new_key
from hallqueue.errors import Refused
from hallqueue.models import Device, Event, Service
from hallqueue.texts import has_text
from hallqueue.topics import Topic, frame_of
from hallqueue.topics.reading import Reading
from tests.hall import SmallHall


def say(hall: SmallHall, verb: Any, by: str = "manager", /, **details: Any) -> Answer:
    answer: Answer = verb(hall.hall.pk, hall.actor(by), new_key(), **details)
    return answer


def frame(hall: SmallHall, board: int) -> dict[str, Any]:
    found = frame_of(Reading(hall.fresh()), Topic("board", "small", f"#{board}"))
    assert found is not None
    data: dict[str, Any] = found["data"]
    return data


def test_a_layout_shows_its_zones_and_windows_only(small_hall: SmallHall) -> None:
    board = say(small_hall, boards.lay_out, name="入口", zones=["A区"], windows=[9])["board"]
    for service in ("id-card", "housing"):
        small_hall.issue(service)
    small_hall.call_next(1)
    small_hall.call_next(3)
    assert [call["label"] for call in frame(small_hall, board)["calls"]] == ["A001"]
    say(small_hall, boards.lay_out, board=board, zones=[], windows=[])
    assert [call["label"] for call in frame(small_hall, board)["calls"]] == ["C001", "A001"]


def test_zones_and_the_waiting_table_are_in_the_frame_where_they_are_shown(small_hall: SmallHall) -> None:
    board = say(small_hall, boards.lay_out, name="分区", main="zones", side="waiting")["board"]
    Service.objects.filter(code="id-card").update(name_mn="ᠦᠨᠡᠮᠯᠡᠯ", name_en="ID card")
    for service in ("id-card", "id-card", "housing", "housing", "housing"):
        small_hall.issue(service)
    small_hall.call_next(1)
    data = frame(small_hall, board)
    assert [(row["zone"], row["waiting"], len(row["calls"])) for row in data["zones"]] == [
        ("A区", 1, 1),
        ("B区", 3, 0),
    ]
    assert [(row["name"], row["waiting"], row["windows"]) for row in data["lines"]] == [
        ({"zh": "公租房申请", "mn": "", "en": "Public housing"}, 3, [3]),
        ({"zh": "居民身份证换领", "mn": "ᠦᠨᠡᠮᠯᠡᠯ", "en": "ID card"}, 1, [1, 2]),
    ]
    say(small_hall, boards.lay_out, board=board, main="calls", side="areas")
    assert {"zones", "lines"} & frame(small_hall, board).keys() == set()


def test_a_device_shows_its_own_layout_and_others_the_default(small_hall: SmallHall) -> None:
    made = {"hall": small_hall.hall, "kind": "board", "approved_by": "hall"}
    own = Device.objects.create(**made, name="东门", token_hash="1" * 64)
    other = Device.objects.create(**made, name="西门", zone="B区", token_hash="2" * 64)
    board = say(small_hall, boards.lay_out, device=own.pk, main="big", side="none")["board"]
    assert Board.objects.get().name == "东门"
    assert name_for(small_hall.hall, own, "") == f"#{board}"
    assert name_for(small_hall.hall, other, "") == "B区"
    say(small_hall, boards.lay_out, name="通用", main="waiting", is_default=True)
    reading = Reading(small_hall.fresh())
    layouts = {name: programme_of(reading, name) for name in ("main", "B区", f"#{board}")}
    mains = {name: found and found["layout"]["main"] for name, found in layouts.items()}
    assert mains == {"main": "waiting", "B区": "waiting", f"#{board}": "big"}
    assert layouts["B区"] is not None
    assert layouts["B区"]["layout"]["zones"] == ["B区"]


def test_a_layout_is_undone_by_its_act(small_hall: SmallHall) -> None:
    board = say(small_hall, boards.lay_out, name="入口", farthest_m=12.5, glass_mm=680)["board"]
    first = boards.told(Board.objects.get())
    say(small_hall, boards.lay_out, board=board, main="big", farthest_m=20.0)
    change = Event.objects.filter(kind="board.changed").latest("seq").seq
    say(small_hall, undoing.undo, act=change)
    assert boards.told(Board.objects.get()) == first
    with pytest.raises(Refused, match=r"act_over|act_undone"):
        say(small_hall, undoing.undo, act=change)
    say(small_hall, boards.remove, board=board)
    assert frame_of(Reading(small_hall.fresh()), Topic("board", "small", f"#{board}")) is None


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ({"main": "everything"}, "bad_input"),
        ({"glass": "640x480"}, "bad_input"),
        ({"turn": 45}, "bad_input"),
        ({"size": "huge"}, "bad_input"),
        ({"name": " "}, "text_required"),
        ({"zones": ["Z区"]}, "zone_unknown"),
        ({"windows": [77]}, "unknown_window"),
        ({"main": "calls", "side": "calls"}, "same_twice"),
        ({"farthest_m": 12.0}, "glass_and_seat"),
        ({"farthest_m": 1000.0, "glass_mm": 680}, "out_of_bounds"),
        ({"interlude": -1}, "out_of_bounds"),
        ({"night": "dark"}, "hours_unclear"),
        ({"board": 10**6}, "unknown_board"),
        ({"device": 10**6}, "unknown_device"),
        ({"name": "已有"}, "board_exists"),
    ],
)
def test_a_layout_that_makes_no_sense_is_refused(
    small_hall: SmallHall, choices: dict[str, Any], code: str
) -> None:
    say(small_hall, boards.lay_out, name="已有")
    with pytest.raises(Refused) as refused:
        say(small_hall, boards.lay_out, **{"name": "新的"} | choices)
    assert refused.value.code == code
    assert has_text(f"errors.{code}")
    assert Board.objects.count() == 1


def test_only_managers_lay_out(small_hall: SmallHall) -> None:
    with pytest.raises(Refused, match="not_allowed"):
        say(small_hall, boards.lay_out, "clerk1", name="x")


def test_the_page_says_honestly_from_how_far_it_is_read() -> None:
    """A glass of 680 mm (55 inches): a list is read from 13 m at most, one big call from farther."""
    near = Board(name="x", glass_mm=680, farthest_m=8)
    reach = reach_of(near)
    assert reach is not None
    assert (reach.wanted_mm, reach.is_reached) == (20.0, True)
    assert reach.em * 680 * 0.73 == pytest.approx(20)
    far = reach_of(Board(name="x", glass_mm=680, farthest_m=60))
    assert far is not None
    assert not far.is_reached
    assert far.em == largest_em(near)
    assert largest_em(Board(main="big", side="none")) > 1.5 * largest_em(Board(main="calls", side="areas"))
    assert reach_of(Board(name="x")) is None


@pytest.mark.parametrize("crowd", CROWDS)
def test_the_example_has_the_shape_of_a_frame(small_hall: SmallHall, crowd: str) -> None:
    board = say(small_hall, boards.lay_out, name="分区", main="zones", side="waiting")["board"]
    true = frame(small_hall, board)
    example = example_frame(Reading(small_hall.fresh()), Board.objects.get(), crowd)
    assert example.keys() == true.keys()
    assert sum(area["waiting"] for area in example["areas"]) == CROWDS[crowd][1]
    small_hall.issue()
    small_hall.call_next()
    if example["calls"]:
        assert example["calls"][0].keys() == frame(small_hall, board)["calls"][0].keys()


def test_a_window_screen_is_laid_out_as_boards_are(small_hall: SmallHall) -> None:
    """Its own layout, else the default of screens; playlists of its window's zone; neither kind takes the other's."""
    made = {"hall": small_hall.hall, "approved_by": "hall"}
    own = Device.objects.create(**made, kind="screen", name="三号屏", token_hash="3" * 64)
    board = Device.objects.create(**made, kind="board", name="东门", token_hash="4" * 64)
    alone = {"main": "window", "side": "none"}
    usual = say(small_hall, boards.lay_out, name="窗口", is_default=True, dress="timed", **alone)["board"]
    say(small_hall, boards.lay_out, name="大屏", is_default=True)
    assert Board.objects.filter(is_default=True).count() == 2
    first = say(small_hall, boards.lay_out, device=own.pk, mongolian=False)["board"]
    window = next(each for each in Reading(small_hall.fresh()).windows if each.number == 3)

    def layout(device: Device | None, wish: str = "") -> Board | None:
        return Boards.of(small_hall.fresh()).of_screen(window, device, wish)

    mine, others = layout(own), layout(None)
    assert mine
    assert others
    assert (mine.pk, others.pk) == (first, usual)
    shown = programme_on(Reading(small_hall.fresh()), others)["layout"]
    assert (shown["dress"], shown["zones"], shown["mongolian"]) == ("timed", [window.zone], True)
    assert layout(None, str(Board.objects.get(name="大屏").pk)) is None
    assert frame_of(Reading(small_hall.fresh()), Topic("board", "small", f"#{usual}")) is None
    for choices, code in (
        ({"device": board.pk, **alone}, "layout_of_other"),
        ({"board": first, "main": "big"}, "layout_of_other"),
        ({"board": usual, "side": "notices"}, "screen_alone"),
    ):
        with pytest.raises(Refused, match=code):
            say(small_hall, boards.lay_out, **choices)
        assert has_text(f"errors.{code}")


@pytest.mark.parametrize("crowd", CROWDS)
def test_the_example_of_a_screen_has_the_shape_of_a_frame(small_hall: SmallHall, crowd: str) -> None:
    small_hall.issue()
    small_hall.call_next()
    true = frame_of(Reading(small_hall.fresh()), Topic("screen", "small", "1"))
    assert true is not None
    example = example_screen(Reading(small_hall.fresh()), Board(main="window", windows=[1]), crowd)
    assert example.keys() == true["data"].keys()
    assert example["current"] is None or example["current"].keys() == true["data"]["current"].keys()
