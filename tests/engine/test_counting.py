"""Tries are counted by all processes together where Redis is set, and by each for itself while it is away."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache, caches
from pytest_django.fixtures import Settings

from hallqueue import counting
from tests.ground.servers import Redis

pytestmark = pytest.mark.servers
LOCAL = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}


@pytest.fixture(autouse=True)
def _asked_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(counting, "_away_until", 0.0)
    yield
    cache.clear()


@pytest.fixture
def shared(redis_server: Redis, settings: Settings) -> Redis:
    short = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {
        "default": LOCAL,
        "shared": {"BACKEND": backend, "LOCATION": redis_server.url(), "OPTIONS": short},
    }
    return redis_server


def another_process() -> None:
    """Nothing of this one's memory is known there."""
    cache.clear()


def test_what_one_process_counted_the_others_know(shared: Redis) -> None:
    assert [counting.count("tries", 60) for _ in range(2)] == [1, 2]
    another_process()
    assert counting.count("tries", 60) == counting.counted("tries") == 3
    assert [counting.is_first("told", 60) for _ in range(2)] == [True, False]
    counting.forget("tries")
    assert counting.counted("tries") == 0


@pytest.mark.parametrize(("is_renewed", "left"), [(False, 5), (True, 60)])
def test_what_is_renewed_is_forgotten_so_long_after_the_last(
    shared: Redis, is_renewed: bool, left: int
) -> None:
    store: Any = caches["shared"]
    client, key = store._cache.get_client(write=True), store.make_key("tries")
    counting.count("tries", 60, is_renewed)
    client.expire(key, 5)  # fifty-five seconds later
    assert counting.count("tries", 60, is_renewed) == 2
    assert left - 2 <= client.ttl(key) <= left


def test_a_count_that_was_forgotten_between_two_questions_does_not_stay_for_ever(
    shared: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    store: Any = caches["shared"]
    client, key = store._cache.get_client(write=True), store.make_key("tries")
    monkeypatch.setattr(store, "add", lambda *_: False)  # it was there just now,
    monkeypatch.setattr(store, "incr", lambda _: client.incr(key))  # and is gone
    assert counting.count("tries", 60) == 1
    assert 0 < client.ttl(key) <= 60


def test_while_redis_is_away_tries_are_counted_here_and_nobody_waits(shared: Redis) -> None:
    assert counting.count("tries", 60) == 1
    shared.kill()
    began = time.monotonic()
    assert [counting.count("tries", 60) for _ in range(3)] == [1, 2, 3]
    assert time.monotonic() - began < 1.5
    shared.start()
    assert counting.count("tries", 60) == 4, "it is not asked again at once"
    counting._away_until = 0.0
    assert counting.count("tries", 60) == 1


def test_without_redis_each_process_counts_for_itself(settings: Settings) -> None:
    settings.CACHES = {"default": LOCAL}
    assert [counting.count("tries", 60) for _ in range(2)] == [1, 2]
    another_process()
    assert counting.counted("tries") == 0
