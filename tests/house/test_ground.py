"""The ground holds: servers start, die and come back; the faulty cable fails in exactly the ways it says."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
import redis
from playwright.sync_api import Page

from tests.ground import parts
from tests.ground.browser import Pages
from tests.ground.fault_proxy import Fault, FaultProxy
from tests.ground.process import ROOT, ServerProcess, StartFailed, answers_tcp
from tests.ground.run import closing_line
from tests.ground.servers import PostgreSQL, Redis

LIMIT = 2.0


class Echo:
    """A peer that answers every chunk with the same chunk."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                peer, _ = self.listener.accept()
                threading.Thread(target=self._answer, args=(peer,), daemon=True).start()

    @staticmethod
    def _answer(peer: socket.socket) -> None:
        with suppress(OSError), peer:
            while data := peer.recv(4096):
                peer.sendall(data)


@pytest.fixture
def proxy() -> Iterator[FaultProxy]:
    echo = Echo()
    with FaultProxy(echo.port) as proxy:
        yield proxy
    echo.listener.close()


def connect(proxy: FaultProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=LIMIT)


def answer(link: socket.socket, words: bytes) -> bytes:
    link.sendall(words)
    return link.recv(4096)


def test_passing_proxy_carries_bytes_both_ways(proxy: FaultProxy) -> None:
    with connect(proxy) as link:
        assert answer(link, b"A001") == b"A001"
        assert answer(link, b"A002") == b"A002"


def test_passing_proxy_carries_the_end_of_a_stream(proxy: FaultProxy) -> None:
    with connect(proxy) as link:
        link.sendall(b"last")
        link.shutdown(socket.SHUT_WR)
        assert link.recv(4096) == b"last"
        assert link.recv(4096) == b""


def test_refusing_proxy_cuts_and_refuses_until_it_passes_again(proxy: FaultProxy) -> None:
    with connect(proxy) as link:
        answer(link, b"x")
        proxy.become(Fault.REFUSE)
        with pytest.raises(ConnectionResetError):
            link.recv(1)
    with pytest.raises(ConnectionRefusedError):
        connect(proxy)
    proxy.become(Fault.PASS)
    with connect(proxy) as link:
        assert answer(link, b"back") == b"back"


def test_resetting_proxy_resets_new_and_living_connections(proxy: FaultProxy) -> None:
    with connect(proxy) as link:
        answer(link, b"x")
        proxy.become(Fault.RESET)
        with pytest.raises(ConnectionResetError):
            link.recv(1)
    with pytest.raises(ConnectionResetError), connect(proxy) as link:
        answer(link, b"x")
        link.recv(1)


def test_half_open_proxy_connects_and_stays_silent_for_ever(proxy: FaultProxy) -> None:
    with connect(proxy) as living, connect(proxy) as idle:
        answer(living, b"x")
        answer(idle, b"x")
        proxy.become(Fault.SWALLOW)
        with connect(proxy) as fresh:
            for link in (living, fresh):
                link.settimeout(0.2)
                with pytest.raises(TimeoutError):
                    answer(link, b"anybody?")
            proxy.become(Fault.PASS)
            with pytest.raises(TimeoutError):
                answer(living, b"still dead")
            assert answer(idle, b"slept through it") == b"slept through it"


def test_delaying_proxy_is_late_both_ways(proxy: FaultProxy) -> None:
    with connect(proxy) as link:
        proxy.become(Fault.DELAY, delay=0.5)
        started = time.monotonic()
        assert answer(link, b"slow") == b"slow"
        assert time.monotonic() - started >= 1.0
        proxy.become(Fault.PASS)
        started = time.monotonic()
        answer(link, b"quick")
        assert time.monotonic() - started < 0.5


def test_cut_resets_living_connections_and_takes_new_ones(proxy: FaultProxy) -> None:
    with connect(proxy) as link:
        answer(link, b"x")
        assert proxy.cut() == 1
        with pytest.raises(ConnectionResetError):
            link.recv(1)
    with connect(proxy) as link:
        assert answer(link, b"new") == b"new"


def test_proxy_before_a_dead_server_resets() -> None:
    echo = Echo()
    echo.listener.shutdown(socket.SHUT_RDWR)
    echo.listener.close()
    with FaultProxy(echo.port) as proxy, pytest.raises(ConnectionResetError), connect(proxy) as link:
        answer(link, b"x")
        link.recv(1)


class Stillborn(ServerProcess):
    name = "stillborn"

    def command(self) -> list[str]:
        return ["/bin/sh", "-c", "echo the reason it died; exit 3"]

    def ready(self) -> bool:
        return False


def test_server_that_dies_at_start_shows_its_log(tmp_path: Path) -> None:
    with pytest.raises(StartFailed, match=r"(?s)ended with 3.*the reason it died"):
        Stillborn(tmp_path).start()


@pytest.mark.servers
def test_postgres_keeps_committed_rows_over_kill_and_restart(durable_postgres: PostgreSQL) -> None:
    address = durable_postgres.url(durable_postgres.new_database())
    with psycopg.connect(address) as db:
        db.execute("CREATE TABLE tickets (number int)")
        db.execute("INSERT INTO tickets VALUES (7)")
    durable_postgres.kill()
    assert not answers_tcp(durable_postgres.port)
    durable_postgres.start()
    with psycopg.connect(address) as db:
        assert db.execute("SELECT number FROM tickets").fetchall() == [(7,)]
        assert db.execute("SHOW fsync").fetchone() == ("on",)
        assert db.execute("SHOW server_encoding").fetchone() == ("UTF8",)


