"""From a phrase to a WAV: engines in order, cache, failures, many askers at once."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from displays.voice import speech as speech_module
from displays.voice.cache import SoundCache
from displays.voice.clips import SHIPPED_PACK, Clips
from displays.voice.errors import VoiceError
from displays.voice.espeak import Espeak
from displays.voice.phrases import CHIME, Unit, call_phrase
from displays.voice.samples import Samples, read_wav, silence, wav_bytes
from displays.voice.speech import Engine, Speech, engines

CALL = call_phrase("A001", "3")
pytestmark = pytest.mark.slow

SPEAK = """
import sys
from pathlib import Path
from displays.voice.clips import Clips
from displays.voice.phrases import call_phrase
from displays.voice.speech import Speech
sys.stdout.buffer.write(Speech(Path(sys.argv[1]), [Clips()]).wav_for(call_phrase("A001", "3")))
"""


class CountingClips(Clips):
    """The shipped clips, slowly, and counted."""

    def __init__(self) -> None:
        super().__init__()
        self.spoken = 0

    def say(self, groups: Sequence[Sequence[Unit]]) -> list[Samples]:
        self.spoken += 1
        time.sleep(0.05)
        return super().say(groups)


class CountedHanging(Espeak):
    """A program that hangs until its time is over, and how often it was asked."""

    def __init__(self, folder: Path, time_limit: float) -> None:
        super().__init__(script(folder, "exec sleep 60"), time_limit=time_limit)
        self.asked = 0

    def say(self, groups: Sequence[Sequence[Unit]]) -> list[Samples]:
        self.asked += 1
        return super().say(groups)


def script(tmp_path: Path, body: str) -> str:
    program = tmp_path / "espeak-twin"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return str(program)


def seconds(wav: bytes) -> float:
    sound, rate = read_wav(wav)
    return len(sound) / rate


@pytest.fixture(scope="module")
def clips() -> Clips:
    pack = Clips()
    pack.check()
    return pack


def test_call_is_said_twice_after_one_chime(tmp_path: Path, clips: Clips) -> None:
    wav = Speech(tmp_path, [clips]).wav_for(CALL)
    sound, rate = read_wav(wav)
    (chime,) = clips.say([[CHIME]])
    assert sound[: len(chime)] == chime
    groups = [group.tobytes() for group in clips.say(CALL.groups)]
    assert [sound.tobytes().count(group) for group in groups] == [2, 2, 2]
    assert sound.tobytes().count(chime.tobytes()) == 1
    assert 6 < len(sound) / rate < 13


def test_groups_are_heard_in_their_order(tmp_path: Path, clips: Clips) -> None:
    said = read_wav(Speech(tmp_path, [clips], times=1).wav_for(CALL))[0].tobytes()
    places = [said.find(group.tobytes()) for group in clips.say([[CHIME], *CALL.groups])]
    assert places == sorted(places)
    assert places[0] == 0


def test_times_is_a_setting_with_a_key_of_its_own(tmp_path: Path, clips: Clips) -> None:
    once, twice = Speech(tmp_path, [clips], times=1), Speech(tmp_path, [clips])
    assert seconds(once.wav_for(CALL)) < seconds(twice.wav_for(CALL)) - 2
    assert once.key_for(CALL) != twice.key_for(CALL)


@settings(max_examples=25, deadline=None)
@given(st.from_regex(r"[A-Z][0-9]{3}", fullmatch=True), st.integers(1, 999), st.booleans())
def test_any_call_becomes_a_whole_wav_of_plausible_length(
    tmp_path_factory: pytest.TempPathFactory, label: str, window: int, fallback: bool
) -> None:
    phrase = call_phrase(label, str(window), fallback=fallback)
    wav = Speech(tmp_path_factory.getbasetemp() / "any", [Clips()], times=1).wav_for(phrase)
    assert 1.5 + 0.2 * len(phrase.units) < seconds(wav) < 2 + 0.6 * len(phrase.units)


def test_second_asking_comes_from_the_cache(tmp_path: Path) -> None:
    engine = CountingClips()
    first, second = (Speech(tmp_path, [engine]).wav_for(CALL) for _ in range(2))
    assert first == second
    assert engine.spoken == 1


def test_cached_finds_by_key_what_was_said(tmp_path: Path, clips: Clips) -> None:
    speech = Speech(tmp_path, [clips])
    key = speech.key_for(CALL)
    assert speech.cached(key) is None
    said = speech.wav_for(CALL)
    assert speech.cached(key) == said


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 32, "0" * 31, "0" * 33, "0" * 32 + "\n"])
def test_key_that_is_none_reads_no_file(tmp_path: Path, clips: Clips, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        Speech(tmp_path, [clips]).cached(key)


def test_key_is_the_same_in_another_process(tmp_path: Path) -> None:
    assert Speech(tmp_path, [Clips()]).key_for(CALL) == Speech(tmp_path / "other", [Clips()]).key_for(CALL)
    assert Speech(tmp_path, [Clips()]).key_for(CALL) != Speech(tmp_path, [Espeak()]).key_for(CALL)


def test_different_phrases_have_different_keys(tmp_path: Path, clips: Clips) -> None:
    speech = Speech(tmp_path, [clips])
    phrases = [call_phrase(f"{letter}{n:03}", "3") for letter in "ABC" for n in range(50)]
    assert len({speech.key_for(phrase) for phrase in phrases}) == 150


def test_missing_program_is_replaced_by_clips(tmp_path: Path, clips: Clips) -> None:
    speech = Speech(tmp_path, [Espeak("/nowhere/espeak-ng"), clips])
    assert speech.wav_for(CALL) == Speech(tmp_path / "clips", [clips]).wav_for(CALL)


def test_engines_without_espeak_are_the_shipped_clips(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (engine,) = engines()
    assert isinstance(engine, Clips)
    assert engine.folder == SHIPPED_PACK


def test_engines_with_espeak_begin_with_it() -> None:
    assert [type(engine) for engine in engines()] == [Espeak, Clips]


def test_own_pack_is_heard_first(tmp_path: Path) -> None:
    own = Path(shutil.copytree(SHIPPED_PACK, tmp_path / "own"))
    first = engines(own)[0]
    assert isinstance(first, Clips)
    assert first.folder == own


def test_own_pack_that_is_broken_is_left_out(tmp_path: Path) -> None:
    assert [type(engine) for engine in engines(tmp_path / "nowhere")] == [Espeak, Clips]


def test_hanging_program_is_replaced_by_clips_within_its_time(tmp_path: Path, clips: Clips) -> None:
    hanging = Espeak(script(tmp_path, "sleep 60 & wait"), time_limit=0.4)
    speech = Speech(tmp_path / "cache", [hanging, clips])
    began = time.monotonic()
    wav = speech.wav_for(CALL)
    assert time.monotonic() - began < 1.5
    assert wav == Speech(tmp_path / "clips", [clips]).wav_for(CALL)


def test_hanging_program_is_asked_once_and_then_rests(tmp_path: Path, clips: Clips) -> None:
    hanging = CountedHanging(tmp_path, time_limit=0.3)
    speech = Speech(tmp_path / "cache", [hanging, clips])
    with ThreadPoolExecutor(6) as askers:
        list(askers.map(lambda _: speech.wav_for(CALL), range(6)))
    assert hanging.asked == 1


def test_rested_program_is_asked_again(tmp_path: Path, clips: Clips) -> None:
    hanging = CountedHanging(tmp_path, time_limit=0.2)
    speech = Speech(tmp_path / "cache", [hanging, clips], rest_seconds=0.0)
    speech.wav_for(CALL)
    speech.wav_for(CALL)
    assert hanging.asked == 2


def test_clips_said_for_a_hanging_program_are_not_kept_as_its_voice(tmp_path: Path, clips: Clips) -> None:
    hanging = Espeak(script(tmp_path, "exec sleep 60"), time_limit=0.2)
    substitute = Speech(tmp_path / "cache", [hanging, clips]).wav_for(CALL)
    healthy = Speech(tmp_path / "cache", [Espeak(time_limit=20), clips]).wav_for(CALL)
    assert healthy != substitute


def test_what_another_engine_said_is_there_for_whoever_knows_the_key_of_the_first(
    tmp_path: Path, clips: Clips
) -> None:
    """A board that waits to say a call has only its key, and the hall's settings may have changed meanwhile."""
    speech = Speech(tmp_path / "cache", [CountedHanging(tmp_path, time_limit=0.2), clips])
    assert speech.cached(speech.key_for(CALL)) is None
    said = speech.wav_for(CALL)
    assert Speech(tmp_path / "cache", [clips]).cached(speech.key_for(CALL)) == said
    healthy = Speech(tmp_path / "cache", [Espeak(time_limit=20), clips]).wav_for(CALL)
    assert speech.cached(speech.key_for(CALL)) == healthy != said


