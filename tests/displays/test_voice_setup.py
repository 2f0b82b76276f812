"""The voice as a hall sets it: rules are kept or refused whole, clips come in, and a silent loudspeaker is noticed."""

from __future__ import annotations

import json
import re
from datetime import time, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from displays.actions.voice import set_level, set_voice, tell
from displays.loudspeakers import rows_of
from displays.models import Speaker, Voicing
from displays.rounds import Preparing
from displays.spoken import key_of, last_phrase, phrase_of, voice_of
from displays.voice.hours import level_at
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.people import hashed
from hallqueue.actions.round.alarm_kinds import WATCHES
from hallqueue.errors import Refused
from hallqueue.models import Call, Device, Event, Presence
from hallqueue.texts import text
from hallqueue.topics import Topic, frame_of
from hallqueue.topics.reading import Reading
from tests.displays.test_voice_packs import MONGOLIAN, SHIPPED, zipped
from tests.hall import SmallHall

TYPED = {
    "engine-espeak": "2",
    "engine-pack": "1",
    "engine-command": "",
    "engine-browser": "",
    "times": "1",
    "recall_times": "3",
    "words_per_minute": "150",
    "volume": "80",
    "queue_limit": "4",
    "drop": "newest",
    "yao": "on",
    "from-0": "12:00",
    "to-0": "14:00",
    "volume-0": "0",
    "zone-volume-": "100",
    "zone-on-": "on",
    "zone-volume-A区": "50",
    "zone-on-A区": "on",
    "zone-volume-B区": "100",
}


@pytest.fixture
def manager(small_hall: SmallHall) -> Client:
    client = Client()
    client.force_login(small_hall.people["manager"])
    return client


@pytest.fixture
def board(small_hall: SmallHall) -> Client:
    """A browser paired as a board, and connected."""
    device = Device.objects.create(
        hall=small_hall.hall, kind="board", name="东厅", token_hash=hashed("secret")
    )
    Presence.objects.create(hall=small_hall.hall, subject=f"device:{device.pk}", seen_at=timezone.now())
    client = Client()
    client.cookies["hq_board"] = "secret"
    return client


def frame(small: SmallHall, name: str = "main") -> dict[str, Any]:
    found = frame_of(Reading(small.fresh()), Topic("board", "small", name))
    assert found is not None
    return dict(found["data"])


def save(client: Client, **changes: str) -> Any:
    return client.post("/small/setup/voice/", {"key": new_key(), **TYPED, **changes})


def test_rules_of_the_voice_reach_the_next_call(small_hall: SmallHall, manager: Client) -> None:
    assert save(manager).status_code == 302
    small_hall.issue()
    small_hall.issue("housing")
    small_hall.call_next(1)
    small_hall.call_next(3)
    voice, (second, first) = voice_of(small_hall.fresh()), Call.objects.order_by("-id")
    said = phrase_of(voice, first.ticket, first.window)
    assert said is not None
    assert (said.text, said.times) == ("请A零零幺号 到一号窗口 办理", 1)
    assert key_of(voice, second) == ""  # zone B is silent
    small_hall.say("recall", 1)
    first.refresh_from_db()
    assert key_of(voice_of(small_hall.fresh()), first) != voice.speech.key_for(said)  # said three times
    shown = frame(small_hall)
    assert shown["voice"] == {
        "volume": 80,
        "limit": 4,
        "drop": "newest",
        "browser": False,
        "second_first": False,
        "rate": 0.86,
        "test": {"device": 0, "seq": 0},
    }
    assert [row["sound"] != "" for row in shown["calls"]] == [True, False]
    assert frame(small_hall, "A区")["voice"]["volume"] == 40
    assert frame(small_hall, "B区")["voice"]["volume"] == 0
    told = Event.objects.filter(kind="setup.changed").latest("seq")
    assert told.data["voice"]["drop"] == "newest"
    assert 'value="12:00"' in manager.get("/small/setup/voice/").content.decode()
    assert save(manager, **{"engine-browser": "1", "engine-pack": "3"}).status_code == 302
    shown = frame(small_hall)
    assert shown["voice"]["browser"]
    assert shown["calls"][0]["words"] == "请A零零幺号 到一号窗口 办理"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"times": "9"}, "“叫号念几遍”要填 1 到 3 之间的整数"),
        ({"words_per_minute": "fast"}, "“语速（词/分）”要填 100 到 260 之间的整数"),
        ({"drop": "all"}, "填写的内容有误"),
        ({"from-0": "25:00"}, "时段要写成"),
        ({"from-0": "12:00", "to-0": "12:00"}, "时段要写成"),
        ({"volume-0": "300"}, "时段要写成"),
        ({"zone-volume-A区": "0"}, "各区音量"),
    ],
)
def test_a_rule_out_of_bounds_changes_nothing(
    small_hall: SmallHall, manager: Client, changes: dict[str, str], sentence: str
) -> None:
    answer = save(manager, **changes)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Voicing.objects.exists()


