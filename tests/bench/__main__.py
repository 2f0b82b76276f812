"""`make bench`: starts servers of its own, drives them from outside, prints one table; see `--help`.

All of it takes about 20 minutes on two quiet cores; `PARTS="rates screens" make bench` measures some parts only.
"""

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

from tests.bench import cards, paper
from tests.bench.feel import call_to_speech, has_browser, press_to_picture
from tests.bench.load import Delays, Outcome, Target, call_to_screen, cpu_of, crowd, median, percentile
from tests.bench.wire import Connection
from tests.ground.process import ROOT
from tests.ground.servers import Hallqueue, PostgreSQL

CATALOGUE = ROOT / "tests/data/guangan-service-items-2025.csv.gz"
PARTS = ("starts", "paper", "audit", "routing", "rates", "screens", "feel", "old", "reports", "cards")
CLIENTS = (1, 8, 32)
SCREENS = (1, 50, 1000, 5000)
AIMS = {1: 30, 50: 50, 1000: 100, 5000: 300}
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
    if "starts" in options.parts:
        _starts()
    if "paper" in options.parts:
        paper.main()
    postgres = PostgreSQL(durable=True).start() if options.postgres else None
    try:
        if "audit" in options.parts:
            _audit(postgres)
        _servers(options, postgres)
    finally:
        if postgres is not None:
            postgres.remove()
    if "cards" in options.parts:
        cards.main()


def _servers(options: argparse.Namespace, postgres: PostgreSQL | None) -> None:
    """One server without a past for most parts; one for each crowd of old tickets, compared with the first."""
    young: dict[str, float] = {}
    if "reports" in options.parts:
        _reports(options, postgres)
    if set(options.parts) - {"starts", "paper", "audit", "reports", "cards"}:
        young = _one_server(options, 0, postgres)
    for old in options.old if "old" in options.parts else ():
        aged = _one_server(options, old, postgres)
        for name, cost in aged.items():
            _row(
                f"{old:,} old tickets: {name}",
                f"× {cost / young[name]:.2f} of the server's processor without them",
            )


def _options() -> argparse.Namespace:
    words = argparse.ArgumentParser(prog="make bench", description=__doc__)
    words.add_argument("parts", nargs="*", default=PARTS, help=f"some of: {', '.join(PARTS)}")
    words.add_argument("--seconds", type=float, default=4.0, help="length of one measurement")
    words.add_argument("--runs", type=int, default=3)
    words.add_argument("--clients", type=_numbers, default=CLIENTS, help="e.g. 1,8,32")
    words.add_argument("--screens", type=_numbers, default=SCREENS, help="e.g. 1,50,1000,5000")
    words.add_argument("--calls", type=int, default=200, help="calls per call-to-screen measurement")
    words.add_argument("--old", type=_numbers, default=(100_000, 1_000_000), help="old tickets, e.g. 100000")
    words.add_argument("--postgres", action="store_true", help="PostgreSQL instead of SQLite")
    words.add_argument(
        "--url", default="", help="another server with the same API, e.g. http://127.0.0.1:9000"
    )
    words.add_argument("--pid", type=int, default=0, help="that server's process, to tell its processor time")
    words.add_argument("--hall", default="bench")
    words.add_argument("--token", default="", help="that server's API token")
    words.add_argument("--board", default="", help="that server's board cookie")
    words.add_argument("--services", default="s0", help="that server's service codes, with commas")
    options = words.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        words.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return options


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split(",") if int(word) > 0)


class Newcomer(Hallqueue):
    """Started where no data folder is yet."""

    begins_empty = True


def _starts() -> None:
    """`make run` in an empty data folder, with everything installed, and again: until the first page answers."""
    server = Newcomer({"HALLQUEUE_DEMO": "1"})
    try:
        for name, aim in (("first", 90), ("later", 5)):
            begun = time.perf_counter()
            server.start()
            taken = time.perf_counter() - begun
            _row(f"{name} start with the demo hall, to the first answer", f"{taken:.2f} s (aim {aim} s)")
            _row(f"memory after the {name} start, demo hall, idle", f"{server.memory_kb() / 1024:.0f} MB")
            server.stop()
        items = server.folder / "items.csv"
        items.write_bytes(gzip.decompress(CATALOGUE.read_bytes()))
        begun = time.perf_counter()
        server.manage("import_catalogue", str(items), "--hall", "wuhai", "--series", "A")
        _row("a real catalogue of 1,135 items imported", f"{time.perf_counter() - begun:.2f} s (aim 10 s)")
    finally:
        server.remove()