def test_nobody_left_to_speak_is_an_error_by_name(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="no engine speaks"):
        Speech(tmp_path, [Espeak("/nowhere/espeak-ng"), Clips(tmp_path / "nowhere")]).wav_for(CALL)


def test_many_askers_of_one_call_make_one_file_once(tmp_path: Path) -> None:
    engine = CountingClips()
    speech = Speech(tmp_path, [engine])
    with ThreadPoolExecutor(16) as askers:
        wavs = set(askers.map(lambda _: speech.wav_for(CALL), range(32)))
    assert len(wavs) == 1
    assert engine.spoken == 1
    assert [path.name for path in tmp_path.iterdir()] == [f"{speech.key_for(CALL)}.wav"]


def test_processes_that_share_a_folder_make_one_file(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SPEAK, str(tmp_path)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]
    wavs = {process.communicate(timeout=60)[0] for process in processes}
    assert wavs == {Speech(tmp_path, [Clips()]).wav_for(CALL)}
    assert len(list(tmp_path.iterdir())) == 1


def test_two_voices_in_one_folder_keep_apart(tmp_path: Path) -> None:
    espeak, pack = Espeak(time_limit=20), Clips()
    both: list[Engine] = [espeak, pack]
    alone = [Speech(tmp_path / str(n), [engine]).wav_for(CALL) for n, engine in enumerate(both)]
    voices = [Speech(tmp_path / "both", [engine]) for engine in both]
    orders = [random.Random(seed).sample([0, 1] * 4, 8) for seed in range(4)]
    with ThreadPoolExecutor(8) as askers:
        for order in orders:
            assert list(askers.map(lambda n: voices[n].wav_for(CALL), order)) == [alone[n] for n in order]
    assert len(list((tmp_path / "both").iterdir())) == 2


