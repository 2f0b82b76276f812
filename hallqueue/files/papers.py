"""Papers that staff send as evidence: a whole PDF without scripts, attachments or a password; it is not drawn anew."""

import re
import zlib
from collections.abc import Iterator

from hallqueue.errors import Refused

LARGEST_PAPER = 10 * 1024 * 1024
MOST_INFLATED = 32 * 1024 * 1024
"""Bytes of all object streams together; a paper that swells beyond is none."""

BEGINS, ENDS = b"%PDF-", b"%%EOF"
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|Encrypt)(?![A-Za-z0-9])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_OBJECTS = re.compile(rb"/ObjStm.{0,400}?stream\r?\n", re.DOTALL)


def is_paper(raw: bytes) -> bool:
    """Whether it says of itself that it is a PDF."""
    return raw.startswith(BEGINS)


def check_paper(raw: bytes) -> None:
    """Raises Refused: photo_too_large, paper_unreadable, paper_active."""
    if len(raw) > LARGEST_PAPER:
        raise Refused("photo_too_large", 413, limit="10 MB")
    if not is_paper(raw) or ENDS not in raw[-2048:]:
        raise Refused("paper_unreadable", 400)
    if any(_ACTIVE.search(_unescaped(part)) for part in _parts(raw)):
        raise Refused("paper_active", 400)


def _parts(raw: bytes) -> Iterator[bytes]:
    """The file, and what its object streams hold: an action may hide there."""
    yield raw
    left = MOST_INFLATED
    for found in _OBJECTS.finditer(raw):
        try:
            part = zlib.decompressobj().decompress(raw[found.end() :], left)
        except zlib.error:
            raise Refused("paper_unreadable", 400) from None
        left -= len(part)
        if left <= 0:
            raise Refused("paper_unreadable", 400)
        yield part


def _unescaped(part: bytes) -> bytes:
    """Names may be written with #xx (ISO 32000-1, 7.3.5)."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part)
