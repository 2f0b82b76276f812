"""Sound as an array of signed 16-bit samples: trimming, levelling, joining, WAV bytes in and out."""

import io
import sys
import wave
from array import array
from collections.abc import Iterable
from math import sqrt
from operator import mul
from typing import TypeAlias

from displays.voice.errors import BrokenWavError

Samples: TypeAlias = "array[int]"

RATE = 22050  # of what the program itself makes
LOUDNESS = 4200.0  # root mean square of speech, about -18 dB of full scale
PEAK = 29000  # no sample is louder, about -1 dB
FRAME_SECONDS = 0.005
MARGIN_SECONDS = 0.015
FADE_SECONDS = 0.005
GAIN_UNIT = 4096
AUDIBLE = 0.02  # of the loudest sample; quieter edges are silence


def silence(seconds: float, rate: int) -> Samples:
    """Nothing, for so long."""
    return array("h", bytes(2 * round(seconds * rate)))


def peak(sound: Samples) -> int:
    """The largest deviation from zero."""
    return max(abs(max(sound)), abs(min(sound))) if sound else 0


def loudness(sound: Samples) -> float:
    """The root mean square."""
    return sqrt(sum(map(mul, sound, sound)) / len(sound)) if sound else 0.0


def levelled(sound: Samples, target: float = LOUDNESS) -> Samples:
    """The sound at the target loudness, or as near to it as its peak allows."""
    loudest = peak(sound)
    if not loudest:
        return sound
    gain = int(min(target / loudness(sound), PEAK / loudest) * GAIN_UNIT)  # whole numbers take half the time
    return array("h", [sample * gain // GAIN_UNIT for sample in sound])


def trimmed(sound: Samples, rate: int) -> Samples:
    """The sound without its silent edges, its first and last milliseconds faded against clicks."""
    frame, margin = round(FRAME_SECONDS * rate), round(MARGIN_SECONDS * rate)
    threshold = peak(sound) * AUDIBLE
    frames = range(0, len(sound), frame)

    def heard(places: Iterable[int]) -> int | None:
        return next((at for at in places if peak(sound[at : at + frame]) > threshold), None)

    first, last = heard(frames), heard(reversed(frames))
    if first is None or last is None:
        return array("h")
    return faded(sound[max(first - margin, 0) : last + frame + margin], rate)


def faded(sound: Samples, rate: int) -> Samples:
    """A copy that begins and ends at zero."""
    soft = sound[:]
    length = min(round(FADE_SECONDS * rate), len(soft) // 2)
    for step in range(length):
        soft[step] = soft[step] * step // length
        soft[-1 - step] = soft[-1 - step] * step // length
    return soft


def joined(sounds: Iterable[Samples], gap: Samples) -> Samples:
    """The sounds one after another with the gap between them."""
    whole = array("h")
    for sound in sounds:
        if whole:
            whole.extend(gap)
        whole.extend(sound)
    return whole


def resampled(sound: Samples, rate: int, wanted: int) -> Samples:
    """The sound at another rate, straight lines between its samples."""
    if rate == wanted or not sound:
        return sound
    step, last = rate / wanted, len(sound) - 1
    places = (at * step for at in range(int(len(sound) / step)))
    return array("h", [_between(sound, place, last) for place in places])


def _between(sound: Samples, place: float, last: int) -> int:
    before = min(int(place), last)
    return int(sound[before] + (sound[min(before + 1, last)] - sound[before]) * (place - before))


def wav_bytes(sound: Samples, rate: int) -> bytes:
    """A mono, 16-bit WAV file."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(_little_endian(sound).tobytes())
    return target.getvalue()


def read_wav(content: bytes) -> tuple[Samples, int]:
    """Samples and rate of a whole, mono, 16-bit WAV file with at least one sample; raises BrokenWavError."""
    try:
        with wave.open(io.BytesIO(content), "rb") as file:
            shape = (file.getnchannels(), file.getsampwidth())
            rate, count = file.getframerate(), file.getnframes()
            frames = file.readframes(count)
    except (wave.Error, EOFError) as error:
        raise BrokenWavError(str(error)) from error
    if shape != (1, 2) or not count or len(frames) != 2 * count:
        raise BrokenWavError(f"channels and bytes {shape}, {len(frames)} bytes for {count} samples")
    return samples_of(frames), rate


def samples_of(frames: bytes) -> Samples:
    """Samples of little-endian frames; half a sample at the end is dropped."""
    return _little_endian(array("h", frames[: len(frames) // 2 * 2]))


def _little_endian(sound: Samples) -> Samples:
    if sys.byteorder == "little":
        return sound
    swapped = sound[:]
    swapped.byteswap()
    return swapped
