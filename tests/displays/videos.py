"""Small videos built box by box, and one recorded by a real Chromium."""

from __future__ import annotations

import struct
from collections.abc import Callable
from io import BytesIO

from displays import media
from displays.video import Video
from displays.video.mp4 import read_mp4
from displays.video.source import Source
from displays.video.webm import read_webm


def read(raw: bytes, reader: Callable[[Source], Video] | None = None) -> Video:
    """The video in `raw`, by its container or by one reader."""
    reader = reader or (read_webm if raw.startswith(media.EBML) else read_mp4)
    return reader(Source(BytesIO(raw)))


def cleaned(raw: bytes, video: Video) -> bytes:
    """What is kept of it."""
    into = BytesIO()
    media._copy(BytesIO(raw), video, into)
    return into.getvalue()


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def track(kind: bytes, codec: bytes, place: int, size: tuple[int, int] = (640, 360)) -> bytes:
    sample = box(codec, bytes(24), struct.pack(">HH", *size), bytes(50))
    table = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), sample),
        box(b"stco", struct.pack(">III", 0, 1, place)),
    )
    return box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), kind, bytes(12)), box(b"minf", table)))


def mp4(
    *tracks: bytes,
    seconds: int = 7,
    place: int = 8,
    more: bytes = b"",
    inside: bytes = b"",
    ftyp: bytes = b"isom",
) -> bytes:
    head = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000), bytes(80))
    found = tracks or (track(b"vide", b"avc1", place), track(b"soun", b"mp4a", place))
    movie = box(b"moov", head, *found, inside)
    return box(b"ftyp", ftyp, bytes(4)) + movie + more + box(b"mdat", b"picture and sound")


def element(number: int, *content: bytes, unknown: bool = False) -> bytes:
    body = b"".join(content)
    name = number.to_bytes((number.bit_length() + 7) // 8)
    return name + (b"\x01" + b"\xff" * 7 if unknown else (len(body) | 1 << 56).to_bytes(8)) + body


def webm(
    codec: bytes = b"V_VP9",
    kind: int = 1,
    live: bool = False,
    doc: bytes = b"webm",
    tags: bytes = b"",
    more: bytes = b"",
) -> bytes:
    picture = element(0xE0, element(0xB0, struct.pack(">H", 640)), element(0xBA, struct.pack(">H", 360)))
    entry = element(0xAE, element(0x83, bytes([kind])), element(0x86, codec), picture, more)
    block = element(0xA3, b"\x81" + struct.pack(">h", 500) + b"\x80frame")
    cluster = element(0x1F43B675, element(0xE7, struct.pack(">H", 4000)), block, unknown=live)
    parts = (
        element(0x1549A966, element(0x2AD7B1, (1_000_000).to_bytes(3))),
        element(0x1654AE6B, entry),
        element(0x1254C367, tags) if tags else b"",
        cluster,
        cluster,
    )
    return element(0x1A45DFA3, element(0x4282, doc)) + element(0x18538067, *parts, unknown=live)


def film_head(size: int) -> bytes:
    """The beginning of an MP4 of `size` bytes, all else zeros in its `mdat`."""
    small = mp4()
    at = small.index(b"mdat") - 4
    return small[:at] + struct.pack(">I4s", size - at, b"mdat")
