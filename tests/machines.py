"""Machines that use the hall from outside: racers with processes of their own, and clients of /api/v1 that insist."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hallqueue.actions.command import new_key
from tests.ground.servers import Hallqueue

Answer = tuple[int, dict[str, Any]]

PATIENCE = 60  # seconds for which a client insists


class Racers:
    """Starts racers on one database; afterwards each must have ended well."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HALLQUEUE_")}
        self.environment = kept | dict(environment) | {"DJANGO_SETTINGS_MODULE": "hallqueue.settings"}

    def begin(self, *words: str | int | Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.racers", *map(str, words)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self.environment, stdout=pipe, stderr=pipe, text=True)

    def run(self, *words: str | int | Path) -> str:
        return arrive([self.begin(*words)])[0]


def arrive(racers: list[subprocess.Popen[str]]) -> list[str]:
    said = [racer.communicate(timeout=300) for racer in racers]
    assert not any(racer.returncode for racer in racers), "\n".join(errors for _, errors in said)
    return [out for out, _ in said]


def behind(server: Hallqueue, *words: str | int) -> str:
    """What a racer of these words does and prints, behind a running server."""
    role, *rest = map(str, words)
    return server.behind(f"from tests.racers import ROLES\nROLES[{role!r}](*{rest!r})").strip()


def small_hall_on(server: Hallqueue) -> Client:
    """Make the small hall behind a running server, and a client that may manage it."""
    behind(server, "prepare")
    token = behind(server, "api_client")
    return Client(f"{server.url}/api/v1/halls/small", token)


class Client:
    """A machine with a token. `once` tries once; `insist` repeats the same key until the hall has answered."""

    def __init__(self, base: str, token: str) -> None:
        self.base = base
        self.token = token
        self.outages = 0

    def once(self, path: str, body: dict[str, Any] | None = None, key: str = "") -> Answer:
        """One request: POST with a key, GET without; raises OSError when nobody answers."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = json.dumps(body or {}).encode() if key else None
        if key:
            headers["Idempotency-Key"] = key
        request = urllib.request.Request(self.base + path, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as problem:
            return problem.code, json.load(problem)

    def insist(self, path: str, body: dict[str, Any] | None = None) -> Answer:
        """Until the hall says yes or no; silence, cut lines and 503 are tried again with the same key."""
        key, end = new_key(), time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                status, answer = self.once(path, body, key)
            except (OSError, ValueError, EOFError, urllib.request.http.client.HTTPException):  # type: ignore[attr-defined]
                status = 503
            if status != 503:
                return status, answer
            self.outages += 1
            time.sleep(0.05)
        raise AssertionError(f"no answer from {path} within {PATIENCE} s")

    def seq(self) -> int:
        """The head of the hall's log."""
        seq: int = self.once("")[1]["seq"]
        return seq


class Crowd:
    """Clients in threads of their own: some take numbers, each window calls and lets go."""

    def __init__(
        self, client: Client, kiosks: int = 2, windows: tuple[int, ...] = (1, 2), rest: float = 0.0
    ) -> None:
        self.client = client
        self.rest = rest
        self.issued: list[dict[str, Any]] = []
        self.called: list[dict[str, Any]] = []
        self.odd: list[Answer] = []
        self.over = threading.Event()
        work = [(self._issue, None)] * kiosks + [(self._call, window) for window in windows]
        self.answers = [0] * len(work)
        self.threads = [
            threading.Thread(target=each, args=(number, word), daemon=True)
            for number, (each, word) in enumerate(work)
        ]

    def __enter__(self) -> Crowd:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(PATIENCE + 10)

    def go_on(self, issued: int, called: int = 0) -> None:
        """Wait until so many more numbers were taken and people called, and every client had an answer.

        AssertionError when one gave up: whoever kills the server before all were heard starves some of them.
        """
        issued, called, before = len(self.issued) + issued, len(self.called) + called, list(self.answers)
        while not (
            len(self.issued) >= issued
            and len(self.called) >= called
            and all(now > then for now, then in zip(self.answers, before, strict=True))
        ):
            assert all(thread.is_alive() for thread in self.threads), "a client gave up"
            time.sleep(0.01)

    def _issue(self, number: int, _: object) -> None:
        while not self.over.is_set():
            status, answer = self.client.insist("/tickets", {"service": "id-card"})
            self.answers[number] += 1
            self._note(self.issued, status, answer)
            time.sleep(self.rest)

    def _call(self, number: int, window: int) -> None:
        while not self.over.is_set():
            status, answer = self.client.insist(f"/windows/{window}/call-next")
            self.answers[number] += 1
            if answer.get("code") == "nobody_waiting":
                time.sleep(0.02)
                continue
            self._note(self.called, status, answer)
            self.client.insist(f"/windows/{window}/no-show")
            time.sleep(self.rest)

    def _note(self, shelf: list[dict[str, Any]], status: int, answer: dict[str, Any]) -> None:
        if status == 200:
            shelf.append(answer)
        else:
            self.odd.append((status, answer))

    def assert_kept(self, server: Hallqueue) -> None:
        """What was acknowledged is there exactly once, and nothing else is."""
        assert not self.odd, self.odd[:3]
        told = json.loads(behind(server, "tell"))
        kept = sorted((int(ticket), label) for ticket, label in told["issued"].items())
        assert kept == sorted((each["ticket"], each["label"]) for each in self.issued)
        assert sorted(told["called"]) == sorted(each["ticket"] for each in self.called)
        assert len(set(told["called"])) == len(told["called"]), "somebody was called twice"
