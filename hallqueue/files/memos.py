"""Voice memos: the container that a browser recorded is walked through, then its sound alone is drawn anew as MP3.

Browsers record WebM (Chromium, Android), Ogg (Firefox) or MP4 (Safari), and their headers often say no length: it is
taken from the times of the sound itself. What else the file says (where, with what, by whom) goes nowhere.
"""

import logging
import signal
import subprocess
import sys
from collections.abc import Iterator

from hallqueue.apart import told
from hallqueue.environment import PROJECT
from hallqueue.errors import Refused
from hallqueue.files.memo_apart import LONGEST, RICHNESS, TOO_LONG, UNREADABLE

log = logging.getLogger(__name__)

LARGEST_MEMO = 2 * 1024 * 1024

# EBML: ids of https://www.matroska.org/technical/elements.html
EBML, DOC_TYPE, SEGMENT, CLUSTER, TIMESTAMP = 0x1A45DFA3, 0x4282, 0x18538067, 0x1F43B675, 0xE7
SIMPLE_BLOCK, BLOCK_GROUP, BLOCK, INFO, SCALE = 0xA3, 0xA0, 0xA1, 0x1549A966, 0x2AD7B1
INSIDE = (SEGMENT, CLUSTER, BLOCK_GROUP, INFO)
LAST_BLOCK = 0.06  # seconds that the last block sounds, at most
OPUS_RATE = 48_000
BOXES = (b"moov", b"trak", b"mdia", b"moof", b"traf")

PROGRAM = (sys.executable, "-m", "hallqueue.files.memo_apart")
LONGEST_DRAWING = 20.0
"""Seconds by the clock; two minutes of sound take two on a computer that is busy with other work."""


def redrawn_memo(raw: bytes, program: tuple[str, ...] = PROGRAM) -> tuple[bytes, int]:
    """The memo as an MP3 of its sound alone, drawn in a process apart, and its seconds.

    Raises Refused: memo_too_large, memo_too_long, memo_unreadable; memo_unmade where it may be tried again.
    """
    ending, _ = checked_memo(raw)
    order = (*program, ending)
    try:
        made = subprocess.run(
            order,
            input=raw,
            stdout=subprocess.PIPE,
            env=told(),
            cwd=PROJECT,
            timeout=LONGEST_DRAWING,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _unmade(type(error).__name__) from error
    if made.returncode == TOO_LONG:
        raise _too_long()
    if made.returncode == -signal.SIGKILL:  # ended from outside: memory was short
        raise _unmade("killed")
    if made.returncode:
        if made.returncode != UNREADABLE:
            log.warning("the process that drew a memo ended with %s", made.returncode)
        raise Refused("memo_unreadable", 400)
    return made.stdout, round(len(made.stdout) * 8 / RICHNESS)


def _unmade(why: str) -> Refused:
    log.warning("a memo was not drawn: %s", why)
    return Refused("memo_unmade", 503)


def _too_long() -> Refused:
    return Refused("memo_too_long", 400, limit=round(LONGEST))


def checked_memo(raw: bytes) -> tuple[str, float]:
    """The ending (webm, ogg, mp4) and the length in seconds.

    Raises Refused: memo_too_large, memo_too_long, memo_unreadable.
    """
    if len(raw) > LARGEST_MEMO:
        raise Refused("memo_too_large", 413, limit="2 MB")
    try:
        ending, seconds = _measured(raw)
    except (IndexError, ValueError, ZeroDivisionError, RecursionError):
        raise Refused("memo_unreadable", 400) from None
    if seconds > LONGEST:
        raise _too_long()
    return ending, seconds


def _measured(raw: bytes) -> tuple[str, float]:
    if raw[:4] == EBML.to_bytes(4, "big"):
        return "webm", _webm_seconds(raw)
    if raw[:4] == b"OggS":
        return "ogg", _ogg_seconds(raw)
    if raw[4:8] == b"ftyp":
        return "mp4", _mp4_seconds(raw)
    raise ValueError("no container of ours")


def _webm_seconds(raw: bytes) -> float:
    """The time of the last block, by the clusters' clock."""
    scale, cluster, last, kind = 1_000_000, 0, -1, b""
    for name, body in _elements(raw, 0, len(raw)):
        if name == DOC_TYPE:
            kind = body.rstrip(b"\0")
        elif name == SCALE:
            scale = int.from_bytes(body, "big")
        elif name == TIMESTAMP:
            cluster = int.from_bytes(body, "big")
        elif name in (SIMPLE_BLOCK, BLOCK):
            last = max(last, cluster + _block_time(body))
    if kind != b"webm" or last < 0:
        raise ValueError("no sound")
    return last * scale / 1e9 + LAST_BLOCK


def _block_time(body: bytes) -> int:
    """A block's time in its cluster: two bytes behind the track's number."""
    _, at = _number(body, 0, keep_mark=False)
    return int.from_bytes(body[at : at + 2], "big", signed=True)


def _elements(raw: bytes, at: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Every element, those that hold others opened; an unknown length reaches to the end of what holds it."""
    while at < end:
        name, at = _number(raw, at, keep_mark=True)
        size, at = _number(raw, at, keep_mark=False)
        stop = min(end, at + size) if size >= 0 else end
        if name in INSIDE or name == EBML:
            yield from _elements(raw, at, stop)
        else:
            yield name, raw[at:stop]
        at = stop


def _number(raw: bytes, at: int, *, keep_mark: bool) -> tuple[int, int]:
    """A number of EBML, its length told by its leading zeros, and where the next begins; all ones is -1, unknown."""
    width = 9 - raw[at].bit_length()
    if width > 8:
        raise ValueError("no EBML number")
    value = int.from_bytes(raw[at : at + width], "big")
    if keep_mark:
        return value, at + width
    value &= (1 << 7 * width) - 1
    return (-1 if value == (1 << 7 * width) - 1 else value), at + width


def _ogg_seconds(raw: bytes) -> float:
    """The position of the last page (RFC 3533, RFC 7845)."""
    last = raw.rindex(b"OggS")
    if b"OpusHead" not in raw[:200] or len(raw) < last + 27:
        raise ValueError("no Opus in it")
    return int.from_bytes(raw[last + 6 : last + 14], "little") / OPUS_RATE


def _mp4_seconds(raw: bytes) -> float:
    """The length told by the sound's track, or for a file in fragments where the last one begins."""
    scale, told, fragment = 0, 0, 0
    for kind, body in _boxes(raw, 0, len(raw)):
        wide = body[:1] == b"\1"
        if kind == b"mdhd":
            at, size = (20, 8) if wide else (12, 4)
            scale = int.from_bytes(body[at : at + 4], "big")
            told = int.from_bytes(body[at + 4 : at + 4 + size], "big")
        elif kind == b"tfdt":
            fragment = max(fragment, int.from_bytes(body[4 : 12 if wide else 8], "big"))
    if scale == 0:
        raise ValueError("no track")
    return max(told, fragment) / scale


def _boxes(raw: bytes, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    while at + 8 <= end:
        size, kind = int.from_bytes(raw[at : at + 4], "big"), raw[at + 4 : at + 8]
        if size < 8:
            raise ValueError("a box of no size")
        stop = min(end, at + size)
        if kind in BOXES:
            yield from _boxes(raw, at + 8, stop)
        else:
            yield kind, raw[at + 8 : stop]
        at = stop
