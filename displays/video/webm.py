"""WebM (EBML, RFC 8794 and 9559): one VP8 or VP9 picture track, at most one Opus or Vorbis sound track."""

from collections.abc import Iterator
from typing import NamedTuple

from displays.video import BadVideoError, Blank, Video, checked
from displays.video.source import Source

HEAD, DOC_TYPE, SEGMENT = 0x1A45DFA3, 0x4282, 0x18538067
INFO, SCALE, TRACKS, TRACK = 0x1549A966, 0x2AD7B1, 0x1654AE6B, 0xAE
KIND, CODEC, ENCODINGS, PICTURE, WIDTH, HEIGHT = 0x83, 0x86, 0x6D80, 0xE0, 0xB0, 0xBA
CLUSTER, TIME, SIMPLE, GROUP, BLOCK = 0x1F43B675, 0xE7, 0xA3, 0xA0, 0xA1
VOID, TAGS = 0xEC, 0x1254C367
LEVEL_1 = {INFO, TRACKS, CLUSTER, TAGS, 0x114D9B74, 0x1C53BB6B}
IN_SEGMENT = LEVEL_1 | {VOID, 0xBF, 0x1043A770}
IN_CLUSTER = {TIME, SIMPLE, GROUP, VOID, 0xBF, 0xA7, 0xAB}
CODECS = {1: ("V_VP8", "V_VP9"), 2: ("A_OPUS", "A_VORBIS")}


class Element(NamedTuple):
    """An element: its number, where it begins, where its content begins, where it ends."""

    kind: int
    start: int
    body: int
    end: int


def read_webm(raw: Source) -> Video:
    """The video in `raw`; raises BadVideoError."""
    top = list(_elements(raw, 0, len(raw)))
    if [each.kind for each in top] != [HEAD, SEGMENT]:
        raise BadVideoError("video_broken" if top and top[0].kind == HEAD else "video_unknown")
    if _content(raw, _children(raw, top[0]).get(DOC_TYPE)) != b"webm":
        raise BadVideoError("video_unknown")
    parts = list(_elements(raw, top[1].body, top[1].end))
    if strange := {each.kind for each in parts} - IN_SEGMENT:
        raise BadVideoError("video_tracks", f"{min(strange):x}")
    info, tracks = (_one(parts, kind) for kind in (INFO, TRACKS))
    width, height = _picture(raw, tracks)
    scale = _number(raw, _children(raw, info).get(SCALE)) or 1_000_000
    seconds = _last_moment(raw, [each for each in parts if each.kind == CLUSTER]) * scale / 1e9
    return checked(Video("webm", width, height, seconds, tuple(_blanks(parts))))


def _elements(raw: Source, start: int, end: int) -> Iterator[Element]:
    """The elements between two places; a live recorder leaves the sizes of segment and clusters unknown."""
    while start < end:
        kind, at = _vint(raw, start, keep_mark=True)
        size, body = _vint(raw, at, keep_mark=False)
        if size is None:
            if kind not in (SEGMENT, CLUSTER):
                raise BadVideoError("video_broken", f"{kind or 0:x}")
            stop = _end_of_cluster(raw, body, end) if kind == CLUSTER else end
        else:
            stop = body + size
        if kind is None or stop > end:
            raise BadVideoError("video_broken" if start else "video_unknown", f"{kind or 0:x}")
        yield Element(kind, start, body, stop)
        start = stop


def _vint(raw: Source, at: int, *, keep_mark: bool) -> tuple[int | None, int]:
    """A number of variable length (RFC 8794, 4), None where all its bits say "unknown"; and the place after it."""
    eight = raw[at : at + 8]
    length = 9 - eight[0].bit_length() if eight and eight[0] else 9
    if length > (4 if keep_mark else 8) or length > len(eight):
        raise BadVideoError("video_broken" if at else "video_unknown")
    value, bits = int.from_bytes(eight[:length]), 7 * length
    if keep_mark:
        return value, at + length
    value &= (1 << bits) - 1
    return (None if value == (1 << bits) - 1 else value), at + length


def _end_of_cluster(raw: Source, at: int, end: int) -> int:
    """Where a cluster of unknown size stops: at the next element that cannot be inside it."""
    while at < end:
        kind, after = _vint(raw, at, keep_mark=True)
        if kind not in IN_CLUSTER:
            return at
        size, body = _vint(raw, after, keep_mark=False)
        if size is None or body + size > end:
            raise BadVideoError("video_broken", f"{kind:x}")
        at = body + size
    return at


def _children(raw: Source, element: Element) -> dict[int, Element]:
    return {each.kind: each for each in _elements(raw, element.body, element.end)}


def _content(raw: Source, element: Element | None) -> bytes:
    return raw[element.body : element.end] if element else b""


def _number(raw: Source, element: Element | None) -> int:
    return int.from_bytes(_content(raw, element))


def _one(parts: list[Element], kind: int) -> Element:
    found = [each for each in parts if each.kind == kind]
    if len(found) != 1:
        raise BadVideoError("video_broken", f"{kind:x}")
    return found[0]


def _picture(raw: Source, tracks: Element) -> tuple[int, int]:
    """Width and height of the one picture track; every track must be of a kind and codec we know."""
    found: dict[int, tuple[int, int]] = {}
    for track in _elements(raw, tracks.body, tracks.end):
        if track.kind != TRACK:
            continue
        entry = _children(raw, track)
        kind, codec = _number(raw, entry.get(KIND)), _content(raw, entry.get(CODEC)).decode("latin-1")
        if kind not in CODECS or kind in found or ENCODINGS in entry:
            raise BadVideoError("video_tracks", codec)
        if codec not in CODECS[kind]:
            raise BadVideoError("video_codec", codec)
        size = _children(raw, entry[PICTURE]) if PICTURE in entry else {}
        found[kind] = (_number(raw, size.get(WIDTH)), _number(raw, size.get(HEIGHT)))
    if 1 not in found:
        raise BadVideoError("video_tracks", "V")
    return found[1]


def _last_moment(raw: Source, clusters: list[Element]) -> int:
    """The time of the last block, in the file's own ticks: a live recorder writes no length."""
    last = 0
    for cluster in clusters:
        begun = 0
        for each in _elements(raw, cluster.body, cluster.end):
            if each.kind == TIME:
                begun = _number(raw, each)
            elif each.kind in (SIMPLE, GROUP):
                last = max(last, begun + _offset(raw, each))
    return last


def _offset(raw: Source, element: Element) -> int:
    """A block's time within its cluster: after the track's number, 16 bits with a sign."""
    block = _children(raw, element).get(BLOCK) if element.kind == GROUP else element
    if block is None:
        raise BadVideoError("video_broken", "a1")
    _, at = _vint(raw, block.body, keep_mark=False)
    return int.from_bytes(raw[at : at + 2], signed=True)


def _blanks(parts: list[Element]) -> Iterator[Blank]:
    """What tells of people and programs becomes a Void element of the same size at the same place."""
    for each in parts:
        if each.kind == TAGS:
            length = each.end - each.start
            size = bytes([0x80 | (length - 2)]) if length < 10 else b"\x01" + (length - 9).to_bytes(7)
            yield Blank(each.start, each.end, bytes([VOID]) + size)
