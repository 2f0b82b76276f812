"""What the random days do to order: policies, window rules, and people who wait long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

WINDOW = st.sampled_from([1, 1, 2, 2, 3, 9, 9])
SERVICE = st.sampled_from(["id-card", "id-card", "invoice", "housing"])
MINUTES = st.sampled_from([1, 7, 30, -1, -90, 300, 24 * 60, -24 * 60])
TAKES: dict[int, dict[str, int]] = {
    1: {"id-card": 0},
    2: {"invoice": 0, "id-card": 1},
    3: {"housing": 0},
    9: {},
}
WISH = st.tuples(
    SERVICE,
    st.sampled_from(["", "", "elderly"]),
    st.sampled_from([False, False, False, True]),
    st.sampled_from(["zh", "zh", "mn"]),
)
RANKS = st.dictionaries(SERVICE, st.sampled_from([0, 0, 1, 2]))
SCOPE = st.sampled_from(["", "A", "B", "Z"])
LIMITS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["strict", "ratio", "ratio", "ageing"]),
        "preferred": st.sampled_from([1, 1, 2, 0]),
        "ordinary": st.sampled_from([1, 2, 3, -1]),
        "ageing_minutes": st.sampled_from([10, 15, 0]),
        "guard_minutes": st.sampled_from([0, 25, 40, 3, 9999]),
    }
)


class OrderRules:
    """A part of `HallMachine`."""

    both: Any
    clock: Any
    paper: Any

    @rule(minutes=MINUTES)
    def clock_moves(self, minutes: int) -> None:
        """Forward, over midnight, or set back: whatever people do to clocks."""
        self.clock.shift(timedelta(minutes=minutes))
        self.paper.clock += timedelta(minutes=minutes)

    @rule(who=st.sampled_from(["manager", "clerk1"]), window=WINDOW, ranks=RANKS)
    def map_services(self, who: str, window: int, ranks: dict[str, int]) -> None:
        self.both("map_services", who, window=window, takes=sorted(ranks.items()))

    @rule(
        window=WINDOW,
        ranks=RANKS,
        classes=st.sets(st.sampled_from(["ordinary", "priority"])),
        languages=st.sampled_from([[], ["mn"]]),
        anyway=st.booleans(),
    )
    def set_window_rules(
        self, window: int, ranks: dict[str, int], classes: set[str], languages: list[str], anyway: bool
    ) -> None:
        words = {"classes": sorted(classes), "languages": languages, "anyway": anyway}
        self.both("set_window_rules", "manager", window=window, services=sorted(ranks.items()), **words)

    @rule(series=SCOPE, limits=LIMITS, who=st.sampled_from(["manager", "manager", "clerk1"]))
    def set_policy(self, series: str, limits: dict[str, Any], who: str) -> None:
        self.both("set_policy", who, series=series, **limits)

    @rule(series=st.sampled_from(["", "A"]))
    def drop_policy(self, series: str) -> None:
        self.both("drop_policy", "manager", series=series)

    @rule(minutes=st.sampled_from([10, 20, 30]))
    def people_wait(self, minutes: int) -> None:
        self.clock_moves(minutes)
        self.both("look_at_waits", "hall")
