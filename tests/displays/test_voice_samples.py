"""Trimming, levelling, joining, and WAV bytes in and out."""

import struct
from array import array
from math import pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from displays.voice.chime import chime
from displays.voice.errors import BrokenWavError
from displays.voice.samples import (
    LOUDNESS,
    PEAK,
    faded,
    joined,
    levelled,
    loudness,
    peak,
    read_wav,
    silence,
    trimmed,
    wav_bytes,
)

RATE = 22050
samples = st.lists(st.integers(-32768, 32767), min_size=1, max_size=500).map(
    lambda numbers: array("h", numbers)
)


def tone(seconds: float, strength: int) -> "array[int]":
    return array("h", [int(strength * sin(2 * pi * 440 * at / RATE)) for at in range(int(seconds * RATE))])


@given(samples)
def test_wav_gives_back_its_samples(sound: "array[int]") -> None:
    assert read_wav(wav_bytes(sound, RATE)) == (sound, RATE)


@given(samples)
def test_levelled_sound_is_never_too_loud(sound: "array[int]") -> None:
    assert peak(levelled(sound)) <= PEAK


@given(samples)
def test_trimmed_and_faded_sound_is_never_longer(sound: "array[int]") -> None:
    assert len(trimmed(sound, RATE)) <= len(sound)
    assert len(faded(sound, RATE)) == len(sound)


def test_quiet_and_loud_sounds_meet_at_one_level() -> None:
    for strength in (300, 5000, 32000):
        assert loudness(levelled(tone(0.2, strength))) == pytest.approx(LOUDNESS, rel=0.02)


def test_silence_has_no_level_to_raise() -> None:
    assert levelled(silence(0.1, RATE)) == silence(0.1, RATE)
    assert trimmed(silence(0.1, RATE), RATE) == array("h")


def test_trim_takes_the_silence_and_leaves_the_sound() -> None:
    sound = trimmed(silence(0.5, RATE) + tone(0.3, 9000) + silence(0.5, RATE), RATE)
    assert 0.3 <= len(sound) / RATE < 0.36
    assert sound[0] == sound[-1] == 0


def test_gap_stands_between_sounds_only() -> None:
    one, gap = array("h", [1, 2]), array("h", [0])
    assert joined([one, one, one], gap).tolist() == [1, 2, 0, 1, 2, 0, 1, 2]
    assert joined([], gap).tolist() == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"not a sound at all, but longer than a header would be",
        wav_bytes(array("h"), RATE),
        wav_bytes(tone(0.1, 900), RATE)[:-7],
        wav_bytes(tone(0.1, 900), RATE)[:30],
        wav_bytes(tone(0.1, 900), RATE).replace(struct.pack("<HH", 1, 1), struct.pack("<HH", 1, 2), 1),
    ],
)
def test_broken_wav_is_refused(content: bytes) -> None:
    with pytest.raises(BrokenWavError):
        read_wav(content)


@pytest.mark.parametrize("rate", [16000, 22050, 48000])
def test_chime_is_gentle_and_ends_in_silence(rate: int) -> None:
    sound = chime(rate)
    assert 1.0 < len(sound) / rate < 1.6
    assert abs(sound[0]) < 50
    assert peak(sound[-rate // 100 :]) < 200
    assert 1000 < peak(sound) <= PEAK
