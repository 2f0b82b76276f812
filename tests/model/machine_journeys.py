"""Random days on which some people walk a journey."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.line import journeys
from tests.hall import SmallHall
from tests.model.machine import REASON, ROOMS, WHO
from tests.model.machine_life import LifeMachine
from tests.model.machine_order import WINDOW
from tests.model.plain_journeys import WALK

ROOMS["skip_step"] = journeys


def offer_walk(small: SmallHall) -> None:
    """The journey of the model, set up before the day begins."""
    stages = [[code] for code in WALK]
    journeys.set_journey(small.hall.pk, THE_HALL, new_key(), code="walk", name="一件事", stages=stages)


class JourneyMachine(LifeMachine):
    """All that people do, and journeys."""

    @rule(priority=st.sampled_from(["", "", "elderly"]), wrong=st.sampled_from(["", "", "", "housing"]))
    def begin_a_journey(self, priority: str, wrong: str) -> None:
        self.both("issue", "kiosk", service=wrong, priority=priority, to_fallback=False, journey="walk")

    @rule(window=WINDOW, steps=st.integers(1, 3))
    def walk(self, window: int, steps: int) -> None:
        """Somebody is served, and goes on to the window of the next step."""
        for number in (window, 2, 3)[:steps]:
            for verb in ("call_next", "start"):
                self.both(verb, self.person("own", number), window=number)
            self.both("finish", self.person("own", number), window=number, results=[])

    @rule(who=WHO, window=WINDOW, service=st.sampled_from(WALK), reason=REASON)
    def skip_step(self, who: str, window: int, service: str, reason: str) -> None:
        self.both("skip_step", self.person(who, window), window=window, service=service, reason=reason)
