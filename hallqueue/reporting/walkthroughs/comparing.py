"""Two walkthroughs of one matter beside each other: before it was put right, and after."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hallqueue.models import Walkthrough
from hallqueue.reporting.walkthroughs.timeline import Figures, figures_of


@dataclass(frozen=True)
class Pair:
    """One figure of both; `before` and `after` are counts or minutes, None where nothing was measured."""

    name: str
    before: float | None
    after: float | None
    is_time: bool = False

    @property
    def better(self) -> bool | None:
        """Whether it went down; None where it cannot be said, or stayed the same."""
        if self.before is None or self.after is None or self.before == self.after:
            return None
        return self.after < self.before

    def width(self, value: float | None, full: int) -> int:
        """How long its bar is, the longer of both being `full`."""
        longest = max(self.before or 0, self.after or 0)
        return round(full * (value or 0) / longest) if longest else 0


PARTS: tuple[tuple[str, Callable[[Figures], float | timedelta | None]], ...] = (
    ("steps", lambda figures: figures.steps),
    ("papers", lambda figures: figures.asked),
    ("whole", lambda figures: figures.whole),
    ("trips", lambda figures: figures.trips),
    ("waited", lambda figures: figures.waited),
    ("windows", lambda figures: figures.windows),
)
"""环节、材料、时限、跑动、等候, and the windows."""


def compared(before: Walkthrough, after: Walkthrough, now: datetime) -> list[Pair]:
    """Every figure of both; how long the whole took only of one that has ended: one still open grows every minute."""
    one, other = _measured(before, now), _measured(after, now)
    return [_pair(name, part(one), part(other)) for name, part in PARTS]


def _measured(walk: Walkthrough, now: datetime) -> Figures:
    found = figures_of(walk, now)
    return found if walk.ended_at else replace(found, whole=None)


def _pair(name: str, before: float | timedelta | None, after: float | timedelta | None) -> Pair:
    is_time = isinstance(before, timedelta) or isinstance(after, timedelta)
    return Pair(name, _number(before), _number(after), is_time)


def _number(value: float | timedelta | None) -> float | None:
    return round(value.total_seconds() / 60, 1) if isinstance(value, timedelta) else value
