"""Who comes to a simulated hall, when, and what for: chances and weights only, no database."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

DAY_MINUTES = 480  # from nine to five
PEAKS = ((75.0, 1.0), (345.0, 0.8))  # a quarter past ten, a quarter to three: minute and height
PEAK_WIDTH = 55.0
QUIET = 0.45  # how much of the load is always there
LOAD = 0.95  # of what the windows can do, over the day; some turn round before a long line
BETWEEN_PEOPLE = 1.5  # minutes at a window from one person to the next
PATIENCE = 7  # people waiting for each window before somebody thinks of coming another day

PRIORITIES = {"": 86, "elderly": 8, "disabled": 2, "pregnant": 1, "infant": 2, "military": 1}
LEVELS = {5: 62, 4: 25, 3: 9, 2: 3, 1: 1}
LANGUAGES = {"zh": 90, "mn": 8, "en": 2}
PAUSE_REASONS = ("取材料", "打印证照", "短暂休息", "内部协商")
PARK_REASONS = ("去复印材料", "回车上取户口簿", "等家属送材料", "去缴费")
FALLBACK_REASONS = ("材料不全，办不成", "涉及多个部门", "历史遗留问题")
TRANSFER_REASONS = ("应先办理这一项", "取错了号")

T = TypeVar("T")


@dataclass(frozen=True)
class Wish:
    """What one citizen comes with."""

    service: str
    priority: str
    language: str
    to_fallback: bool


@dataclass(frozen=True)
class Offer:
    """A service as the crowd knows it."""

    code: str
    minutes: int
    weight: int


class Chance:
    """The dice of one day: the same seed throws the same day."""

    def __init__(self, seed: int | None) -> None:
        self.dice = random.Random(seed)

    def happens(self, percent: float) -> bool:
        """Whether something of that likelihood happens now."""
        return self.dice.random() * 100 < percent

    def one_of(self, things: Sequence[T]) -> T:
        """Any of them."""
        return self.dice.choice(things)

    def between(self, low: float, high: float) -> float:
        """Minutes."""
        return self.dice.uniform(low, high)

    def weighted(self, weights: dict[T, int]) -> T:
        """One key, as often as its weight says."""
        return self.dice.choices(list(weights), list(weights.values()))[0]

    def service_minutes(self, usual: int) -> float:
        """How long it takes this time: mostly near the usual, seldom much longer."""
        return min(max(1.0, usual * self.dice.lognormvariate(-0.06, 0.35)), usual * 3.0)

    def next_arrival(self, per_minute: float) -> float:
        """Minutes until the next person comes in."""
        return self.dice.expovariate(per_minute)

    def wish(self, offers: dict[str, Offer]) -> Wish:
        """What the next person wants."""
        return Wish(
            service=self.weighted({code: offer.weight for code, offer in offers.items()}),
            priority=self.weighted(PRIORITIES),
            language=self.weighted(LANGUAGES),
            to_fallback=self.happens(1.5),
        )


def rush(minute: float) -> float:
    """How busy a minute of the day is; 1 is the day's mean, and after five it is nine again."""
    return _shape(minute % DAY_MINUTES) / _MEAN


def arrivals_per_minute(minute: float, windows: int, offers: dict[str, Offer]) -> float:
    """As many as the windows can serve on the whole, more in the rush and fewer at noon."""
    weight = sum(offer.weight for offer in offers.values())
    usual = sum(offer.minutes * offer.weight for offer in offers.values()) / weight
    return LOAD * windows / (usual + BETWEEN_PEOPLE) * rush(minute)


def turns_round(chance: Chance, waiting: int, windows: int) -> bool:
    """Whether somebody who reads how many wait comes another day."""
    return chance.happens(100 * (waiting / max(windows, 1) - PATIENCE / 2) / PATIENCE)


def _shape(minute: float) -> float:
    return QUIET + sum(height * math.exp(-(((minute - at) / PEAK_WIDTH) ** 2)) for at, height in PEAKS)


_MEAN = sum(_shape(minute) for minute in range(DAY_MINUTES)) / DAY_MINUTES
