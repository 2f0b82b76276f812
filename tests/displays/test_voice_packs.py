"""A hall's own clips, program, second language and hours: what fits is heard, what does not is named."""

from __future__ import annotations

import io
import sys
import wave
import zipfile
from collections.abc import Mapping
from datetime import time as clock
from pathlib import Path

import pytest

from displays.voice import mongolian
from displays.voice.clips import SHIPPED_PACK, Clips
from displays.voice.errors import (
    ProgramFailedError,
    ProgramMissingError,
    ProgramTimedOutError,
    UnsayableError,
    VoiceError,
)
from displays.voice.hours import level_at
from displays.voice.packs import PackFileError, look_over, missing_in, store, unpacked
from displays.voice.phrases import CHIME, Phrase, call_phrase
from displays.voice.plugin import Plugin
from displays.voice.samples import PEAK, RATE, loudness, peak, read_wav, resampled
from displays.voice.speech import Speech
from tests.displays.looking import tone

CALL = call_phrase("A001", "3")
SHIPPED = {file.name: file.read_bytes() for file in SHIPPED_PACK.iterdir()}
MONGOLIAN = {f"{name}.wav": tone(0.3) for name in ("open", *"0123456789", "letter_a", "window_3", "close")}


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"录音/{name}", content)
    return out.getvalue()


def shaped(channels: int = 1, width: int = 2, rate: int = RATE) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(b"\x11" * channels * width * rate)
    return out.getvalue()


def test_a_pack_goes_in_and_speaks(tmp_path: Path) -> None:
    report = look_over(unpacked(zipped(SHIPPED)), "zh")
    assert report.faults == []
    assert missing_in(report.clips) == []
    name = store(report, tmp_path, "播音员")
    assert store(report, tmp_path, "播音员") == name  # the same clips are the same pack
    assert [each.name for each in tmp_path.iterdir()] == [name]
    pack = Clips(tmp_path / name)
    pack.check()
    assert Speech(tmp_path / "cache", [pack]).wav_for(CALL) == Speech(tmp_path / "own", [Clips()]).wav_for(
        CALL
    )
    few = {name: SHIPPED[name] for name in ("qing3.wav", "ling2.wav")}
    assert len(missing_in(look_over(few, "zh").clips)) == 44


@pytest.mark.parametrize(
    ("file", "content", "code"),
    [
        ("qing3.wav", b"ID3\x03 an mp3", "not_wav"),
        ("qing3.wav", shaped(channels=2), "not_mono"),
        ("qing3.wav", shaped(width=1), "not_16_bit"),
        ("qing3.wav", SHIPPED["qing3.wav"][:-100], "broken_wav"),
        ("qing3.wav", shaped(rate=8000), "bad_rate"),
        ("qing3.wav", tone(0.5, rate=44100), "other_rate"),
        ("qing3.wav", tone(5), "too_long"),
        ("qing3.wav", tone(0.5)[:44] + bytes(22050), "silent"),
        ("请.wav", tone(0.5), "unknown_file"),
        ("cover.jpg", b"\xff\xd8", "unknown_file"),
        ("manifest.json", b"{", "bad_manifest"),
        ("manifest.json", b'{"clips": {"A": "nowhere.wav"}}', "no_file"),
    ],
)
def test_a_file_that_does_not_fit_is_named(file: str, content: bytes, code: str) -> None:
    report = look_over(
        {"ling2.wav": SHIPPED["ling2.wav"], "yi1.wav": SHIPPED["yi1.wav"], file: content}, "zh"
    )
    assert [(fault.file, fault.code) for fault in report.faults if fault.code == code] != []


def test_what_windows_adds_and_how_it_writes_names_spoils_no_pack() -> None:
    files = {"LING2.WAV": tone(0.5), "Thumbs.db": b"x", "desktop.ini": b"x", "._yi1.wav": b"x"}
    report = look_over(files, "zh")
    assert (list(report.clips), report.faults) == (["零"], [])
    report = look_over({"Window_4.wav": tone(0.5), "Letter_A.WAV": tone(0.5)}, "mn")
    assert (list(report.clips), report.faults) == (["window_4", "letter_a"], [])


def test_two_files_for_one_clip_are_refused_wherever_they_lie() -> None:
    two = zipped({"早/yi1.wav": tone(0.5), "晚/yi1.wav": tone(0.6), "早/Thumbs.db": b"", "晚/Thumbs.db": b""})
    with pytest.raises(PackFileError) as caught:
        unpacked(two)
    assert (caught.value.code, caught.value.params) == ("twice", {"files": "yi1.wav"})
    assert len(unpacked(zipped({"早/说明.txt": b"", "晚/说明.txt": b"", "yi1.wav": tone(0.5)}))) == 2
    report = look_over({"yi1.wav": tone(0.5), "YI1.WAV": tone(0.6)}, "zh")
    assert [(each.file, each.code, each.params) for each in report.faults] == [
        ("YI1.WAV", "same_clip", {"other": "yi1.wav"})
    ]


def test_what_is_no_pack_at_all_is_refused() -> None:
    assert [fault.code for fault in look_over({}, "zh").faults] == ["nothing"]
    for content, code in ((b"", "not_a_zip"), (zipped({f"{at}.wav": b"" for at in range(401)}), "too_many")):
        with pytest.raises(PackFileError) as caught:
            unpacked(content)
        assert caught.value.code == code


