"""The chain that makes the log tamper-evident: each line's link is a digest of the link before it and its content.

Values in, text out; docs/audit.md says how anybody can compute it anew.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC
from typing import Any

ALGORITHMS = {"sha256": "", "sm3": "sm3:"}
"""What a link may be made with, and the mark before its 64 hexadecimal signs; SM3 is GB/T 32905."""
START = ""
"""The link before the first line."""
LONGEST_LINK = 68
CHAINED = ("hall_id", "seq", "at", "business_date", "kind", "by", "screen", "ticket_id", "window_id")
"""What of a line its link covers besides its data, in order."""


def settled(data: str) -> Any:
    """A line's data (JSON) as every database gives it back: 1.0 is 1, keys are text."""
    return {} if data == "{}" else _decode(data)


def content_of(line: Sequence[Any], told: Any) -> str:
    """One line in the only way it can be written: compact JSON, keys in order, the time in UTC.

    `line` holds the values of `CHAINED` (a time without a zone is UTC), `told` its settled data.
    """
    hall, seq, at, business_date, *said = line
    moment = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return str(_encode([hall, seq, moment.isoformat(), str(business_date), *said, told]))


def link_of(before: str, content: str, algorithm: str) -> str:
    """The link of a line with this content behind the line whose link is `before`."""
    digest = hashlib.new(algorithm, f"{before}\n{content}".encode())
    return ALGORITHMS[algorithm] + digest.hexdigest()


def algorithm_of(link: str) -> str:
    """What a link was made with: the setting may change while the log goes on."""
    return "sm3" if link.startswith(ALGORITHMS["sm3"]) else "sha256"


def _number(written: str) -> int | float:
    """Databases write 1e16 and 10000000000000000 alike: so does the chain."""
    value = float(written)
    return int(value) if value.is_integer() else value


_encode: Any = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_decode: Any = json.JSONDecoder(parse_float=_number).decode
