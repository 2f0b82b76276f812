"""What a screen shows: one pure function per kind of topic, from one reading of a hall to a whole frame.

A topic is `kind:hall-slug:name`. Packages add kinds by `register` when Django starts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hallqueue.models import Hall, Wording
from hallqueue.topics.reading import Reading

Frame = dict[str, Any]
Compute = Callable[[Reading, str], Frame | None]


@dataclass(frozen=True)
class Kind:
    """A kind of topic: who may look (names of `web.access`), and how its frame is computed.

    `compute(reading, name)` returns None when there is no such thing to look at. `own_name` gives, for a device
    audience, the only name it may look at (a window screen sees its own window); None means any.
    """

    name: str
    audiences: tuple[str, ...]
    compute: Compute
    own_name: Callable[[Any], str | None] | None = None


@dataclass(frozen=True)
class Topic:
    """A thing one can look at."""

    kind: str
    slug: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.slug}:{self.name}"


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind of topic."""
    KINDS[kind.name] = kind


def parse(text: str) -> Topic | None:
    """The topic a client named, or None if it is no topic."""
    parts = text.split(":", 2)
    if len(parts) != 3 or parts[0] not in KINDS or len(text) > 200:
        return None
    return Topic(*parts)


def frame_of(reading: Reading, topic: Topic) -> Frame | None:
    """The topic's whole frame: {topic, epoch, seq, at, words, data}; two frames of one (epoch, seq) are equal."""
    data = KINDS[topic.kind].compute(reading, topic.name)
    if data is None:
        return None
    hall: Hall = reading.hall
    return {
        "type": "frame",
        "topic": str(topic),
        "epoch": hall.epoch,
        "seq": hall.seq,
        "at": hall.moved_at.isoformat(),
        "words": Wording.version(hall),
        "data": data,
    }