def _reports(options: argparse.Namespace, postgres: PostgreSQL | None) -> None:
    """Folding and reading figures beside the largest crowd of old tickets, in a process of their own."""
    settings = {"HALLQUEUE_DATABASE_URL": postgres.url(postgres.new_database())} if postgres else {}
    server, old = Hallqueue(settings), max(options.old)
    try:
        server.manage("migrate", "--verbosity", "0")
        _python(server, "tests.bench.hall")
        _python(server, "tests.bench.hall", str(old))
        print(f"\n## reports · {old:,} old tickets · {'PostgreSQL' if postgres else 'SQLite'}")
        print(_python(server, "tests.bench.reports"))
    finally:
        server.remove()


def _audit(postgres: PostgreSQL | None) -> None:
    """A million lines of the log verified and looked through."""
    server = Hallqueue({"HALLQUEUE_DATABASE_URL": postgres.url(postgres.new_database())} if postgres else {})
    try:
        server.manage("migrate", "--verbosity", "0")
        print(_python(server, "tests.bench.audit"))
    finally:
        server.remove()


def _one_server(options: argparse.Namespace, old: int, postgres: PostgreSQL | None) -> dict[str, float]:
    """One database with `old` old tickets, one server; the processor's time of each command at most clients."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.bench.settings"}
    if postgres is not None:
        settings["HALLQUEUE_DATABASE_URL"] = postgres.url(postgres.new_database())
    server = Hallqueue(settings)
    try:
        server.manage("migrate", "--verbosity", "0")
        hall = json.loads(_python(server, "tests.bench.hall"))
        print(f"\n## {old:,} old tickets · {'PostgreSQL' if postgres else 'SQLite'} · one process")
        if old:
            _python(server, "tests.bench.hall", str(old), "kept")
        elif "routing" in options.parts:
            print(_python(server, "tests.bench.routing"))
        begun = time.perf_counter()
        server.start()
        _row("start-up to first answer", f"{time.perf_counter() - begun:.2f} s")
        target = Target("127.0.0.1", server.port, "bench", hall["token"], hall["board"], hall["services"])
        target.pid = server.pid
        return asyncio.run(_measure(options, target, server, old))
    finally:
        server.stop()
        server.remove()


async def _measure(
    options: argparse.Namespace, target: Target, server: Hallqueue, old: int
) -> dict[str, float]:
    _row("memory, idle", f"{server.memory_kb() / 1024:.0f} MB (aim 150 MB)")
    if not old and "rates" in options.parts:
        _row("floor: bare SQL transaction", f"{_bare_transactions():.0f}/s")
    if old or {"screens", "feel"} & set(options.parts):
        await _fill(target)
    if old or "screens" in options.parts:
        await _screens(options, target, server, options.screens[:1] if old else options.screens)
    if not old and "feel" in options.parts:
        await _feel(options, target, server)
    if old or {"rates", "old"} & set(options.parts):
        few = old or "rates" not in options.parts
        return await _rates(options, target, options.clients[-1:] if few else options.clients)
    return {}


async def _feel(options: argparse.Namespace, target: Target, server: Hallqueue) -> None:
    heard = await call_to_speech(target, options.calls // 5)
    _row("press to the sound of the call, whole at a board", _delays(heard))
    name = "key at a window to its new picture, 300 waiting"
    if has_browser():
        _row(name, _delays(await asyncio.to_thread(press_to_picture, server, options.calls // 5)))
    else:
        _row(name, "not measured: Chromium is not installed (make setup)")


async def _other(options: argparse.Namespace) -> None:
    parts = urlsplit(options.url)
    assert parts.hostname in ("127.0.0.1", "localhost", "::1"), "only a server on this machine is driven"
    services = options.services.split(",")
    target = Target(parts.hostname, parts.port or 80, options.hall, options.token, options.board, services)
    target.pid = options.pid
    print(f"## {options.url}")
    await _rates(options, target, options.clients, with_floor=False)


async def _rates(
    options: argparse.Namespace, target: Target, crowds: tuple[int, ...], *, with_floor: bool = True
) -> dict[str, float]:
    """Rates by number of clients; the server's processor time of a command with the last number."""
    cost: dict[str, float] = {}
    for clients in crowds:
        floor = await _runs(options, target, clients, target.empty) if with_floor else None
        if floor:
            _row(f"floor: empty view, {clients} clients", _rate(floor))
            alike = await _runs(options, target, clients, target.empty_write)
            _row(f"the same, asked as a command is, {clients} clients", _rate(alike))
        issued = await _runs(options, target, clients, target.issue)
        _row(f"tickets issued, {clients} clients", _rate(issued, floor))
        called = await _runs(options, target, clients, target.call, target.let_go)
        _row(f"call-next, {clients} clients (each followed by no-show)", _rate(called, floor, commands=2))
        cost = {"issue": _cost(issued), "call-next": _cost(called)}
    return cost


