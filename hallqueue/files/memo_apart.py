"""The process in which a voice memo is made anew: `python -m hallqueue.files.memo_apart KIND` reads one and writes one.

What comes out is always the same: MP3, mono, which every browser plays, and nothing but the sound goes over. It bounds
itself first, then lets a decoder see a stranger's bytes; it ends with 0, or with UNREADABLE or TOO_LONG.
"""

import io
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from hallqueue.apart import confine

UNREADABLE, TOO_LONG = 3, 4
LONGEST = 120.0
"""Seconds of sound."""
LATE = 1.0
"""Seconds that may sound after the length the container told."""
MOST_MEMORY, LONGEST_CPU = 400 * 1024 * 1024, 20
"""Bytes; seconds of a processor. Two minutes take 150 MB and a second."""
FORMS = {"webm": "matroska", "ogg": "ogg", "mp4": "mov"}
CODECS = ("opus", "vorbis", "aac")
RATE, RICHNESS = 24_000, 48_000
"""Samples and bits a second of what is made: a voice needs no more."""


class TooLongError(Exception):
    """It sounds longer than a memo may."""


def drawn(av: Any, raw: bytes, kind: str) -> bytes:
    """The MP3; raises TooLongError, ValueError, or what the library raises."""
    out = io.BytesIO()
    choices = {"id3v2_version": "0", "write_xing": "0", "fflags": "bitexact"}
    with av.open(io.BytesIO(raw), "r", format=FORMS[kind]) as sent, av.open(out, "w", "mp3", choices) as made:
        stream = made.add_stream("libmp3lame", rate=RATE, layout="mono", format="s16p")
        stream.bit_rate = RICHNESS
        for frame in _sounds(av, sent):
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    return out.getvalue()


def _sounds(av: Any, sent: Any) -> Iterator[Any]:
    """The sound in order, without the moments it was stamped with; what is damaged is left out."""
    voice = next((each for each in sent.streams.audio if each.codec_context.name in CODECS), None)
    if voice is None:
        raise ValueError("no sound of ours")
    seconds = 0.0
    for packet in sent.demux(voice):
        for frame in _decoded(av, voice, packet):
            seconds += frame.samples / frame.sample_rate
            if seconds > LONGEST + LATE:
                raise TooLongError
            frame.pts = None
            yield frame
    if not seconds:
        raise ValueError("no sound in it")


def _decoded(av: Any, voice: Any, packet: Any) -> list[Any]:
    try:
        return list(voice.decode(packet))
    except (av.error.InvalidDataError, ValueError):
        return []


def main(kind: str) -> int:
    """How it ended."""
    av: Any = import_module("av")  # after the limits: the libraries are 100 MB
    try:
        made = drawn(av, sys.stdin.buffer.read(), kind)
    except TooLongError:
        return TOO_LONG
    except (av.error.FFmpegError, ValueError):
        return UNREADABLE
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    confine(MOST_MEMORY, LONGEST_CPU, largest=0, nice=10)
    sys.exit(main(sys.argv[1]))
