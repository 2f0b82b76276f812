"""`make bench`: starts servers of its own, drives them from outside, prints one table; see `--help`."""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench import cards
from tests.bench.feel import call_to_speech, has_browser, press_to_picture
from tests.bench.load import Outcome, Target, call_to_screen, crowd, median, open_screens, percentile
from tests.bench.wire import Connection
from tests.ground.servers import ROOT, Hallqueue, PostgreSQL

CATALOGUE = ROOT / "tests/data/guangan-service-items-2025.csv.gz"
CLIENTS = (1, 8, 32)
SCREENS = (1, 50, 1000, 5000)
WAITING = 300


def main() -> None:
    """Read the wishes, measure, print."""
    options = _options()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    print(f"# hallqueue bench: {options.seconds:g} s per measurement, {options.runs} runs, medians\n")
    if options.url:
        asyncio.run(_other(options))
        return
    _starts()
    _paper()
    postgres = PostgreSQL(durable=True).start() if options.postgres else None
    try:
        for old in options.old:
            _one_server(options, old, postgres)
    finally:
        if postgres is not None:
            postgres.remove()
    cards.main()


def _options() -> argparse.Namespace:
    words = argparse.ArgumentParser(prog="make bench", description=__doc__)
    words.add_argument("--seconds", type=float, default=4.0, help="length of one measurement")
    words.add_argument("--runs", type=int, default=3)
    words.add_argument("--clients", type=_numbers, default=CLIENTS, help="e.g. 1,8,32")
    words.add_argument("--screens", type=_numbers, default=SCREENS, help="e.g. 1,50,1000,5000; 0 for none")
    words.add_argument("--calls", type=int, default=40, help="calls per call-to-screen measurement")
    words.add_argument(
        "--old", type=_numbers, default=(0, 100_000, 1_000_000), help="old tickets, e.g. 0,100000"
    )
    words.add_argument("--postgres", action="store_true", help="PostgreSQL instead of SQLite")
    words.add_argument(
        "--url", default="", help="another server with the same API, e.g. http://127.0.0.1:9000"
    )
    words.add_argument("--hall", default="bench")
    words.add_argument("--token", default="", help="that server's API token")
    words.add_argument("--board", default="", help="that server's board cookie")
    words.add_argument("--services", default="s0", help="that server's service codes, with commas")
    return words.parse_args()


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split(",") if int(word) >= 0)


def _starts() -> None:
    """`make run` in an empty data folder, with everything installed, and again: until the first page answers."""
    server = Hallqueue({"HALLQUEUE_DEMO": "1"})
    try:
        for name in ("first", "later"):
            begun = time.perf_counter()
            server.start()
            _row(
                f"{name} start with the demo hall, to the first answer",
                f"{time.perf_counter() - begun:.2f} s",
            )
            server.stop()
        items = server.folder / "items.csv"
        items.write_bytes(gzip.decompress(CATALOGUE.read_bytes()))
        begun = time.perf_counter()
        server.manage("import_catalogue", str(items), "--hall", "wuhai", "--series", "A")
        _row("a real catalogue of 1,135 items imported", f"{time.perf_counter() - begun:.2f} s")
    finally:
        server.remove()


def _paper() -> None:
    """From a claimed print job to its bytes, in a hall of its own that nobody else is measured in."""
    server = Hallqueue()
    try:
        print(_python(server, "tests.bench.paper"))
    finally:
        server.remove()


