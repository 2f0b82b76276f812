"""MP4 and QuickTime (ISO/IEC 14496-12): one H.264 or HEVC picture track, nothing hidden, cut off or sealed.

What is made of it is silent and without notes: the tracks of sound and of a telephone's notes (where it was held, how
it moved) are emptied, so that no decoder sees them.
"""

from collections.abc import Iterator
from typing import NamedTuple

from displays.video import BadVideoError, Blank, Video, checked
from displays.video.source import Source

TOP = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"udta", b"meta", b"uuid", b"sidx", b"pdin"}
PERSONAL = {b"udta", b"meta", b"uuid"}
"""Boxes with names, places and cameras: kept in size, emptied."""
CODECS = (b"avc1", b"hvc1", b"hev1")
BESIDE = (b"soun", b"meta", b"tmcd")
"""Kinds of tracks that are emptied: sound in whatever codec, timed notes, time codes."""
NESTS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}


class Box(NamedTuple):
    """A box: its type, where it begins, where its content begins, where it ends."""

    kind: bytes
    start: int
    body: int
    end: int


def read_mp4(raw: Source) -> Video:
    """The video in `raw`; raises BadVideoError."""
    top = list(_boxes(raw, 0, len(raw)))
    if not top or top[0].kind != b"ftyp":
        raise BadVideoError("video_unknown")
    if strange := {box.kind for box in top} - TOP:
        raise BadVideoError("video_tracks" if b"moof" in strange else "video_broken", _name(min(strange)))
    movie = _one(top, b"moov")
    _one(top, b"mdat")
    parts = list(_boxes(raw, movie.body, movie.end))
    if any(box.kind in (b"mvex", b"pssh") for box in parts):
        raise BadVideoError("video_tracks", "mvex")
    width, height = _picture(raw, [box for box in parts if box.kind == b"trak"])
    seconds = _seconds(raw, _one(parts, b"mvhd"))
    return checked(Video("mp4", width, height, seconds, tuple(_blanks(raw))))


def _boxes(raw: Source, start: int, end: int) -> Iterator[Box]:
    """The boxes that lie between two places, one after the other without a gap."""
    while start < end:
        size, kind, body = int.from_bytes(raw[start : start + 4]), raw[start + 4 : start + 8], start + 8
        if size == 1:
            size, body = int.from_bytes(raw[start + 8 : start + 16]), start + 16
        elif size == 0 and end == len(raw):
            size = end - start
        if start + size > end or size < body - start or len(kind) < 4:
            raise BadVideoError("video_broken" if start else "video_unknown", _name(kind))
        yield Box(kind, start, body, start + size)
        start += size


def _one(boxes: list[Box], kind: bytes) -> Box:
    found = [box for box in boxes if box.kind == kind]
    if len(found) != 1 and not (found and kind == b"mdat"):
        raise BadVideoError("video_broken", _name(kind))
    return found[0]


def _within(raw: Source, box: Box, *path: bytes) -> Box:
    for kind in path:
        box = _one(list(_boxes(raw, box.body, box.end)), kind)
    return box


def _picture(raw: Source, tracks: list[Box]) -> tuple[int, int]:
    """Width and height of the one picture track, of a codec we know; every other track must be one of BESIDE."""
    kinds = [_kind(raw, track) for track in tracks]
    if strange := set(kinds) - {b"vide", *BESIDE}:
        raise BadVideoError("video_tracks", _name(min(strange)))
    if kinds.count(b"vide") != 1:
        raise BadVideoError("video_tracks", "vide")
    return _sample(raw, _within(raw, tracks[kinds.index(b"vide")], b"mdia", b"minf", b"stbl"))


def _kind(raw: Source, track: Box) -> bytes:
    """Of what a track is, by its handler: vide, soun …"""
    at = _within(raw, track, b"mdia", b"hdlr").body + 8
    return raw[at : at + 4]


def _sample(raw: Source, table: Box) -> tuple[int, int]:
    """The size in a track's sample description, after its codec and the places of its samples were checked."""
    said = _within(raw, table, b"stsd")
    entries = list(_boxes(raw, said.body + 8, said.end))
    if len(entries) != 1 or entries[0].kind not in CODECS:
        raise BadVideoError("video_codec", _name(entries[0].kind) if entries else "")
    _check_places(raw, table)
    at = entries[0].body + 24
    return int.from_bytes(raw[at : at + 2]), int.from_bytes(raw[at + 2 : at + 4])


def _check_places(raw: Source, table: Box) -> None:
    """Every chunk begins inside the file."""
    found = [box for box in _boxes(raw, table.body, table.end) if box.kind in (b"stco", b"co64")]
    if len(found) != 1:
        raise BadVideoError("video_broken", "stco")
    wide, at = (4 if found[0].kind == b"stco" else 8), found[0].body + 8
    count = int.from_bytes(raw[at - 4 : at])
    if at + count * wide > found[0].end:
        raise BadVideoError("video_broken", "stco")
    places = (int.from_bytes(raw[at + n * wide : at + (n + 1) * wide]) for n in range(count))
    if any(place >= len(raw) for place in places):
        raise BadVideoError("video_broken", "stco")


def _seconds(raw: Source, head: Box) -> float:
    """Length by the movie header: version 0 has 32-bit, version 1 64-bit times."""
    wide = 8 if raw[head.body : head.body + 1] == b"\x01" else 4
    at = head.body + 4 + 2 * wide
    scale = int.from_bytes(raw[at : at + 4])
    return int.from_bytes(raw[at + 4 : at + 4 + wide]) / scale if scale else 0


def _blanks(raw: Source) -> Iterator[Blank]:
    """Every box of PERSONAL and every track of BESIDE becomes free space of the same size at the same place."""
    for box in _personal(raw, 0, len(raw)):
        yield Blank(box.start + 4, box.start + 8, b"free")
        yield Blank(box.body, box.end, b"")


def _personal(raw: Source, start: int, end: int) -> Iterator[Box]:
    for box in _boxes(raw, start, end):
        if box.kind in PERSONAL or (box.kind == b"trak" and _kind(raw, box) in BESIDE):
            yield box
        elif box.kind in NESTS:
            yield from _personal(raw, box.body, box.end)


def _name(kind: bytes) -> str:
    return kind.decode("latin-1") if kind.isalnum() else kind.hex()
