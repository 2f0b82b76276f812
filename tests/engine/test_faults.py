"""Production mode with bad cables: Redis may go and come, PostgreSQL may restart; the hall goes on by itself."""

from __future__ import annotations

import time

import pytest

from hallqueue.actions.command import new_key
from tests.conftest import HallStarter, ProxyMaker
from tests.ground.fault_proxy import Fault
from tests.ground.process import wait_until
from tests.ground.servers import Hallqueue, PostgreSQL, Redis
from tests.machines import Client, Crowd, small_hall_on
from tests.screens import Screen

LATEST = 2.0
pytestmark = [pytest.mark.slow, pytest.mark.servers]


def production(postgres: PostgreSQL, redis_port: int) -> dict[str, str]:
    return {
        "HALLQUEUE_DATABASE_URL": postgres.url(postgres.migrated_database()),
        "HALLQUEUE_REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
        "HALLQUEUE_SECRET": "a secret for tests only",
    }


def ticket_topic(client: Client) -> str:
    status, answer = client.insist("/tickets", {"service": "housing"})
    assert status == 200
    return f"ticket:small:{answer['token']}"


def lags(client: Client, screen: Screen, count: int) -> list[float]:
    """Write, and measure until the screen shows it."""
    found = []
    for _ in range(count):
        status, answer = client.once("/tickets", {"service": "invoice"}, new_key())
        assert status == 200, answer
        seq, began = client.seq(), time.monotonic()
        assert screen.wait_for(seq, 3 * LATEST), f"{seq} never came; shown is {screen.shown['seq']}"
        found.append(time.monotonic() - began)
    return found


def test_redis_stopped_half_open_and_back_fails_no_write_and_delays_no_screen(
    start_hall: HallStarter, postgres: PostgreSQL, redis_server: Redis, proxy_before: ProxyMaker
) -> None:
    cable = proxy_before(redis_server.port)
    settings = production(postgres, cable.port)
    first, second = start_hall(settings), start_hall(settings)
    client = small_hall_on(first)
    with Screen(second, ticket_topic(client)) as screen, Crowd(client, 1, (1,), rest=0.1) as crowd:
        assert screen.wait_for(1, 10)
        assert max(lags(client, screen, 5)) < LATEST
        for fault in (Fault.REFUSE, Fault.PASS, Fault.SWALLOW, Fault.PASS):
            cable.become(fault)
            assert max(lags(client, screen, 5)) < LATEST, fault
        redis_server.kill()
        assert max(lags(client, screen, 3)) < LATEST
        redis_server.start()
        assert max(lags(client, screen, 3)) < LATEST
    assert client.outages == 0, "a write failed"
    assert not crowd.odd


def test_call_on_one_process_shows_on_a_screen_of_the_other_by_its_hint(
    start_hall: HallStarter, postgres: PostgreSQL, shared_redis: Redis
) -> None:
    settings = production(postgres, shared_redis.port)
    first, second = start_hall(settings), start_hall(settings)
    client = small_hall_on(first)
    topic = ticket_topic(client)
    with Screen(second, topic) as screen:
        assert screen.wait_for(1, 10)
        time.sleep(0.3)
        found = sorted(lags(client, screen, 7))
        status, _ = client.once("/windows/3/call-next", {}, new_key())
        assert status == 200
        assert screen.wait_for(client.seq(), LATEST)
        assert screen.shown["data"]["state"] == "called"
    assert found[3] < 0.7, f"half of them came no sooner than by the screen's own look each second: {found}"


def test_restarted_postgres_means_503_then_all_is_well_and_nothing_doubled(
    start_hall: HallStarter, proxy_before: ProxyMaker
) -> None:
    with PostgreSQL() as database:
        server = start_hall({"HALLQUEUE_DATABASE_URL": database.url(database.migrated_database())})
        client = small_hall_on(server)
        with Crowd(client, rest=0.02) as crowd:
            for _ in range(2):
                outage(client, crowd, database)
        assert not crowd.odd
        crowd.assert_kept(server)
        answers_page(server)
        database.stop()
        status, answer = client.once("/tickets", {"service": "id-card"}, new_key())
        assert (status, answer["code"]) == (503, "server_busy")
        database.start()
        assert client.insist("/tickets", {"service": "id-card"})[0] == 200
    database.remove()


def outage(client: Client, crowd: Crowd, database: PostgreSQL) -> None:
    noticed = client.outages
    database.stop()
    wait_until(lambda: client.outages > noticed, 10, "nobody noticed")
    database.start()
    before, end = len(crowd.issued), time.monotonic() + 20
    while len(crowd.issued) < before + 5:
        assert time.monotonic() < end, "the hall did not come back by itself"
        time.sleep(0.05)


def answers_page(server: Hallqueue) -> None:
    assert server.ready()
