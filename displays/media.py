"""The pictures and videos of notices: checked, drawn anew or emptied of metadata, and kept in the data folder."""

from typing import Any

from displays.video import BadVideoError, Video
from displays.video.mp4 import read_mp4
from displays.video.webm import read_webm
from hallqueue.errors import Refused
from hallqueue.files import evidence
from hallqueue.models import Notice

FOLDER = evidence.NOTICES
LARGEST_VIDEO = 20 * 1024 * 1024
LONGEST_SIDE = 3840
TYPES = {"jpg": "image/jpeg", "mp4": "video/mp4", "webm": "video/webm"}
EBML = b"\x1a\x45\xdf\xa3"


def kept(raw: bytes, form: str, key: str) -> dict[str, Any]:
    """What the notice's row says of its file: {file, bytes, seconds}; the file lies in the data folder now.

    Raises Refused: photo_too_large, photo_too_many_pixels, photo_unreadable, video_too_large, video_unknown,
    video_broken, video_codec, video_tracks, video_too_big, disk_full.
    """
    if form == Notice.Form.PICTURE:
        content, ending, seconds = evidence.redrawn(raw, LONGEST_SIDE), "jpg", 0.0
    else:
        video = read_video(raw)
        content, ending, seconds = video.content, video.ending, video.seconds
    name = evidence.file_name(key, content, ending)
    evidence.keep(name, content, FOLDER)
    return {"file": name, "bytes": len(content), "seconds": round(seconds + 0.5)}


def read_video(raw: bytes) -> Video:
    """The video, by its container; raises Refused."""
    if len(raw) > LARGEST_VIDEO:
        raise Refused("video_too_large", 413, limit=f"{LARGEST_VIDEO // (1024 * 1024)} MB")
    try:
        return read_webm(raw) if raw.startswith(EBML) else read_mp4(raw)
    except BadVideoError as error:
        raise Refused(error.code, 400, detail=error.detail) from None


def drop_unused(name: str) -> None:
    """Take a file away that no notice names."""
    if name and not Notice.objects.filter(file=name).exists():
        evidence.drop(name, FOLDER)