def test_only_managers_set_the_voice_and_what_is_unknown_is_refused(small_hall: SmallHall) -> None:
    for who, fields, code in (
        ("clerk1", {"times": 1}, "not_allowed"),
        ("manager", {"engines": ["pack", "pack"]}, "voice_engines"),
        ("manager", {"level": 3}, "bad_input"),
        ("manager", {"zones": {"A区": {"on": 1, "volume": 50}}}, "voice_zone"),
        ("manager", {"periods": "no"}, "voice_period"),
    ):
        with pytest.raises(Refused, match=code):
            set_voice(small_hall.hall.pk, small_hall.actor(who), new_key(), fields=fields)


def test_clips_come_in_whole_or_not_at_all_and_what_is_missing_is_said(
    small_hall: SmallHall, manager: Client, tmp_path: Any, settings: Any
) -> None:
    settings.DATA = tmp_path

    def upload(files: dict[str, bytes], language: str) -> Any:
        pack = SimpleUploadedFile("clips.zip", zipped(files))
        form = {"key": new_key(), "language": language, "pack": pack, "take_pack": "1"}
        return manager.post("/small/setup/voice/", form)

    wrong = upload({**SHIPPED, "hao4.wav": b"no sound"}, "zh")
    assert wrong.status_code == 400
    assert "不是 WAV 录音" in wrong.content.decode()
    assert not list(tmp_path.rglob("*.wav"))
    assert (
        upload({name: each for name, each in SHIPPED.items() if name != "letter_z.wav"}, "zh").status_code
        == 400
    )
    no_manifest = {
        name: each for name, each in SHIPPED.items() if name not in ("letter_z.wav", "manifest.json")
    }
    assert upload(no_manifest, "zh").status_code == 302
    assert upload(MONGOLIAN, "mn").status_code == 302
    page = manager.get("/small/setup/voice/").content.decode()
    assert "缺 1 段" in page
    for missing in ("<code>Z</code>", "<code>letter_b</code>", "<code>window_fallback</code>"):
        assert missing in page
    voice = voice_of(small_hall.fresh())
    assert [type(engine).__name__ for engine in voice.speech.order] == ["Clips", "Espeak", "Clips"]
    small_hall.issue("housing")
    small_hall.call_next(3)
    call = Call.objects.latest("id")
    said = phrase_of(voice, call.ticket, call.window)
    assert said is not None
    assert [unit.name for group in said.second for unit in group][:2] == ["open", "letter_c"]
    assert "second" not in frame(small_hall)["calls"][0]
    set_voice(small_hall.hall.pk, THE_HALL, new_key(), fields={"engines": ["browser", "pack"]})
    key = frame(small_hall)["calls"][0]["second"]
    assert last_phrase(small_hall.fresh(), key) == said.second_alone
    assert manager.get(f"/small/sound/{key}.wav").status_code == 503  # a clip is missing: letter_c
    gone = {"key": new_key(), "language": "mn", "drop_pack": "1"}
    assert manager.post("/small/setup/voice/", gone).status_code == 302
    assert voice_of(small_hall.fresh()).mongolian is None
    assert manager.post("/small/setup/voice/", {"key": new_key(), "take_pack": "1"}).status_code == 400