def test_broken_file_in_the_cache_is_made_anew(tmp_path: Path, clips: Clips) -> None:
    speech = Speech(tmp_path, [clips])
    whole = speech.wav_for(CALL)
    file = tmp_path / f"{speech.key_for(CALL)}.wav"
    for broken in (b"", whole[: len(whole) // 2], b"x" * len(whole)):
        file.write_bytes(broken)
        assert speech.wav_for(CALL) == whole
        assert file.read_bytes() == whole


def test_folder_that_cannot_be_written_costs_the_cache_not_the_call(tmp_path: Path, clips: Clips) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert seconds(Speech(blocked / "cache", [clips]).wav_for(CALL)) > 5


def test_cache_stays_small_and_the_least_used_go_first(tmp_path: Path) -> None:
    wav = wav_bytes(silence(0.1, 22050), 22050)
    cache = SoundCache(tmp_path, most_bytes=3 * len(wav))
    keys = [f"{n:032x}" for n in range(5)]
    for age, key in enumerate(keys[:3]):
        cache.write(key, wav)
        os.utime(tmp_path / f"{key}.wav", (1000 + age, 1000 + age))
    assert cache.read(keys[0]) == wav  # read, and therefore young again
    for key in keys[3:]:
        cache.write(key, wav)
    assert {path.stem for path in tmp_path.iterdir()} == {keys[0], keys[3], keys[4]}


def test_sound_larger_than_the_cache_is_still_kept_until_the_next(tmp_path: Path, clips: Clips) -> None:
    speech = Speech(tmp_path, [clips], most_bytes=1)
    for label in ("A001", "A002"):
        assert speech.wav_for(call_phrase(label, "3")) == speech.cached(
            speech.key_for(call_phrase(label, "3"))
        )
    assert len(list(tmp_path.iterdir())) == 1


def test_half_written_files_of_dead_processes_are_swept_up(tmp_path: Path, clips: Clips) -> None:
    old, young = tmp_path / ".old.part", tmp_path / ".young.part"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1000, 1000))
    Speech(tmp_path, [clips]).wav_for(CALL)
    assert not old.exists()
    assert young.exists()


def test_voice_knows_neither_django_nor_the_hall() -> None:
    folder = Path(speech_module.__file__).parent
    for source in folder.glob("*.py"):
        lines = source.read_text("utf-8").splitlines()
        imports = [line for line in lines if line.startswith(("import ", "from "))]
        assert not [line for line in imports if "django" in line or "hallqueue" in line or "numpy" in line]
