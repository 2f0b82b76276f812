"""Notices: drafted by one, approved by another, shown; the emergency; playlists; and every way back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from displays.actions import boards, playlists
from displays.models import Playlist, PlaylistEntry
from displays.programme import programme_of
from hallqueue.actions import drafting, notices, undoing
from hallqueue.actions.command import Answer, new_key
from hallqueue.errors import Refused
from hallqueue.models import Event, Notice, User
from hallqueue.notice_states import MOVES
from hallqueue.texts import has_text
from hallqueue.topics import Topic, frame_of
from hallqueue.topics.reading import Reading
from tests.hall import SmallHall
from tests.project_hall import running
from tests.project_hall import say as say_of

TEXT = {"form": "text", "kind": "policy", "zh": "一次告知", "body_zh": "第一行\n第二行"}


def say(hall: SmallHall, verb: Any, by: str = "manager", /, **details: Any) -> Answer:
    answer: Answer = verb(hall.hall.pk, hall.actor(by), new_key(), **details)
    return answer


@pytest.fixture
def hall(small_hall: SmallHall) -> SmallHall:
    """With a second manager, who approves what the first one wrote."""
    small_hall.people["second"] = User.objects.create(
        username="second", name="second", hall=small_hall.hall, role="manager"
    )
    return small_hall


def shown(hall: SmallHall, **written: Any) -> int:
    notice: int = say(hall, drafting.draft, "desk", **TEXT | written)["notice"]
    say(hall, drafting.say, notice=notice, verb="approve", version=1)
    say(hall, drafting.say, notice=notice, verb="show")
    return notice


def programme(hall: SmallHall, name: str = "main") -> dict[str, Any]:
    found = programme_of(Reading(hall.fresh()), name)
    assert found is not None
    return found


def frame(hall: SmallHall, name: str = "main") -> dict[str, Any]:
    found = frame_of(Reading(hall.fresh()), Topic("board", "small", name))
    assert found is not None
    data: dict[str, Any] = found["data"]
    return data


def undo_last(hall: SmallHall, kind: str) -> None:
    act = Event.objects.filter(hall=hall.hall, kind=kind).latest("seq").seq
    say(hall, undoing.undo, act=act)


def test_an_act_on_a_notice_that_was_written_anew_since_is_over(hall: SmallHall) -> None:
    notice = shown(hall)
    say(hall, drafting.say, notice=notice, verb="withdraw")
    first = Event.objects.filter(kind="notice.withdrawn").latest("seq").seq
    say(hall, drafting.say, "desk", notice=notice, verb="redraft")
    say(hall, drafting.say, notice=notice, verb="withdraw")
    with pytest.raises(Refused, match="act_over"):
        say(hall, undoing.undo, act=first)
    undo_last(hall, "notice.withdrawn")
    assert Notice.objects.get(pk=notice).state == "draft"


def test_a_notice_comes_on_boards_by_two_people_and_a_playlist(hall: SmallHall) -> None:
    notice = say(hall, drafting.draft, "manager", **TEXT, last_day="2030-01-01")["notice"]
    with pytest.raises(Refused, match="own_notice"):
        say(hall, drafting.say, notice=notice, verb="approve", version=1)
    with pytest.raises(Refused, match="notice_state"):
        say(hall, drafting.say, "second", notice=notice, verb="show")
    say(hall, drafting.change, "desk", notice=notice, **TEXT | {"zh": "一次告知单"})
    for author in ("manager", "desk"):  # who changed a word is an author, and who was one stays one
        with pytest.raises(Refused, match=r"own_notice|not_allowed"):
            say(hall, drafting.say, author, notice=notice, verb="approve", version=2)
    with pytest.raises(Refused, match="notice_changed"):
        say(hall, drafting.say, "second", notice=notice, verb="approve", version=1)
    say(hall, drafting.say, "second", notice=notice, verb="approve", version=2)
    listed = say(hall, playlists.write, name="日常", entries=[[notice, 9]])["playlist"]
    assert programme(hall)["playlists"] == []  # approved is not yet shown
    say(hall, drafting.say, notice=notice, verb="show")
    entry = programme(hall)["playlists"][0]["entries"][0]
    assert (entry["zh"], entry["body_zh"], entry["seconds"]) == ("一次告知单", "第一行\n第二行", 9)
    assert frame(hall)["programme"] == programme(hall)["version"]
    say(hall, drafting.say, notice=notice, verb="withdraw")
    assert programme(hall)["playlists"] == []
    undo_last(hall, "notice.withdrawn")
    assert programme(hall)["playlists"][0]["entries"][0]["id"] == notice
    undo_last(hall, "notice.shown")
    undo_last(hall, "notice.approved")
    fresh = Notice.objects.get(pk=notice)
    assert (fresh.state, fresh.approved_by) == ("draft", "")
    say(hall, playlists.remove, playlist=listed)
    assert not Playlist.objects.exists()


def test_what_was_sent_back_or_withdrawn_is_drafted_again(hall: SmallHall) -> None:
    notice = say(hall, drafting.draft, "desk", **TEXT)["notice"]
    say(hall, drafting.say, notice=notice, verb="approve", version=1)
    with pytest.raises(Refused, match="reason_required"):
        say(hall, drafting.say, notice=notice, verb="send_back")
    say(hall, drafting.say, notice=notice, verb="send_back", reason="日期不对")
    say(hall, drafting.say, notice=notice, verb="withdraw")
    say(hall, drafting.say, "manager", notice=notice, verb="redraft")
    fresh = Notice.objects.get(pk=notice)
    assert (fresh.state, fresh.authors, fresh.ended_at) == ("draft", [fresh.by], None)
    with pytest.raises(Refused, match="own_notice"):
        say(hall, drafting.say, "manager", notice=notice, verb="approve", version=fresh.version)


def test_the_schema_itself_refuses_an_author_who_approves(hall: SmallHall) -> None:
    notice = say(hall, drafting.draft, "desk", **TEXT)["notice"]
    by = hall.actor("desk").name
    for lie in ({"approved_by": by}, {"state": "shown"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.filter(pk=notice).update(**lie)


def test_every_move_has_its_words_and_every_event_its_sentence() -> None:
    words = [f"words.notice_verb.{verb}" for verb in MOVES]
    words += [f"words.notice_state.{state}" for state in Notice.State.values]
    words += [f"notices.verb.{verb}" for verb in MOVES if verb != "change"]
    assert [key for key in words if not has_text(key)] == []


@pytest.mark.parametrize(
    ("by", "written", "code"),
    [
        ("clerk1", {}, "not_allowed"),
        ("auditor", {}, "not_allowed"),
        ("desk", {"zh": " "}, "text_required"),
        ("desk", {"body_zh": ""}, "text_required"),
        ("desk", {"body_zh": "字" * 601}, "text_too_long"),
        ("desk", {"form": "picture"}, "notice_file_missing"),
        ("desk", {"form": "line"}, "bad_input"),
        ("desk", {"kind": "advertisement"}, "bad_input"),
        ("desk", {"first_day": "2026-12-31", "last_day": "2026-12-01"}, "ends_before_start"),
        ("desk", {"first_day": "31.12.2026"}, "bad_day"),
    ],
)
def test_a_draft_that_makes_no_sense_is_refused(
    hall: SmallHall, by: str, written: dict[str, str], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        say(hall, drafting.draft, by, **TEXT | written)
    assert refused.value.code == code
    assert has_text(f"errors.{code}")
    assert not Notice.objects.exists()


def test_an_emergency_takes_every_board_at_once_and_ends_by_hand(hall: SmallHall) -> None:
    with pytest.raises(Refused, match="not_allowed"):
        say(hall, notices.begin_emergency, "desk", zh="疏散")
    say(hall, notices.begin_emergency, zh="请从最近的出口有序离开", mn="ᠭᠠᠷᠤᠭᠠᠷᠠᠢ")
    for name in ("main", "A区", "B区"):
        assert frame(hall, name)["emergency"]["zh"] == "请从最近的出口有序离开"
    assert frame(hall)["notices"] == []  # it is no line
    with pytest.raises(Refused, match="emergency_stands"):
        say(hall, notices.begin_emergency, "second", zh="再来一条")
    say(hall, notices.end_emergency, "second")
    assert frame(hall)["emergency"] is None
    usual = notices.usual_words()
    say(hall, notices.begin_emergency, zh=usual["zh"])
    assert frame(hall)["emergency"].items() >= usual.items()
    say(hall, notices.end_emergency)
    with pytest.raises(Refused, match="notice_over"):
        say(hall, notices.end_emergency)
    say(hall, notices.begin_emergency, zh="演练")
    undo_last(hall, "emergency.begun")
    assert frame(hall)["emergency"] is None


def test_a_playlist_carries_its_time_as_moments_and_is_shown_where_it_belongs(hall: SmallHall) -> None:
    notice = shown(hall)
    board = say(hall, boards.lay_out, name="二楼")["board"]
    when = {"first_day": "2026-12-01", "last_day": "2026-12-31", "hours": "9:00-12:00, 13:30-17:00"}
    where = {"weekdays": [0, 4], "zones": ["A区"], "boards": [board]}
    listed = say(hall, playlists.write, name="早间", entries=[[notice, 9]], **when, **where)["playlist"]
    row = programme(hall, "A区")["playlists"][0]
    assert (row["weekdays"], row["spans"]) == ([0, 4], [[540, 720], [810, 1020]])
    assert (row["since"], row["until"]) == ("2026-11-30T16:00:00+00:00", "2026-12-31T16:00:00+00:00")
    assert programme(hall, f"#{board}")["playlists"] == [row]
    assert programme(hall, "B区")["playlists"] == []
    say(hall, playlists.write, playlist=listed, name="全天", entries=[[notice, 20]])
    assert programme(hall, "B区")["playlists"][0]["entries"][0]["seconds"] == 20
    undo_last(hall, "playlist.changed")
    assert programme(hall, "B区")["playlists"] == []
    assert programme(hall, "A区")["playlists"] == [row]
    assert PlaylistEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"entries": []}, "playlist_empty"),
        ({"entries": [[10**6, 9]]}, "unknown_notice"),
        ({"seconds": 1}, "notice_seconds"),
        ({"seconds": 7200}, "notice_seconds"),
        ({"zones": ["Z区"]}, "zone_unknown"),
        ({"boards": [10**6]}, "unknown_board"),
        ({"weekdays": [7]}, "bad_input"),
        ({"hours": "17:00-9:00"}, "hours_unclear"),
        ({"hours": "9:00-12:00, 11:00-13:00"}, "hours_overlap"),
        ({"first_day": "2026-12-31", "last_day": "2026-12-01"}, "ends_before_start"),
        ({"name": ""}, "text_required"),
        ({"name": "已有"}, "playlist_exists"),
        ({"playlist": 10**6}, "unknown_playlist"),
    ],
)
def test_a_playlist_that_makes_no_sense_is_refused(
    hall: SmallHall, details: dict[str, Any], code: str
) -> None:
    notice = shown(hall)
    say(hall, playlists.write, name="已有", entries=[[notice, 9]])
    entries = [[notice, details.pop("seconds", 9)]]
    with pytest.raises(Refused) as refused:
        say(hall, playlists.write, **{"name": "新的", "entries": entries} | details)
    assert refused.value.code == code
    assert has_text(f"errors.{code}")
    assert Playlist.objects.count() == 1


def test_the_wall_plays_every_published_piece_and_follows_what_is_taken_off(hall: SmallHall) -> None:
    wall = shown(hall, form="wall", zh="您反映、我们改", body_zh="")
    text = shown(hall)
    say(hall, playlists.write, name="日常", entries=[[wall, 8], [text, 5]])
    assert [row["form"] for row in programme(hall)["playlists"][0]["entries"]] == ["text"]
    for title in ("材料退了四次", "等了三天"):
        project = running(hall)
        say_of(hall, project, "word", "clerk1", heard=title, did="改好了")
        say_of(hall, project, "publish")
    before = programme(hall)
    newest, oldest, last = before["playlists"][0]["entries"]
    assert (newest["heard"], oldest["heard"], last["form"]) == ("等了三天", "材料退了四次", "text")
    assert (newest["seconds"], newest["is_done"], newest["id"]) == (8, False, f"{wall}.{project.pk}")
    assert not {"clerk1", "党员攻坚队", project.label} & {str(each) for each in newest.values()}
    say_of(hall, project, "take_off", reason="再核实")
    after = programme(hall)
    assert after["version"] > before["version"]
    assert [row.get("heard") for row in after["playlists"][0]["entries"]] == ["材料退了四次", None]
