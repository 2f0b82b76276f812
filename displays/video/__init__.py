"""Strangers' videos: a strict reading of their containers first, then, in a process apart, every picture drawn anew.

No decoder sees a byte before the boxes add up to the last one and hold nothing but codecs that we know.
"""

from dataclasses import dataclass
from typing import NamedTuple

MOST_PIXELS = 3840 * 2160
LONGEST_SECONDS = 600
LARGEST_MADE = 100 * 1024 * 1024
"""Bytes of what is made of a video at most: three minutes at the richest, ten at a third of it; boards keep it."""


class BadVideoError(Exception):
    """A file that is not let in; `code` is video_unknown, video_broken, video_codec, video_tracks or video_too_big.

    Of one that was let in nothing can be made for: video_empty, video_damaged, video_cut, video_longer, video_too_big.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail


class Blank(NamedTuple):
    """What is put over a part of a file that tells of people: `head`, then zeros up to `end`."""

    start: int
    end: int
    head: bytes


@dataclass(frozen=True)
class Video:
    """A video that may be shown: "mp4" or "webm", pixels, seconds, and what of its bytes is blanked out."""

    ending: str
    width: int
    height: int
    seconds: float
    blanks: tuple[Blank, ...]


def checked(video: Video) -> Video:
    """The same, if its size and length are those of a notice; raises BadVideoError."""
    if not video.width >= 16 or not video.height >= 16 or video.width * video.height > MOST_PIXELS:
        raise BadVideoError("video_too_big", f"{video.width}×{video.height}")
    if not 0.2 <= video.seconds <= LONGEST_SECONDS:
        raise BadVideoError("video_too_big", f"{video.seconds:.0f} s")
    return video
