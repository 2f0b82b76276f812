"""The sound of a call: prepared at once, served to the hall's displays, to nobody else."""

from __future__ import annotations

import io
import shutil
import threading
import wave
from collections.abc import Iterator
from functools import partial

import pytest
from django.test import Client

from displays import rounds
from displays.models import Voicing
from displays.rounds import Preparing
from displays.spoken import key_of, phrase_of, voice_of
from displays.voice.errors import VoiceError
from displays.voice.phrases import Phrase
from hallqueue.actions.people import hashed
from hallqueue.models import Call, Device, Hall
from tests.ground.process import wait_until
from tests.hall import SmallHall, make_small_hall


def paired_board(hall: Hall) -> Client:
    Device.objects.create(hall=hall, kind="board", name="x", token_hash=hashed(f"board of {hall.slug}"))
    client = Client(headers={"accept": "application/json"})
    client.cookies["hq_board"] = f"board of {hall.slug}"
    return client


def is_ready(call: Call) -> bool:
    """Whether the sound is made, by whichever engine had the time on a busy machine."""
    voice = voice_of(Hall.objects.get(pk=call.hall_id))
    phrase = phrase_of(voice, call.ticket, call.window)
    assert phrase is not None
    return any(voice.speech.cached(voice.speech._key(phrase, engine)) for engine in voice.speech.order)


def forget_sounds(hall: SmallHall) -> None:
    """Other tests call the same numbers, some of them with another data folder."""
    shutil.rmtree(voice_of(hall.fresh()).speech.cache.folder, ignore_errors=True)


def called(hall: SmallHall) -> str:
    """The key of the sound of a new call."""
    hall.issue()
    hall.call_next()
    return key_of(voice_of(hall.fresh()), Call.objects.latest("id"))


def test_board_gets_the_whole_sound_of_a_call_and_may_keep_it(small_hall: SmallHall) -> None:
    key = called(small_hall)
    answer = paired_board(small_hall.hall).get(f"/small/sound/{key}.wav")
    assert (answer.status_code, answer["Content-Type"]) == (200, "audio/wav")
    assert answer["Cache-Control"] == "private, max-age=86400"
    with wave.open(io.BytesIO(answer.content)) as sound:
        assert sound.getnframes() / sound.getframerate() > 3


def test_a_call_that_waits_to_be_said_has_its_sound_whatever_changes_meanwhile(small_hall: SmallHall) -> None:
    """It is recalled, and recalls are said once; then the settings change."""
    rules = Voicing.objects.create(hall=small_hall.hall, times=2, recall_times=1)
    waiting, board = called(small_hall), paired_board(small_hall.hall)

    def heard(key: str) -> int:
        answer = board.get(f"/small/sound/{key}.wav")
        return len(answer.content) if answer.status_code == 200 else 0

    small_hall.say("recall")
    again = key_of(voice_of(small_hall.fresh()), Call.objects.get())
    assert heard(waiting) > heard(again) > 0
    rules.yao, rules.times = True, 1
    rules.save()
    small_hall.issue()
    assert key_of(voice_of(small_hall.fresh()), Call.objects.get()) != again
    assert heard(waiting) > heard(again) > 0


@pytest.mark.parametrize("key", ["0" * 32, "chime2", "..%2f..%2fsecret", "x" * 500])
def test_unknown_sound_is_not_found(small_hall: SmallHall, key: str) -> None:
    called(small_hall)
    assert paired_board(small_hall.hall).get(f"/small/sound/{key}.wav").status_code == 404


def test_a_sound_is_not_for_strangers(small_hall: SmallHall) -> None:
    key = called(small_hall)
    stranger = Client(headers={"accept": "application/json"})
    assert stranger.get(f"/small/sound/{key}.wav").status_code == 401
    other = make_small_hall(slug="other")
    assert paired_board(other.hall).get(f"/small/sound/{key}.wav").status_code == 401


def test_staff_may_listen(small_hall: SmallHall) -> None:
    key, client = called(small_hall), Client()
    client.force_login(small_hall.people["manager"])
    assert client.get(f"/small/sound/{key}.wav").status_code == 200


def test_chime_alone_tries_whether_a_board_can_be_heard(small_hall: SmallHall) -> None:
    answer = paired_board(small_hall.hall).get("/small/sound/chime.wav")
    with wave.open(io.BytesIO(answer.content)) as sound:
        assert sound.getnframes() > 0


@pytest.fixture
def preparing() -> Iterator[None]:
    """The worker, running in a thread as in the embedded server."""
    stop, worker = threading.Event(), Preparing()

    def rounds_until_stopped() -> None:
        from django.db import connection

        while not stop.is_set():
            worker.look()
        connection.close()

    thread = threading.Thread(target=rounds_until_stopped)
    thread.start()
    wait_until(lambda: worker._warm, 10, "the voice is warm")
    yield
    stop.set()
    worker.bell.ring()
    thread.join()


@pytest.mark.slow
def test_each_call_is_ready_to_be_heard_before_a_board_asks(
    committed_hall: SmallHall, preparing: None
) -> None:
    for number in range(3):
        committed_hall.issue()
        committed_hall.call_next()
        call = Call.objects.select_related("ticket", "window").latest("id")
        wait_until(partial(is_ready, call), 20, f"sound {number}")
        committed_hall.say("start")
        committed_hall.say("finish")


def test_worker_prepares_what_is_called_after_it_started(committed_hall: SmallHall) -> None:
    forget_sounds(committed_hall)
    worker = Preparing()
    committed_hall.issue("invoice")
    committed_hall.issue("housing")
    committed_hall.call_next(2)
    worker.look()
    committed_hall.call_next(3)
    worker.look()
    before, after = Call.objects.select_related("ticket", "window").order_by("id")
    wait_until(partial(is_ready, after), 20, "the sound of the second call")
    assert not is_ready(before)


def test_a_rush_prepares_no_more_sounds_than_boards_can_say(
    committed_hall: SmallHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "SPAN", 600.0)
    forget_sounds(committed_hall)
    worker, most = Preparing(), rounds.MOST_AT_ONCE
    worker.look()
    for _ in range(most + 2):
        committed_hall.issue()
        committed_hall.call_next()
        committed_hall.say("no_show")
    assert worker.look() == rounds.BREATH
    calls = list(Call.objects.select_related("ticket", "window").order_by("id"))
    wait_until(lambda: all(is_ready(call) for call in calls[-most:]), 20, "the newest sounds")
    committed_hall.issue()
    committed_hall.call_next()
    worker.look()
    worker._hands.shutdown()
    assert [is_ready(call) for call in calls] == [False] * 2 + [True] * most
    assert not is_ready(Call.objects.select_related("ticket", "window").latest("id"))


def test_worker_outlives_a_voice_that_fails(
    small_hall: SmallHall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(phrase: Phrase) -> bytes:
        raise VoiceError("no engine speaks")

    called(small_hall)
    voice, call = voice_of(small_hall.fresh()), Call.objects.select_related("ticket", "window").latest("id")
    phrase = phrase_of(voice, call.ticket, call.window)
    assert phrase is not None
    monkeypatch.setattr(voice.speech, "wav_for", fails)
    rounds.prepare(voice, phrase)
    assert "could not be spoken" in caplog.text