def _one_server(options: argparse.Namespace, old: int, postgres: PostgreSQL | None) -> None:
    """One database with `old` old tickets, one server, all measurements."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.bench.settings"}
    if postgres is not None:
        settings["HALLQUEUE_DATABASE_URL"] = postgres.url(postgres.new_database())
    server = Hallqueue(settings)
    try:
        server.manage("migrate", "--verbosity", "0")
        hall = json.loads(_python(server, "tests.bench.hall"))
        print(f"\n## {old:,} old tickets · {'PostgreSQL' if postgres else 'SQLite'} · one process")
        begun = time.perf_counter()
        if old:
            _python(server, "tests.bench.hall", str(old))
            _row("writing the old tickets", f"{time.perf_counter() - begun:.0f} s")
        else:
            print(_python(server, "tests.bench.routing"))
        begun = time.perf_counter()
        server.start()
        _row("start-up to first answer", f"{time.perf_counter() - begun:.2f} s")
        target = Target("127.0.0.1", server.port, "bench", hall["token"], hall["board"], hall["services"])
        asyncio.run(_measure(options, target, server))
        _presses(options, server)
    finally:
        server.stop()
        server.remove()


async def _measure(options: argparse.Namespace, target: Target, server: Hallqueue) -> None:
    idle = server.memory_kb()
    _row("memory, idle", f"{idle / 1024:.0f} MB")
    if not options.url:
        _row("floor: bare SQL transaction", f"{_bare_transactions():.0f}/s")
    if options.screens != (0,):
        await _fill(target)
        await _screens(options, target, server)
        heard = await call_to_speech(target, options.calls)
        _row("press to the sound of the call, whole at a board", _delays(heard))
    await _rates(options, target, with_floor=True)


async def _other(options: argparse.Namespace) -> None:
    parts = urlsplit(options.url)
    assert parts.hostname in ("127.0.0.1", "localhost", "::1"), "only a server on this machine is driven"
    services = options.services.split(",")
    target = Target(parts.hostname, parts.port or 80, options.hall, options.token, options.board, services)
    print(f"## {options.url}")
    await _rates(options, target, with_floor=False)


async def _rates(options: argparse.Namespace, target: Target, *, with_floor: bool) -> None:
    for clients in options.clients:
        floor = await _runs(options, target, clients, target.empty) if with_floor else None
        if floor:
            _row(f"floor: empty view, {clients} clients", _rate(floor))
        issued = await _runs(options, target, clients, target.issue)
        _row(f"tickets issued, {clients} clients", _rate(issued, floor))
        called = await _runs(options, target, clients, target.call, target.let_go)
        _row(f"call-next, {clients} clients (each followed by no-show)", _rate(called, floor, commands=2))


async def _runs(options: argparse.Namespace, target: Target, clients: int, *work: Any) -> list[Outcome]:
    await crowd(target, clients, 0.5, *work)
    return [await crowd(target, clients, options.seconds, *work) for _ in range(options.runs)]


def _rate(outcomes: list[Outcome], floor: list[Outcome] | None = None, commands: int = 1) -> str:
    rate = median([each.rate for each in outcomes])
    p50, p99 = (median([each.percentile(part) for each in outcomes]) for part in (0.5, 0.99))
    wrong, doubled = sum(each.wrong for each in outcomes), sum(each.doubled for each in outcomes)
    text = f"{rate:.0f}/s · p50 {p50:.1f} ms · p99 {p99:.1f} ms · wrong {wrong} · doubled {doubled}"
    if commands > 1:
        text += f" · {rate * commands:.0f} commands/s"
    if floor:
        text += f" · {rate * commands / median([each.rate for each in floor]):.0%} of the empty view"
    return text


async def _fill(target: Target) -> None:
    """The hall of an ordinary morning: people wait."""
    connection = Connection(target.host, target.port)
    for _ in range(WAITING):
        assert not (await target.issue(connection, 0)).startswith("!")
    await connection.close()
    _row("waiting while screens are measured", str(WAITING))


async def _screens(options: argparse.Namespace, target: Target, server: Hallqueue) -> None:
    for count in options.screens:
        before = server.memory_kb()
        screens = await open_screens(target, count)
        await asyncio.sleep(1)
        each = (server.memory_kb() - before) / count
        delays = await call_to_screen(target, screens, options.calls)
        memory = f" · {each:.0f} KB a socket" if count >= 1000 else ""
        _row(f"press to last of {count} screens", f"{_delays(delays)}{memory}")
        for screen in screens:
            await screen.close()
        await asyncio.sleep(1)


def _presses(options: argparse.Namespace, server: Hallqueue) -> None:
    name = "key at a window to its new picture, 300 waiting"
    if has_browser():
        _row(name, _delays(press_to_picture(server, options.calls // 2)))
    else:
        _row(name, "not measured: Chromium is not installed (make setup)")


def _delays(seconds: list[float]) -> str:
    p50, p99 = percentile(seconds, 0.5) * 1000, percentile(seconds, 0.99) * 1000
    return f"p50 {p50:.0f} ms · p99 {p99:.0f} ms"


def _bare_transactions() -> float:
    """How many smallest durable SQLite transactions this disk takes per second."""
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "floor.sqlite3", isolation_level=None)
        database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (n)")
        begun, count = time.perf_counter(), 0
        while time.perf_counter() - begun < 2:
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO t VALUES (1)")
            database.execute("COMMIT")
            count += 1
        return count / (time.perf_counter() - begun)


def _python(server: Hallqueue, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *words],
        env=server.environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _row(name: str, figure: str) -> None:
    print(f"{name:<55} {figure}", flush=True)


if __name__ == "__main__":
    main()
