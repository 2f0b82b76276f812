"""Real voice memos as browsers record them, and what is heard in what is made of them."""

from __future__ import annotations

import io
import math
from array import array
from itertools import pairwise
from typing import Any, NamedTuple

import av

PLACE = "+39.6543+106.8123/"
NOTES = {"title": "Zhang San's phone", "location": PLACE, "comment": PLACE}
FORMS = {
    "chromium": ("webm", "libopus", {}),
    "firefox": ("ogg", "libopus", {}),
    "safari": ("mp4", "aac", {"movflags": "use_metadata_tags"}),
    "safari in parts": ("mp4", "aac", {"movflags": "frag_keyframe+empty_moov"}),
    "iphone": ("ipod", "aac", {}),
    "another": ("mp4", "libmp3lame", {}),
}
"""By who records it: container, codec, how it is written."""


def memo(
    by: str = "chromium", seconds: float = 2, layout: str = "mono", notes: dict[str, str] = NOTES
) -> bytes:
    """A tone of 440 Hz."""
    form, codec, choices = FORMS[by]
    out = io.BytesIO()
    with av.open(out, "w", form, choices) as made:
        made.metadata.update(notes)
        stream: Any = made.add_stream(codec, rate=48_000, layout=layout)
        stream.metadata.update(notes)
        for at in range(0, round(seconds * 48_000), 960):
            made.mux(stream.encode(_tone(at, layout)))
        made.mux(stream.encode(None))
    return out.getvalue()


def _tone(at: int, layout: str) -> Any:
    frame: Any = av.AudioFrame("s16", layout, 960)
    frame.sample_rate, frame.pts = 48_000, at
    channels = len(frame.layout.channels)
    wave = (round(9000 * math.sin(2 * math.pi * 440 * (at + each) / 48_000)) for each in range(960))
    frame.planes[0].update(array("h", (value for value in wave for _ in range(channels))).tobytes())
    return frame


class Heard(NamedTuple):
    """What a player hears: container, codec, channels, seconds, the tone's pitch in Hz, and what else is told."""

    form: str
    codec: str
    channels: int
    seconds: float
    pitch: float
    notes: dict[str, str]


def heard(raw: bytes) -> Heard:
    with av.open(io.BytesIO(raw), "r") as read:
        voice = read.streams.audio[0]
        frames: list[Any] = list(read.decode(voice))
        rate = frames[0].sample_rate
        values = [value for frame in frames for value in array("f", bytes(frame.planes[0]))[: frame.samples]]
        seconds = len(values) / rate
        middle = values[rate // 2 : rate * 3 // 2]  # at its ends there is silence that is not quite silent
        pitch = sum(a < 0 <= b for a, b in pairwise(middle))
        notes = dict(read.metadata) | dict(voice.metadata)
        channels = len(voice.codec_context.layout.channels)
        return Heard(read.format.name, voice.codec_context.name, channels, seconds, pitch, notes)