async def _runs(options: argparse.Namespace, target: Target, clients: int, *work: Any) -> list[Outcome]:
    await crowd(target, clients, 0.5, *work)
    return [await crowd(target, clients, options.seconds, *work) for _ in range(options.runs)]


def _cost(outcomes: list[Outcome], commands: int = 1) -> float:
    """Milliseconds of the server's processor for one request."""
    return median([1000 * each.server_cpu / len(each.times) / commands for each in outcomes])


def _rate(outcomes: list[Outcome], floor: list[Outcome] | None = None, commands: int = 1) -> str:
    rate = median([each.rate for each in outcomes])
    p50, p99 = (median([each.percentile(part) for each in outcomes]) for part in (0.5, 0.99))
    wrong, doubled = sum(each.wrong for each in outcomes), sum(each.doubled for each in outcomes)
    text = f"{rate:.0f}/s · p50 {p50:.1f} ms · p99 {p99:.1f} ms · lost {wrong} · doubled {doubled}"
    if commands > 1:
        text += f" · {rate * commands:.0f} commands/s"
    own = median([1000 * each.client_cpu / len(each.times) / commands for each in outcomes])
    text += f" · server {_cost(outcomes, commands):.2f} ms, client {own:.2f} ms of processor each"
    if floor:
        share = rate * commands / median([each.rate for each in floor])
        text += f" · of the empty view: {share:.0%} by rate"
    if floor and _cost(outcomes):
        text += f", {_cost(floor) / _cost(outcomes, commands):.0%} by processor (aim 30%)"
    return text


async def _fill(target: Target) -> None:
    """The hall of an ordinary morning: people wait."""
    connection = Connection(target.host, target.port)
    for _ in range(WAITING):
        assert not (await target.issue(connection, 0)).startswith("!")
    await connection.close()
    _row("waiting while screens are measured", str(WAITING))


async def _screens(
    options: argparse.Namespace, target: Target, server: Hallqueue, counts: tuple[int, ...]
) -> None:
    for count in counts:
        before = server.memory_kb()
        screens = target.boards(count)
        await asyncio.sleep(1)
        each = (server.memory_kb() - before) / count
        used, own = cpu_of(target.pid), screens.cpu()
        delays = await call_to_screen(target, screens, options.calls)
        used, own = cpu_of(target.pid) - used, screens.cpu() - own
        _row(f"press to last of {count} screens", f"{_delays(delays.last)}{_aim(count)}{_share(delays)}")
        cost = f"server {1000 * used / options.calls:.0f} ms of processor a call (two frames)"
        cost += f", the crowd itself {1000 * own / options.calls:.0f} ms"
        _row("", cost + (f" · {each:.0f} KB a socket (aim 35 KB)" if count >= 1000 else ""))
        screens.close()
        await asyncio.sleep(1)


def _aim(count: int) -> str:
    return f" (aim: p99 {AIMS[count]} ms)" if count in AIMS else ""


def _share(delays: Delays) -> str:
    first, middle, answer = (
        1000 * percentile(each, 0.5) for each in (delays.first, delays.middle, delays.answer)
    )
    return f" · p50 of the answer {answer:.0f} ms, the first screen {first:.0f} ms, the middle one {middle:.0f} ms"


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