@pytest.mark.parametrize("language", ["zh", "mn"])
def test_the_page_names_every_file_and_a_pack_of_just_these_lacks_nothing(
    manager: Client, tmp_path: Any, settings: Any, language: str
) -> None:
    settings.DATA = tmp_path
    cards = manager.get("/small/setup/voice/").content.decode().split("<h3>")
    card = next(each for each in cards if f'name="language" value="{language}"' in each)
    named = re.findall(r"<code>(\S+\.wav)</code>", card)
    assert ("<span>请 <code>qing3.wav</code></span>" in card) == (language == "zh")
    sound = SHIPPED["qing3.wav"]
    pack = SimpleUploadedFile("clips.zip", zipped(dict.fromkeys(named, sound)))
    form = {"key": new_key(), "language": language, "pack": pack, "take_pack": "1"}
    assert manager.post("/small/setup/voice/", form).status_code == 302
    page = manager.get("/small/setup/voice/").content.decode()
    assert text("voice.pack.there", count=len(named)) in page
    assert text(f"voice.pack.missing_{language}", count=1)[3:] not in page


def test_the_hour_changes_the_volume_by_itself(small_hall: SmallHall, manager: Client) -> None:
    now = timezone.now().astimezone(small_hall.hall.local_zone)
    around = [f"{now - timedelta(hours=1):%H:%M}", f"{now + timedelta(hours=2):%H:%M}", 30]
    set_voice(small_hall.hall.pk, THE_HALL, new_key(), fields={"periods": [around]})
    assert text("voice.periods_hint", level=30) in manager.get("/small/setup/voice/").content.decode()
    Preparing()._look_at_clock()
    assert frame(small_hall)["voice"]["volume"] == 30
    seq = small_hall.fresh().seq
    Preparing()._look_at_clock()
    assert small_hall.fresh().seq == seq
    set_level(small_hall.hall.pk, THE_HALL, new_key(), level=100)
    assert frame(small_hall)["voice"]["volume"] == 100
    assert level_at([], time(12)) == 100


def test_a_board_tells_how_it_sounds_and_a_silent_one_is_noticed(
    small_hall: SmallHall, manager: Client, board: Client
) -> None:
    def told(**fields: Any) -> Any:
        body = json.dumps({"key": new_key(), **fields})
        return board.post("/small/speakers/report/", body, content_type="application/json")

    assert told(state="blocked", volume=100).status_code == 200
    now = timezone.now()
    (subject,) = WATCHES["speaker_mute"].due(small_hall.fresh(), now)
    assert WATCHES["speaker_mute"].tell(small_hall.fresh(), subject)["name"] == "东厅"
    assert "请到这块屏前点一下" in manager.get("/small/speakers/").content.decode()
    assert (
        told(state="on", volume=60, voice="Huihui", said="A007", dropped=["A005", "A006"]).status_code == 200
    )
    seq = small_hall.fresh().seq
    assert told(state="on", volume=60, voice="Huihui", said="A008").status_code == 200
    assert small_hall.fresh().seq == seq  # what it says every few seconds wakes nobody
    assert list(WATCHES["speaker_mute"].due(small_hall.fresh(), now)) == []
    listed = manager.get("/small/speakers/list/").content.decode()
    for shown in ("东厅", "Huihui", "A008", "A006", "有声"):
        assert shown in listed
    (row,) = rows_of(small_hall.fresh(), now)
    assert (row["dropped"], row["state"]) == (2, "on")
    assert rows_of(small_hall.fresh(), now + timedelta(seconds=20))[0]["state"] == "off"
    assert rows_of(small_hall.fresh(), now + timedelta(days=2))[0]["dropped"] == 0
    for wrong in ({"state": "loud", "volume": 1}, {"state": "on", "volume": 101}, {"volume": 3}):
        assert told(**wrong).status_code == 400
    with pytest.raises(Refused, match="unknown_speaker"):
        tell(small_hall.hall.pk, THE_HALL, new_key(), device=0, state="on", volume=1)
    assert Speaker.objects.count() == 1


def test_a_test_is_asked_for_by_staff_and_reaches_one_board(
    small_hall: SmallHall, manager: Client, board: Client
) -> None:
    device = Device.objects.get(kind="board")

    def ask(client: Client, which: int) -> int:
        body = json.dumps({"key": new_key(), "device": which})
        answer = client.post("/small/speakers/test/", body, content_type="application/json")
        return answer.status_code

    assert ask(manager, device.pk) == 200
    assert frame(small_hall)["voice"]["test"] == {"device": device.pk, "seq": small_hall.fresh().seq}
    assert ask(manager, 0) == 404
    assert ask(board, device.pk) in (401, 403)
    assert board.get("/small/sound/trial.wav").status_code == 200
    assert board.get("/small/speaker/").status_code == 200
    assert f'"device": {device.pk}' in board.get("/small/board/").content.decode()
