"""kill -9, again and again, while machines post: what was acknowledged stays, what is repeated is not doubled."""

from __future__ import annotations

import random
import time

import pytest

from tests.conftest import HallStarter
from tests.ground.servers import Hallqueue, PostgreSQL
from tests.machines import Crowd, small_hall_on


def kill_again_and_again(server: Hallqueue, rounds: int) -> None:
    chance = random.Random(9)
    with Crowd(small_hall_on(server)) as crowd:
        for _ in range(rounds):
            crowd.go_on(issued=3, called=1)
            time.sleep(chance.uniform(0.0, 0.2))
            server.kill()
            server.start()
    assert crowd.client.outages >= rounds, "nobody noticed that the server was killed"
    assert len(crowd.issued) >= 3 * rounds
    assert len(crowd.called) >= rounds
    crowd.assert_kept(server)


@pytest.mark.slow
@pytest.mark.servers
def test_thirty_kills_lose_nothing_and_double_nothing_on_sqlite(start_hall: HallStarter) -> None:
    kill_again_and_again(start_hall(), 30)


@pytest.mark.slow
@pytest.mark.servers
def test_kills_lose_nothing_and_double_nothing_on_postgresql(
    start_hall: HallStarter, durable_postgres: PostgreSQL
) -> None:
    database = durable_postgres.url(durable_postgres.migrated_database())
    kill_again_and_again(start_hall({"HALLQUEUE_DATABASE_URL": database}), 5)


@pytest.mark.slow
@pytest.mark.servers
def test_killed_database_loses_nothing_that_was_acknowledged(
    start_hall: HallStarter, durable_postgres: PostgreSQL
) -> None:
    server = start_hall(
        {"HALLQUEUE_DATABASE_URL": durable_postgres.url(durable_postgres.migrated_database())}
    )
    with Crowd(small_hall_on(server)) as crowd:
        for _ in range(3):
            crowd.go_on(issued=5)
            durable_postgres.kill()
            durable_postgres.start()
    crowd.assert_kept(server)