def test_mongolian_is_joined_as_the_pack_says_and_silent_where_a_clip_is_missing(tmp_path: Path) -> None:
    report = look_over(MONGOLIAN, "mn")
    assert (report.faults, report.order) == ([], ("open", "label", "window", "close"))
    pack = Clips(tmp_path / store(report, tmp_path, "播音员"))
    groups = mongolian.groups_of("A001", "3", pack.order)
    assert [unit.name for group in groups for unit in group] == [
        "open",
        "letter_a",
        *"001",
        "window_3",
        "close",
    ]
    speech = Speech(tmp_path / "cache", [Clips()], second=pack)
    alone = Speech(tmp_path / "alone", [Clips()])
    both = Phrase(CALL.groups, second=groups)
    assert seconds(speech, both) > seconds(alone, CALL) + 2 * 7 * 0.3
    first = Speech(tmp_path / "first", [Clips()], second=pack, second_first=True)
    assert first.wav_for(both) != speech.wav_for(both)
    assert len({first.key_for(both), speech.key_for(both), speech.key_for(CALL)}) == 3
    nowhere = Phrase(CALL.groups, second=mongolian.groups_of("A001", "4", pack.order))
    assert speech.wav_for(nowhere) == alone.wav_for(CALL)
    by_itself = both.second_alone
    assert by_itself.text == ""
    assert seconds(speech, by_itself) == pytest.approx(seconds(speech, both) - seconds(alone, CALL), abs=1)
    assert len({speech.key_for(each) for each in (both, by_itself, nowhere.second_alone)}) == 3
    with pytest.raises(VoiceError):
        speech.wav_for(nowhere.second_alone)
    assert mongolian.wanted(pack.order, ["A", "B"], [3, 4], fallback=True)[-3:] == [
        "window_3",
        "window_4",
        "window_fallback",
    ]
    assert mongolian.order_in([], ["window", "label"]) == ("window", "label")
    with pytest.raises(UnsayableError):
        mongolian.groups_of("啊", "3", pack.order)


def seconds(speech: Speech, phrase: Phrase) -> float:
    sound, rate = read_wav(speech.wav_for(phrase))
    assert peak(sound) <= PEAK
    return len(sound) / rate


def program(tmp_path: Path, body: str) -> list[str]:
    file = tmp_path / "speaker.py"
    file.write_text(f"import sys, time, io, wave\nsaid = sys.stdin.read()\n{body}\n", "utf-8")
    return [sys.executable, str(file)]


SPEAKS = """
import math
out = io.BytesIO()
with wave.open(out, "wb") as file:
    file.setnchannels(1); file.setsampwidth(2); file.setframerate(16000)
    wave_ = (int(9000 * math.sin(at / 5)) for at in range(16000))
    file.writeframes(b"".join(each.to_bytes(2, "little", signed=True) for each in wave_))
open(sys.argv[0] + ".said", "w").write(said)
sys.stdout.buffer.write(out.getvalue())
"""


def test_the_halls_own_program_is_told_the_words_and_heard(tmp_path: Path) -> None:
    plugin = Plugin(program(tmp_path, SPEAKS), time_limit=20)
    chime, said = plugin.say([(CHIME,), *CALL.groups])
    assert (tmp_path / "speaker.py.said").read_text() == "请A零零一号 到三号窗口 办理"
    assert 0.9 < len(said) / RATE < 1.1
    assert len(chime) > RATE
    assert loudness(said) > 1000
    assert len(resampled(said, RATE, 2 * RATE)) == pytest.approx(2 * len(said), abs=2)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("time.sleep(60)", ProgramTimedOutError),
        ("sys.exit(3)", ProgramFailedError),
        ("print('no sound')", ProgramFailedError),
        ("sys.stdout.buffer.write(open(sys.argv[0], 'rb').read() * 99)", ProgramFailedError),
    ],
)
def test_a_program_that_fails_or_hangs_is_ended_and_the_next_engine_speaks(
    tmp_path: Path, body: str, error: type[Exception]
) -> None:
    plugin = Plugin(program(tmp_path, body), time_limit=0.5 if error is ProgramTimedOutError else 20)
    with pytest.raises(error):
        plugin.say(CALL.groups)
    speech = Speech(tmp_path / "cache", [plugin, Clips()])
    assert speech.wav_for(CALL) == Speech(tmp_path / "own", [Clips()]).wav_for(CALL)

    speech.wav_for(call_phrase("B002", "3"))

    with pytest.raises(ProgramMissingError):
        Plugin(["/nowhere/speaker"]).say(CALL.groups)


@pytest.mark.parametrize(
    ("hour", "minute", "level"),
    [(11, 59, 100), (12, 0, 0), (13, 59, 0), (14, 0, 100), (23, 30, 40), (5, 59, 40), (6, 0, 100)],
)
def test_the_first_period_that_fits_says_how_loud(hour: int, minute: int, level: int) -> None:
    assert level_at([["12:00", "14:00", 0], ["22:00", "6:00", 40]], clock(hour, minute)) == level
