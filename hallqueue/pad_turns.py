"""Whose turn it is at a window's pad: everybody served is asked for the full time, one after another."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from hallqueue.models import Rating

GRACE = timedelta(seconds=30)  # a finger on its way, a pad whose clock is slow
LOOKED_BACK = 4
"""So many times the pad's seconds back is looked for people who may still be asked."""


class Turn(NamedTuple):
    """The matters of one person, and until when the pad asks about them."""

    ratings: list[Rating]
    until: datetime


def turns_of(asked: Iterable[Rating], seconds: int) -> list[Turn]:
    """The turns of those asked at one window, in the order in which they were served.

    Who is done with the next person sooner takes no time from the one before: the next turn begins when that one is
    over. Each matter that is rated gives the full time for the next.
    """
    turns: list[Turn] = []
    for _, group in groupby(sorted(asked, key=lambda each: each.pk), key=lambda each: each.call_id):
        ratings = list(group)
        begins = max([ratings[0].asked_at, *(turn.until for turn in turns[-1:])])
        turns.append(Turn(ratings, _until(ratings, begins, timedelta(seconds=seconds))))
    return turns


def _until(ratings: list[Rating], begins: datetime, length: timedelta) -> datetime:
    until = begins + length
    given = sorted(each.rated_at for each in ratings if each.rated_at)
    for at in given:
        if at <= until + GRACE:
            until = max(begins, at) + length
    return min(until, max(begins, given[-1])) if len(given) == len(ratings) else until
