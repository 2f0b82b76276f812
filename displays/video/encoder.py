"""Makes a video anew, picture by picture: of whatever was sent comes one known form, silent.

H.264 (main profile, yuv420p) in MP4 with its index in front, which Chromium, Chrome and the players of TV boxes all
show; nothing but the pictures goes over. Only `displays.video.apart` runs this, in a process with limits.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.container import OutputContainer
from av.video.frame import PictureType, VideoFrame

from displays.video import LARGEST_MADE, BadVideoError
from displays.video.decoding import LATE, SHORTEST, Decoding, Picture, sound
from displays.video.pen import Pen, look_of, pen_for, size_of, turn_of

RICHEST = 4_000_000
"""Bits a second at most."""
TICKS = 90_000
MUXER = {"movflags": "faststart", "fflags": "bitexact"}

Told = Callable[[float], None]


def encode(source: Path, target: Path, seconds: float, threads: int, told: Told) -> None:
    """Make `target` of `source`, whose container was checked and told `seconds`; `told` hears how much is done, 0 to 1.

    Raises BadVideoError: video_empty, video_damaged, video_cut, video_longer, video_too_big;
    OSError where the target cannot be written.
    """
    pictures = sound(Decoding(source, threads, seconds))
    first = next(pictures, None)
    if first is None:
        raise BadVideoError("video_empty")
    with av.open(str(target), "w", format="mp4", options=MUXER) as film:
        _write(Writing(film, first, seconds, threads), first, pictures, seconds, told)


def _write(writing: "Writing", first: Picture, rest: Iterator[Picture], seconds: float, told: Told) -> None:
    """Write every picture that is due; the last one stands to the end that the file told."""
    writing.write(first)
    last = shown = first
    for last in rest:
        if last.at - shown.at >= SHORTEST:
            writing.write(last)
            shown = last
        told(min(float(last.at) / seconds, 1.0))
    if seconds - last.at > 1:
        writing.write(last._replace(at=Fraction(seconds).limit_denominator(1000) - SHORTEST))
    writing.end()
    told(1.0)


class Writing:
    """The file that is made: every picture drawn upright, in one size, at its own moment."""

    def __init__(self, film: OutputContainer, first: Picture, seconds: float, threads: int) -> None:
        self._film = film
        self.size = size_of(first.frame, turn_of(first.frame), first.shape)
        self._pen = self._pen_for(first)
        self._stream = film.add_stream("libx264", rate=30, options=choices(seconds, threads))
        context = self._stream.codec_context
        context.width, context.height = self.size
        context.pix_fmt, context.time_base = "yuv420p", Fraction(1, TICKS)

    def write(self, picture: Picture) -> None:
        """Draw one picture and put it where it belongs."""
        frame = self._drawn(picture)
        frame.pts, frame.time_base = int(picture.at * TICKS), Fraction(1, TICKS)
        frame.pict_type = PictureType.NONE  # what was a key picture in the source need not be one here
        self._film.mux(self._stream.encode(frame))

    def end(self) -> None:
        """Let the encoder give what it still holds."""
        self._film.mux(self._stream.encode(None))

    def _drawn(self, picture: Picture) -> VideoFrame:
        if look_of(picture.frame) != self._pen.look:
            self._pen = self._pen_for(picture)
        self._pen.graph.vpush(picture.frame)
        return self._pen.graph.vpull()

    def _pen_for(self, picture: Picture) -> Pen:
        return pen_for(picture.frame, picture.shape, self.size)


def choices(seconds: float, threads: int) -> dict[str, str]:
    """How it is encoded. The file stays below LARGEST_MADE whatever it shows: a long one has fewer bits a second."""
    most = min(RICHEST, int(0.9 * LARGEST_MADE * 8 / (seconds + LATE)))
    colours = "colorprim=bt709:transfer=bt709:colormatrix=bt709"
    return {
        "preset": "veryfast",
        "profile": "main",
        "level": "4.1",
        "crf": "23",
        "maxrate": str(most),
        "bufsize": str(most),
        "threads": str(threads),
        "x264-params": f"keyint=60:{colours}",
    }
