"""One server process of the tests: started, watched, paused, killed, and never left behind."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parent.parent.parent
# The system tells the child when its parent is gone: a killed test run leaves no server behind.
DIE_WITH_PARENT = ["setpriv", "--pdeathsig", "KILL"]
LOG_TAIL = 6000


class StartFailed(RuntimeError):
    """A server did not come up; the message carries the end of its log."""


PORTS = range(12_000, 32_000)


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on at this moment.

    Below those that a system gives to outgoing lines: one of these would take it before a slow server does. The
    choice is the system's own, for seeds of chance are the same in every process of the tests.
    """
    while True:
        port = PORTS.start + secrets.randbelow(len(PORTS))
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def answers_tcp(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def children(pid: int) -> list[int]:
    """The processes a process has started and that still live (Linux)."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except FileNotFoundError:
        return []


def lives(pid: int) -> bool:
    """Whether a process still runs: not gone, and not only waiting to be reaped."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def wait_until(condition: Callable[[], bool], seconds: float, what: str, every: float = 0.02) -> None:
    """Return as soon as `condition()` is true; AssertionError naming `what` when it never was."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:g} s: {what}")
        time.sleep(every)


class ServerProcess:
    """A child process in a process group of its own, its output in a log file.

    Subclasses give `command()`, `environment()` and `ready()`.
    """

    name = "server"
    start_seconds = 60.0
    stop_signal = signal.SIGTERM
    stop_seconds = 30.0
    prefix: Sequence[str] = DIE_WITH_PARENT

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / f"{self.name}.log"
        self._child: subprocess.Popen[bytes] | None = None

    def command(self) -> Sequence[str]:
        raise NotImplementedError

    def environment(self) -> Mapping[str, str]:
        return os.environ

    def ready(self) -> bool:
        raise NotImplementedError

    @property
    def pid(self) -> int:
        assert self._child is not None, f"{self.name} is not started"
        return self._child.pid

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def start(self) -> Self:
        assert not self.running, f"{self.name} is already running"
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [*self.prefix, *self.command()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.environment()),
                start_new_session=True,
            )
        self._wait_for_start()
        return self

    def _wait_for_start(self) -> None:
        end = time.monotonic() + self.start_seconds
        while not self.ready():
            if not self.running or time.monotonic() > end:
                ended = (
                    f"ended with {self._child.returncode}"
                    if self._child and not self.running
                    else "is silent"
                )
                self.kill()
                raise StartFailed(f"{self.name} {ended}; its log ends:\n{self.log_tail()}")
            time.sleep(0.03)

    def _ended_with(self) -> int | None:
        return self._child.returncode if self._child else None

    def log_tail(self) -> str:
        if not self.log.exists():
            return "(no log)"
        return self.log.read_text("utf-8", "replace")[-LOG_TAIL:]

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group; a process that is gone is no error."""
        if self.running:
            os.killpg(self.pid, number)

    def stop(self) -> None:
        """Ask it to end, wait, and insist when it does not."""
        self.signal(signal.SIGCONT)
        if self.running:
            os.kill(self.pid, self.stop_signal)
        self._reap(self.stop_seconds)

    def kill(self) -> None:
        """kill -9: no farewell, no flush."""
        self.signal(signal.SIGKILL)
        self._reap(10)

    def _reap(self, seconds: float) -> None:
        if self._child is None:
            return
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            self._child.wait(10)

    def pause(self) -> None:
        """Freeze it: sockets stay open, nothing answers (half-open from the outside)."""
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.signal(signal.SIGCONT)

    def restart(self) -> Self:
        self.stop()
        return self.start()

    def remove(self) -> None:
        """Stop it and forget its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self if self.running else self.start()

    def __exit__(self, *_: object) -> None:
        self.remove()
