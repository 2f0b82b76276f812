"""Fixtures every room may use: databases, real servers, a browser. What is missing fails; nothing skips."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

from tests.ground.browser import Pages, running_browser, take_picture
from tests.ground.fault_proxy import FaultProxy
from tests.ground.migrated import lay_down
from tests.ground.plugin import FAILED
from tests.ground.servers import Hallqueue, PostgreSQL, Redis
from tests.hall import SmallHall, make_small_hall

HallStarter = Callable[..., Hallqueue]
ProxyMaker = Callable[[int], FaultProxy]


@pytest.fixture(scope="session", autouse=True)
def static_files_are_read_when_asked_for() -> None:
    """Each test client has middleware of its own, which would first read every static file: 80 ms."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgreSQL]:
    """One PostgreSQL for the whole run; take `postgres.url(postgres.new_database())`."""
    server = PostgreSQL().start()
    yield server
    server.remove()


@pytest.fixture
def durable_postgres() -> Iterator[PostgreSQL]:
    """A PostgreSQL of one's own with fsync on, to be killed."""
    server = PostgreSQL(durable=True).start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def shared_redis() -> Iterator[Redis]:
    server = Redis().start()
    yield server
    server.remove()


@pytest.fixture
def redis_server() -> Iterator[Redis]:
    """A Redis of one's own, to be paused, killed and restarted (it starts in 50 ms)."""
    server = Redis().start()
    yield server
    server.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def hall_environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Settings for real processes on either database: give them to `start_hall` or to a subprocess."""
    settings = {"HALLQUEUE_DATA": str(tmp_path / "data"), "HALLQUEUE_SECRET": "a secret for tests only"}
    if request.param == "postgresql":
        postgres: PostgreSQL = request.getfixturevalue("postgres")
        settings["HALLQUEUE_DATABASE_URL"] = postgres.url(postgres.migrated_database())
    else:
        lay_down(tmp_path / "data")
    return settings


@pytest.fixture
def start_hall(request: pytest.FixtureRequest) -> Iterator[HallStarter]:
    """Start hallqueue as a real process: `start_hall({"HALLQUEUE_DEMO": "1"})`; logs are shown on failure."""
    halls: list[Hallqueue] = []

    def start(settings: dict[str, str] | None = None, port: int | None = None) -> Hallqueue:
        hall = Hallqueue(settings, port)
        halls.append(hall)
        return hall.start()

    yield start
    for hall in halls:
        hall.stop()
        if request.node.stash.get(FAILED, False):
            print(f"---- log of {hall.name} on port {hall.port}\n{hall.log_tail()}")
        hall.remove()


@pytest.fixture(scope="module")
def server() -> Iterator[Hallqueue]:
    """One hallqueue for a module, empty: each test makes a hall of its own in it."""
    running = Hallqueue()
    yield running.start()
    running.stop()
    running.remove()


@pytest.fixture
def proxy_before() -> Iterator[ProxyMaker]:
    """A faulty cable before a port: `proxy_before(redis_server.port)`."""
    proxies: list[FaultProxy] = []

    def make(target_port: int) -> FaultProxy:
        proxies.append(FaultProxy(target_port))
        return proxies[-1]

    yield make
    for proxy in proxies:
        proxy.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module (not longer: its event loop would bar asynchronous tests elsewhere)."""
    with running_browser() as running:
        yield running


@pytest.fixture
def pages(browser: Browser) -> Iterator[Pages]:
    """Opens pages of any size; afterwards none may have thrown an error or broken the security policy."""
    opened = Pages(browser)
    yield opened
    opened.close()
    opened.assert_clean()


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """`picture(page, "board-full-hd")` keeps a PNG in docs/pictures during `make pictures`."""
    return take_picture


@pytest.fixture
def on_postgres() -> bool:
    """Whether this run's own database is PostgreSQL."""
    return bool(os.environ.get("HALLQUEUE_DATABASE_URL"))


@pytest.fixture
def small_hall(db: None) -> SmallHall:
    """The small hall everybody knows, all four windows open; rolled back afterwards."""
    return make_small_hall()


@pytest.fixture
def committed_hall(transactional_db: None) -> SmallHall:
    """The same with real commits, for tests where threads, hints or sockets take part."""
    return make_small_hall()
