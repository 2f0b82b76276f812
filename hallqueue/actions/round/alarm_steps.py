"""When a standing alarm is told anew: what it names more at once where that matters, everything else in steps."""

from collections.abc import Mapping, Set
from datetime import datetime, timedelta
from typing import Any

from hallqueue.actions.round.alarm_lines import named_in
from hallqueue.models import Alarm

Facts = dict[str, Any]

TOLD = Alarm.TOLD
"""There the data of an alarm keep {known: the ids that the last growth named, at: when it was told anew lately}."""
PART = 5
"""So many times smaller than what is known may be what is new, and still matter: a fifth."""
MOST, WITHIN = 2, timedelta(minutes=1)
"""Tellings of one alarm in any such time, growth left out: in a rush others have waited longest every few seconds."""


def has_grown(data: Mapping[str, Any], facts: Facts) -> bool:
    """Whether these facts name so much more that it matters: one more where few were known, a fifth where many."""
    known = _known(data)
    return bool(new := named_in(facts) - known) and len(new) * PART >= len(known)


def is_due(data: Mapping[str, Any], facts: Facts, now: datetime) -> bool:
    """Whether these facts, which are not those that were told, are to be told now."""
    return has_grown(data, facts) or len(_lately(data, now)) < MOST


def told_anew(data: Mapping[str, Any], facts: Facts, now: datetime) -> Facts:
    """The data of the alarm once these facts are told."""
    named = named_in(facts)
    known = named if has_grown(data, facts) else _known(data) & named
    return facts | {TOLD: {"known": sorted(known), "at": [*_lately(data, now), now.isoformat()][-MOST:]}}


def changes(data: Mapping[str, Any], facts: Facts) -> Facts:
    """For the log: the facts, and of a long list only what came and what went."""
    before, named = named_in(data), named_in(facts)
    short = {name: value for name, value in facts.items() if name not in ("services", "windows")}
    return short | {"more": sorted(named - before), "fewer": sorted(before - named)}


def _known(data: Mapping[str, Any]) -> Set[int]:
    kept = data.get(TOLD)
    return set(kept["known"]) if kept else named_in(data)


def _lately(data: Mapping[str, Any], now: datetime) -> list[str]:
    """The tellings that still count; one from the future, of a clock set back since, does not."""
    kept = data.get(TOLD, {"at": []})["at"]
    return [at for at in kept if now - WITHIN < datetime.fromisoformat(at) <= now]
