"""Decodes a video picture by picture, within limits; what is damaged is left out and counted."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from displays.video import LONGEST_SECONDS, MOST_PIXELS, BadVideoError

SHORTEST = Fraction(1, 31)
"""Seconds from one picture to the next, at least: a thirtieth, and what a recorder's whole milliseconds take off it."""
MOST_PICTURES = 60 * LONGEST_SECONDS
MOST_LOST = 0.1
"""The share of pictures that may be damaged before the whole video is."""
LATE = 2
"""Seconds by which the pictures may go on after the length the file told."""
FENCE = {"max_pixels": str(MOST_PIXELS)}


class Picture(NamedTuple):
    """A decoded picture, its moment in seconds from the first, and the shape of its dots (width to height)."""

    frame: VideoFrame
    at: Fraction
    shape: Fraction


class Decoding:
    """The pictures of one file in order, each as the decoder gave it; `lost` counts those it could not give."""

    def __init__(self, source: Path, threads: int, seconds: float) -> None:
        self._source, self._threads = source, threads
        self.seconds, self.lost, self.given, self.is_cut = seconds, 0, 0, False

    def __iter__(self) -> Iterator[Picture]:
        try:
            form = self._source.suffix[1:]
            with self._source.open("rb") as raw, av.open(raw, "r", format=form, options=FENCE) as film:
                stream = film.streams.video[0]
                shape = stream.sample_aspect_ratio or Fraction(1)
                for frame, at in self._timed(self._frames(film, stream)):
                    yield Picture(frame, at, shape)
        except (av.error.InvalidDataError, av.error.EOFError):
            self.is_cut = True

    def _frames(self, film: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
        stream.codec_context.options = FENCE
        stream.codec_context.thread_count = self._threads
        for packet in film.demux(stream):
            try:
                frames = stream.decode(packet)
            except (av.error.FFmpegError, ValueError):
                self.lost += 1
                continue
            self.lost += sum(frame.is_corrupt for frame in frames)
            yield from (frame for frame in frames if not frame.is_corrupt)

    def _timed(self, frames: Iterator[VideoFrame]) -> Iterator[tuple[VideoFrame, Fraction]]:
        """Each picture with its moment; one that is not later than the one before it is left out."""
        begun: Fraction | None = None
        at = Fraction(-1)
        for frame in frames:
            self.given += 1
            if frame.pts is None or not frame.time_base:
                moment = at + (begun or 0) + SHORTEST
            else:
                moment = frame.pts * frame.time_base
            begun = moment if begun is None else begun
            if moment - begun > at:
                at = moment - begun
                self._check(frame, at)
                yield frame, at

    def _check(self, frame: VideoFrame, at: Fraction) -> None:
        if frame.width * frame.height > MOST_PIXELS:
            raise BadVideoError("video_too_big", f"{frame.width}×{frame.height}")
        if at > min(self.seconds, LONGEST_SECONDS) + LATE:
            raise BadVideoError("video_longer", f"{self.seconds:.0f}")
        if self.given > MOST_PICTURES:
            raise BadVideoError("video_too_big", f"{self.given}")


def sound(decoding: Decoding) -> Iterator[Picture]:
    """The pictures, if most of the video is whole; raises BadVideoError at the end otherwise."""
    at = Fraction(0)
    for picture in decoding:
        at = picture.at
        yield picture
    if decoding.lost > MOST_LOST * (decoding.lost + decoding.given):
        share = decoding.lost / (decoding.lost + decoding.given)
        raise BadVideoError("video_damaged", f"{100 * share:.0f}")
    if decoding.is_cut and at < (1 - MOST_LOST) * decoding.seconds:
        raise BadVideoError("video_cut", f"{float(at):.0f}")
