"""`make run` as a newcomer meets it: one command, an address to open, and a quick start the next time."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.ground.process import ROOT, answers_tcp, free_port, wait_until
from tests.ground.servers import Hallqueue

pytestmark = [pytest.mark.servers]


class MakeRun(Hallqueue):
    """The command a person types; stopped as a person stops it, by Ctrl+C."""

    stop_signal = signal.SIGINT
    start_seconds = 300.0

    def command(self) -> Sequence[str]:
        return ["make", "-C", str(ROOT), "run"]

    def environment(self) -> Mapping[str, str]:
        outer_make = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
        return {name: value for name, value in super().environment().items() if name not in outer_make}

    def press_ctrl_c(self) -> None:
        self.signal(signal.SIGINT)
        self._reap(self.stop_seconds)


class FirstRun(MakeRun):
    """The very first time: no data folder, no tables."""

    begins_empty = True


@pytest.fixture
def newcomer(request: pytest.FixtureRequest) -> Iterator[MakeRun]:
    run: MakeRun = getattr(request, "param", MakeRun)()
    yield run
    run.kill()
    run.remove()


@pytest.mark.parametrize("newcomer", [FirstRun], indirect=True, ids=["from nothing"])
def test_first_start_says_what_to_open_and_who_may_sign_in(newcomer: MakeRun) -> None:
    newcomer.start()
    wait_until(lambda: "Ctrl+C" in newcomer.log_tail(), 5, "the welcome")
    said = newcomer.log_tail()
    assert f"http://localhost:{newcomer.port}/" in said
    assert "乌海市政务服务大厅" in said
    assert "clerk01" in said
    kept = {path.name for path in (newcomer.folder / "data").iterdir()}
    assert {"secret", "hallqueue.sqlite3"} <= kept


def test_an_empty_real_hall_says_who_comes_in_first() -> None:
    with Hallqueue() as real:
        wait_until(lambda: "Ctrl+C" in real.log_tail(), 5, "the welcome")
        assert "manage.py add_user NAME --role administrator" in real.log_tail()
        real.manage("add_user", "op", "--role", "administrator")
        real.stop()
        real.start()
        wait_until(lambda: real.log_tail().count("Ctrl+C") == 2, 5, "the welcome")
        assert real.log_tail().count("add_user") == 1


def test_a_newcomers_evening_second_try_ctrl_c_another_start_and_a_power_cut(newcomer: MakeRun) -> None:
    newcomer.start()
    secret = newcomer.folder / "data" / "secret"
    assert secret.stat().st_mode & 0o077 == 0, "for its owner only"
    kept = secret.read_text("ascii")

    second = MakeRun(port=newcomer.port)
    said = second.manage_fails("serve")
    second.remove()
    assert f"Port {newcomer.port} cannot be used" in said

    group = newcomer.pid
    newcomer.press_ctrl_c()
    wait_until(lambda: not is_alive(group), 30, "the whole group is gone")
    wait_until(lambda: not answers_tcp(newcomer.port), 30, "nobody listens")
    assert "Traceback" not in newcomer.log_tail()

    newcomer.start().kill()
    assert secret.read_text("ascii") == kept
    newcomer.start()
    assert newcomer.ready()


def is_alive(group: int) -> bool:
    """Whether any process of a group still lives."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_port_that_is_taken_while_the_data_are_prepared_is_named_too(tmp_path: Path) -> None:
    port, data = free_port(), tmp_path / "data"
    environment = {**os.environ, "HALLQUEUE_DATA": str(data), "PORT": str(port)}
    command = [sys.executable, str(ROOT / "manage.py"), "serve"]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    wait_until((data / "hallqueue.sqlite3").exists, 60, "the database is begun")
    with socket.socket() as somebody:
        somebody.bind(("0.0.0.0", port))
        somebody.listen()
        said = server.communicate(timeout=120)[1]
    assert server.returncode == 1
    assert f"Port {port} cannot be used" in said