@pytest.mark.servers
def test_every_database_of_a_postgres_is_new_and_empty(postgres: PostgreSQL) -> None:
    first, second = postgres.new_database(), postgres.new_database()
    with psycopg.connect(postgres.url(first)) as db:
        db.execute("CREATE TABLE only_here (x int)")
    with psycopg.connect(postgres.url(second)) as db:
        assert db.execute("SELECT to_regclass('only_here')").fetchone() == (None,)


@pytest.mark.servers
def test_paused_redis_connects_but_does_not_answer_until_resumed(redis_server: Redis) -> None:
    with socket.create_connection(("127.0.0.1", redis_server.port), timeout=0.2) as link:
        assert answer(link, b"PING\r\n") == b"+PONG\r\n"
        redis_server.pause()
        with pytest.raises(TimeoutError):
            answer(link, b"PING\r\n")
        redis_server.resume()
        assert link.recv(4096) == b"+PONG\r\n"


@pytest.mark.servers
def test_killed_redis_comes_back_empty_on_the_same_port(redis_server: Redis) -> None:
    redis.Redis(port=redis_server.port).set("hint", "1")
    redis_server.kill()
    assert not answers_tcp(redis_server.port)
    redis_server.start()
    assert redis.Redis(port=redis_server.port).get("hint") is None


@pytest.mark.browser
def test_chromium_draws_a_page_at_the_size_asked(
    pages: Pages, picture: Callable[[Page, str], None], tmp_path: Path
) -> None:
    file = tmp_path / "page.html"
    file.write_text("<!doctype html><title>号</title><p>请 A001 到 3 号窗口", "utf-8")
    page = pages.open(file.as_uri(), "upright")
    assert page.title() == "号"
    assert page.evaluate("[innerWidth, innerHeight]") == [1080, 1920]
    assert page.screenshot()[:4] == b"\x89PNG"


@pytest.mark.browser
def test_error_in_a_script_of_a_page_is_noticed(pages: Pages, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<!doctype html><script>throw new Error('on purpose')</script>", "utf-8")
    pages.open(file.as_uri())
    with pytest.raises(AssertionError, match="on purpose"):
        pages.assert_clean()
    pages.faults.clear()


def test_missing_part_is_named_with_its_package() -> None:
    names = {part.package for part in parts.PARTS}
    assert {"postgresql", "redis-server", "chromium-headless-shell", "espeak-ng", "libzbar0"} <= names
    assert not parts.has_program("no-such-program-here")()
    assert not parts.has_font("NoSuchFont*")()


def test_closing_line_adds_up_like_pytests_own() -> None:
    assert closing_line(Counter(passed=12), 3.0) == "======== 12 passed in 3.00s ========"
    assert closing_line(Counter(passed=5, failed=1, error=2), 1.5) == (
        "======== 1 failed, 5 passed, 2 errors in 1.50s ========"
    )


@pytest.fixture
def bare_project(tmp_path: Path) -> Path:
    """A project that needs no package, and a folder `programs` to stand before everything on the PATH."""
    for name in (".ci", "programs"):
        (tmp_path / name).mkdir()
    shutil.copy(ROOT / ".ci" / "venv", tmp_path / ".ci" / "venv")
    (tmp_path / "requirements.txt").touch()
    return tmp_path


def make_venv(project: Path, python: str = "") -> subprocess.CompletedProcess[str]:
    path = f"{project / 'programs'}:/usr/bin:/bin"
    environment = {"PATH": path, "PYTHON": python or sys.executable, "HOME": str(project)}
    command = [str(project / ".ci" / "venv"), "requirements.txt"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def fake_python(project: Path, script: str) -> str:
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        program = project / "programs" / name
        program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        program.chmod(0o755)
    return str(project / "programs" / "python3")


def test_old_python_is_told_what_to_install(bare_project: Path) -> None:
    done = make_venv(
        bare_project, fake_python(bare_project, '[ "$1" = --version ] && echo Python 3.9.2; exit 1')
    )
    assert done.returncode == 1
    assert "needs Python 3.11 or newer; found: Python 3.9.2" in done.stderr


def test_python_without_venv_is_told_what_to_install(bare_project: Path) -> None:
    lacking = f'case "$*" in *ensurepip*|*virtualenv*) exit 1;; esac; exec {sys.executable} "$@"'
    (bare_project / "programs" / "virtualenv").write_text("not a program", "utf-8")
    done = make_venv(bare_project, fake_python(bare_project, lacking))
    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr


@pytest.mark.slow
def test_environment_is_made_once_and_again_when_requirements_change(bare_project: Path) -> None:
    assert "Installing" in make_venv(bare_project).stderr
    assert (bare_project / ".venv" / "bin" / "python").exists()
    assert make_venv(bare_project).stderr == ""
    (bare_project / "requirements.txt").write_text("# a line more\n", "utf-8")
    assert "Installing" in make_venv(bare_project).stderr
