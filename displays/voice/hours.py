"""The volume by the time of day: the first period that fits counts, none means full."""

import re
from collections.abc import Sequence
from datetime import time

FULL, QUIET = 100, 0
MOST_PERIODS = 12
Period = Sequence[str | int]
"""[from, to, volume]: times "HH:MM" of the hall's day, `to` not included; a period may run over midnight."""

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def minutes_of(text: str) -> int:
    """Minutes since midnight of "HH:MM"; raises ValueError."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    return int(match[1]) * 60 + int(match[2])


def level_at(periods: Sequence[Period], moment: time) -> int:
    """The volume, 0–100, at a time of the hall's day."""
    now = moment.hour * 60 + moment.minute
    for begins, ends, volume in periods:
        start, end = minutes_of(str(begins)), minutes_of(str(ends))
        inside = start <= now < end if start < end else now >= start or now < end
        if inside:
            return int(volume)
    return FULL
