"""Counts that add up: whatever is kept of a day is a count, so a month is the sum of its days."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

Counts = dict[str, int]
"""How often: {name of a figure: count}; a duration is its seconds under `wait.s` and a count per bin, `wait.17`."""

EDGES: tuple[int, ...] = (*range(0, 600, 30), *range(600, 3600, 60), *range(3600, 28_801, 300))
"""Where each bin of durations begins, in seconds: half minutes to ten, minutes to the hour, five minutes to eight
hours, and all that is longer in one. A median is told no finer than its bin is wide."""

SECONDS = "s"


def bin_of(seconds: float) -> int:
    """The bin of a duration; none is below zero (I13)."""
    return bisect_right(EDGES, max(0.0, seconds)) - 1


@dataclass(frozen=True)
class Durations:
    """Many durations as counts per bin and their sum, in seconds."""

    bins: Mapping[int, int]
    seconds: int

    @cached_property
    def count(self) -> int:
        """How many there are."""
        return sum(self.bins.values())

    @property
    def mean(self) -> float | None:
        """The mean in seconds, exact; None of none."""
        return self.seconds / self.count if self.count else None

    @property
    def median(self) -> float | None:
        """The duration that half of them do not exceed, in seconds."""
        return self.quantile(0.5)

    @property
    def p90(self) -> float | None:
        """The duration that nine of ten do not exceed, in seconds."""
        return self.quantile(0.9)

    def quantile(self, share: float) -> float | None:
        """A quantile in seconds, evenly spread inside its bin: never further off than the bin is wide."""
        wanted, before = share * self.count, 0
        for index in sorted(self.bins):
            here = self.bins[index]
            if here and before + here >= wanted:
                begin = EDGES[index]
                width = EDGES[index + 1] - begin if index + 1 < len(EDGES) else 0
                return begin + width * max(0.0, wanted - before) / here
            before += here
        return None

    def within(self, minutes: int) -> int:
        """How many took less than so many minutes, exact where a bin begins there."""
        return sum(count for index, count in self.bins.items() if EDGES[index] < minutes * 60)


@dataclass
class Tally:
    """The counts of one thing: the hall, a window, a service, a clerk, an hour."""

    counts: Counts = field(default_factory=dict)

    def __getitem__(self, figure: str) -> int:
        return self.counts.get(figure, 0)

    def add(self, figure: str, count: int = 1) -> None:
        """Count something."""
        self.counts[figure] = self.counts.get(figure, 0) + count

    def add_duration(self, name: str, seconds: float) -> None:
        """Count a duration, to the nearest second."""
        self.add(f"{name}.{SECONDS}", max(0, round(seconds)))
        self.add(f"{name}.{bin_of(seconds)}")

    def add_all(self, counts: Mapping[str, int]) -> None:
        """Add what another tally counted."""
        mine = self.counts
        for figure, count in counts.items():
            mine[figure] = mine.get(figure, 0) + count

    def durations(self, name: str) -> Durations:
        """The durations counted under a name."""
        prefix = f"{name}."
        parts = {key[len(prefix) :]: count for key, count in self.counts.items() if key.startswith(prefix)}
        seconds = parts.pop(SECONDS, 0)
        return Durations({int(index): count for index, count in parts.items()}, seconds)

    def under(self, name: str) -> Counts:
        """The counts of one kind by what they are of: {"no_window": 3} of `fallback.no_window`."""
        prefix = f"{name}."
        return {key[len(prefix) :]: count for key, count in self.counts.items() if key.startswith(prefix)}

    @property
    def waits(self) -> Durations:
        """From taking the number to the first call."""
        return self.durations("wait")

    @property
    def serves(self) -> Durations:
        """Stays at a window, from start to end."""
        return self.durations("serve")


@dataclass
class Figures:
    """Tallies by what they are of: {"window": {"7": Tally}}; the hall's own are `figures["hall"][""]`."""

    by: dict[str, dict[str, Tally]] = field(default_factory=dict)

    def of(self, dimension: str, key: object = "") -> Tally:
        """The tally of one thing, made if it is the first time."""
        tallies = self.by.setdefault(dimension, {})
        name = str(key)
        if name not in tallies:
            tallies[name] = Tally()
        return tallies[name]

    def add_all(self, dimension: str, content: Mapping[str, Mapping[str, int]]) -> None:
        """Add the kept counts of a dimension."""
        for key, counts in content.items():
            self.of(dimension, key).add_all(counts)

    def content(self) -> Iterator[tuple[str, dict[str, Counts]]]:
        """What is kept: each dimension with its counts by key."""
        for dimension, tallies in self.by.items():
            yield dimension, {key: tally.counts for key, tally in tallies.items()}
