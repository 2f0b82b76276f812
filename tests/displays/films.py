"""Real videos, made as small as can be, and what is seen in one."""

from __future__ import annotations

import io
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from struct import pack
from typing import Any

import av
from av.video.frame import VideoFrame
from PIL import Image

TICK = Fraction(1, 1000)
UPRIGHT = (0, 1, -1, 0)
"""The signs of a display matrix: a telephone held upright films lying down and says so."""


def picture(size: tuple[int, int], mark: int = 0) -> Image.Image:
    """Dark, its upper left quarter white; a grey block at the right foot counts."""
    image = Image.new("RGB", size, "black")
    image.paste("white", (0, 0, size[0] // 2, size[1] // 2))
    shade = 40 + mark * 8 % 120
    image.paste((shade, shade, shade), (size[0] * 3 // 4, size[1] * 3 // 4, size[0], size[1]))
    return image


def film(
    size: tuple[int, int] = (160, 90),
    moments: Iterable[int] = range(0, 2000, 100),
    codec: str = "libx264",
    form: str = "mp4",
    pixels: str = "yuv420p",
    dots: Fraction | None = None,
    sound: bool = False,
    notes: dict[str, str] | None = None,
    choices: dict[str, str] | None = None,
) -> bytes:
    """A video with a picture at each of these moments (ms); nothing in it is random."""
    out = io.BytesIO()
    with av.open(out, "w", format=form) as made:
        made.metadata.update(notes or {})
        stream: Any = made.add_stream(codec, rate=30, options=choices or {"g": "10"})
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.codec_context.time_base = TICK
        if dots:
            stream.codec_context.sample_aspect_ratio = dots
        if codec == "libx265":
            stream.codec_context.codec_tag = "hvc1"
        voice: Any = made.add_stream("libopus" if form == "webm" else "aac", rate=48_000) if sound else None
        for at, moment in enumerate(moments):
            made.mux(stream.encode(_frame(size, at, moment)))
        made.mux(stream.encode(None))
        if voice:
            _hum(made, voice)
    return out.getvalue()


def _frame(size: tuple[int, int], mark: int, moment: int) -> Any:
    frame: Any = VideoFrame.from_image(picture(size, mark))  # type: ignore[no-untyped-call]
    frame.pts, frame.time_base = moment, TICK
    return frame


def _hum(made: Any, stream: Any) -> None:
    """A second of silence as a sound track."""
    for at in range(46):
        frame = av.AudioFrame(stream.format.name, "stereo", 1024)
        frame.sample_rate, frame.pts = 48_000, at * 1024
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        made.mux(stream.encode(frame))
    made.mux(stream.encode(None))


QUICK = {"deadline": "realtime", "cpu-used": "8"}


def bright_film(curve: str, parts: Iterable[float]) -> bytes:
    """A telephone's HDR video: HEVC of 10 bits in MOV, each picture one grey, its part (0 to 1) of `curve`'s signal."""
    out = io.BytesIO()
    colours = f"colorprim=bt2020:transfer={curve}:colormatrix=bt2020nc:range=limited:log-level=error"
    with av.open(out, "w", format="mov") as made:
        stream: Any = made.add_stream("libx265", rate=10, options={"x265-params": colours})
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p10le"
        stream.codec_context.codec_tag = "hvc1"
        for at, part in enumerate(parts):
            made.mux(stream.encode(_grey_frame(at, 64 + round(876 * part))))
        made.mux(stream.encode(None))
    return out.getvalue()


def _grey_frame(at: int, level: int) -> Any:
    frame: Any = VideoFrame(160, 90, "yuv420p10le")
    frame.pts, frame.time_base = at, Fraction(1, 10)
    for plane, value in zip(frame.planes, (level, 512, 512), strict=True):
        plane.update(value.to_bytes(2, "little") * (plane.buffer_size // 2))
    return frame


def noted(raw: bytes, *tracks: bytes) -> bytes:
    """The same MOV, whose index stands at its end, with more tracks in it: what a telephone notes besides."""
    at, more = raw.index(b"moov") - 4, b"".join(tracks)
    size = int.from_bytes(raw[at : at + 4])
    return raw[:at] + (size + len(more)).to_bytes(4) + raw[at + 4 : at + size] + more + raw[at + size :]


def two_sizes(first: tuple[int, int], second: tuple[int, int], pictures: int = 10) -> bytes:
    """A WebM whose pictures change their size on the way, as when a telephone shares its screen and is turned."""
    out = io.BytesIO()
    with av.open(out, "w", format="webm") as made:
        stream: Any = made.add_stream("libvpx", rate=10, options=QUICK)
        stream.width, stream.height, stream.pix_fmt = *first, "yuv420p"
        stream.codec_context.time_base = TICK
        for at in range(10):
            made.mux(stream.encode(_frame(first, at, at * 100)))
        made.mux(stream.encode(None))
        other: Any = av.CodecContext.create("libvpx", "w")
        other.width, other.height, other.pix_fmt, other.time_base = *second, "yuv420p", TICK
        other.options = QUICK
        for frame in [*(_frame(second, at, 1000 + at * 100) for at in range(pictures)), None]:
            for packet in other.encode(frame):
                packet.stream = stream
                made.mux(packet)
    return out.getvalue()


def turned(raw: bytes, signs: tuple[int, int, int, int]) -> bytes:
    """The same MP4 with a display matrix in its track header."""
    at = raw.index(b"tkhd") + 44
    a, b, c, d = (each * 65536 for each in signs)
    return raw[:at] + pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30) + raw[at + 36 :]


def lying(raw: bytes, seconds: int) -> bytes:
    """The same MP4, whose movie header tells another length."""
    at = raw.index(b"mvhd") + 16
    scale = int.from_bytes(raw[at : at + 4])
    return raw[: at + 4] + pack(">I", scale * seconds) + raw[at + 8 :]


def smaller(raw: bytes, size: tuple[int, int]) -> bytes:
    """The same MP4, whose sample description tells another size."""
    at = raw.index(b"avc1", raw.index(b"stsd")) + 28
    return raw[:at] + pack(">HH", *size) + raw[at + 4 :]


def packets_spoilt(raw: bytes, every: int) -> bytes:
    """The same video with every so-manieth packet made of noise."""
    spoilt = bytearray(raw)
    with av.open(io.BytesIO(raw), "r") as read:
        places = [(packet.pos, packet.size) for packet in read.demux(video=0) if packet.size]
    for at, (place, size) in enumerate(places):
        if at % every == every - 1 and place is not None:
            spoilt[place + 4 : place + size] = bytes([0x5A]) * (size - 4)
    return bytes(spoilt)


class Seen:
    """A video as a player finds it: its streams, its size, and its pictures in time."""

    def __init__(self, path: Path) -> None:
        with av.open(str(path), "r") as read:
            self.kinds = [stream.type for stream in read.streams]
            context = read.streams.video[0].codec_context
            self.codec, self.profile, self.pixels = context.name, context.profile, context.pix_fmt
            frames: list[Any] = list(read.decode(video=0))
        self.sizes = {(frame.width, frame.height) for frame in frames}
        self.turns = {frame.rotation for frame in frames}
        self.moments = [float(frame.time or 0) for frame in frames]
        self.images = [frame.to_image() for frame in frames]
        self.first, self.last = self.images[0], self.images[-1]


def bright_corner(image: Image.Image) -> str:
    """Which quarter is white: "tl", "tr", "bl" or "br"."""
    width, height = image.size
    places = {"tl": (0.25, 0.25), "tr": (0.75, 0.25), "bl": (0.25, 0.75), "br": (0.75, 0.75)}
    grey = image.convert("L")
    shades: dict[str, Any] = {
        name: grey.getpixel((int(width * x), int(height * y))) for name, (x, y) in places.items()
    }
    return max(shades, key=lambda name: shades[name])
