"""The pictures and videos of notices: checked, drawn anew and kept in the data folder; a video waits there first."""

import contextlib
import hashlib
import shutil
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from django.conf import settings

from displays.video import LARGEST_MADE, BadVideoError, Video
from displays.video.mp4 import read_mp4
from displays.video.source import Source
from displays.video.webm import read_webm
from hallqueue.bodies import ROOM_KEPT, in_mb
from hallqueue.errors import Refused
from hallqueue.files import evidence
from hallqueue.models import Notice

FOLDER, SENT = evidence.NOTICES, evidence.SENT
LARGEST_VIDEO = 300 * 1024 * 1024
"""Bytes of a video as it is sent: a film of ten minutes at 4 Mbit/s, or two minutes as a telephone films."""
PIECE = 1024 * 1024
"""Bytes of a video in memory at most."""
ROOM_TO_MAKE = ROOM_KEPT + 2 * LARGEST_MADE
"""Bytes of the disk that are free before a video is drawn anew: what is made, what is kept of it, the hall's own."""
LONGEST_SIDE = 3840
TYPES = {"jpg": "image/jpeg", "mp4": "video/mp4", "webm": "video/webm"}
EBML = b"\x1a\x45\xdf\xa3"


def kept(sent: IO[bytes], form: str, key: str) -> dict[str, Any]:
    """What the notice's row says of its file: {file, bytes, seconds}; the file lies in the data folder now.

    Of a video it says {sent, bytes, seconds}: it lies where no board can ask for it, until it was drawn anew.

    Raises Refused: photo_too_large, photo_too_many_pixels, photo_unreadable, video_too_large, video_unknown,
    video_broken, video_codec, video_tracks, video_too_big, disk_full.
    """
    if form == Notice.Form.PICTURE:
        content = evidence.redrawn(sent.read(evidence.LARGEST_FILE + 1), LONGEST_SIDE)
        name = evidence.file_name(key, content, "jpg")
        evidence.keep(name, content, FOLDER)
        return {"file": name, "bytes": len(content), "seconds": 0}
    return _stored("sent", sent, read_video(sent), key, SENT)


def kept_video(made: Path, key: str) -> dict[str, Any]:
    """The same of a video that was drawn anew and lies at `made`: it is read as strictly as a stranger's."""
    with made.open("rb") as file:
        return _stored("file", file, read_mp4(Source(file)), key, FOLDER)


def _stored(field: str, file: IO[bytes], video: Video, key: str, folder: str) -> dict[str, Any]:
    """Keep a video and say what its row says; half a second upwards is a whole one, as the programme counts it."""
    file.seek(0)
    name = evidence.name_of(key, hashlib.file_digest(cast("Any", file), "sha256"), video.ending)
    evidence.keep_by(name, lambda into: _copy(file, video, into), folder)
    return {field: name, "bytes": file.seek(0, 2), "seconds": round(video.seconds + 0.5)}


def _copy(file: IO[bytes], video: Video, into: IO[bytes]) -> None:
    """Piece by piece, and over what tells of people its blanks."""
    file.seek(0)
    shutil.copyfileobj(file, into, PIECE)
    for blank in video.blanks:
        into.seek(blank.start)
        into.write(blank.head)
        for left in range(blank.end - into.tell(), 0, -PIECE):
            into.write(bytes(min(left, PIECE)))


def read_video(file: IO[bytes]) -> Video:
    """The video, by its container; raises Refused."""
    source = Source(cast("BinaryIO", file))
    if len(source) > LARGEST_VIDEO:
        raise Refused("video_too_large", 413, limit=in_mb(LARGEST_VIDEO))
    try:
        return read_webm(source) if source[:4] == EBML else read_mp4(source)
    except BadVideoError as error:
        raise Refused(error.code, 400, detail=error.detail) from None


def has_room_to_make() -> bool:
    """Whether a video may be drawn anew: the hall goes on writing, whatever comes of it."""
    return shutil.disk_usage(settings.DATA).free >= ROOM_TO_MAKE


def drop_unused(name: str) -> None:
    """Take a file away that no notice names."""
    if name and not Notice.objects.filter(file=name).exists():
        evidence.drop(name, FOLDER)


def drop_unsent(name: str) -> None:
    """Take a video away, as it was sent, that nobody waits for any more, and what lies beside it."""
    if name and not Notice.objects.filter(sent=name, fault={}).exists():
        drop_begun(name)
        beside(name, "tries").unlink(missing_ok=True)
        evidence.drop(name, SENT)


def drop_begun(name: str) -> None:
    """Take away what was made so far of a video that was sent."""
    for what in ("made", "percent"):
        beside(name, what).unlink(missing_ok=True)


def beside(name: str, what: str) -> Path:
    """What lies beside a video that was sent: what is `made` of it, how far (`percent`), and `tries` that failed."""
    return evidence.path_of(name, SENT).with_suffix(f".{what}")


def part_made(name: str) -> int | None:
    """How much of a video that was sent is drawn, in hundredths; None as long as others come first."""
    with contextlib.suppress(OSError, ValueError):
        return int(beside(name, "percent").read_text())
    return None
