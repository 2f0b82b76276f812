"""How often something was done: counted by all processes together where they share a Redis, else in own memory."""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import caches

log = logging.getLogger(__name__)

MEMORY, SHARED = "default", "shared"
"""Django's names of the two: this process's memory, and what all processes share (only with HALLQUEUE_REDIS_URL)."""
REST = 5.0
"""Seconds in which a Redis that did not answer is not asked again: nobody's sign-in waits for it twice."""

T = TypeVar("T")
_away_until = 0.0


def count(key: str, seconds: int | None, is_renewed: bool = False) -> int:
    """One more; how many there were since the first, which is forgotten after `seconds` (None: never).

    `is_renewed`: forgotten so long after the last.
    """

    def one_more(store: Any) -> int:
        store.add(key, 0, seconds)
        try:
            found = int(store.incr(key))
        except ValueError:  # forgotten just now
            store.set(key, 1, seconds)
            return 1
        is_first = found == 1  # perhaps forgotten between the two questions: it would stay for ever
        if is_renewed or is_first:
            store.touch(key, seconds)
        return found

    return _in_store(one_more)


def counted(key: str) -> int:
    """How many there were."""
    return _in_store(lambda store: int(store.get(key, 0)))


def is_first(key: str, seconds: int) -> bool:
    """Whether nobody did it within `seconds`; from now on somebody has."""
    return _in_store(lambda store: bool(store.add(key, 1, seconds)))


def forget(key: str) -> None:
    """Begin at nothing again."""
    _in_store(lambda store: store.delete(key))


def _in_store(ask: Callable[[Any], T]) -> T:
    """Ask what is shared; the memory where nothing is, or while it is away: fewer tries are seen then, none is lost."""
    global _away_until
    if SHARED not in settings.CACHES or time.monotonic() < _away_until:
        return ask(caches[MEMORY])
    from redis.exceptions import RedisError  # loaded only where it is used

    try:
        return ask(caches[SHARED])
    except (OSError, RedisError) as error:
        _away_until = time.monotonic() + REST
        log.warning("tries are counted by each process for itself: %s", error)
        return ask(caches[MEMORY])
