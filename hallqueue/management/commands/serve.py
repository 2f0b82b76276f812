"""`manage.py serve`: pages, sockets and workers in one process, after bringing the data up to date."""

import contextlib
import ctypes
import gc
import logging
import os
import socket
import sys
from collections.abc import Callable
from importlib import import_module
from multiprocessing import get_context
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import get_resolver
from django.utils.module_loading import autodiscover_modules

from hallqueue import workers
from hallqueue.demo import day
from hallqueue.demo.load import PASSWORD, load
from hallqueue.models import ApiClient, User
from hallqueue.tables import is_behind, misfit, refuse, require_tables
from hallqueue.watch import Sentinel

log = logging.getLogger("hallqueue.serve")

# A thread that computes lets the others in this soon, not after Python's 5 ms: a press waits for many turns.
TURN = 0.0005


class Command(BaseCommand):
    """Serve the hall."""

    help = "Serve the hall: pages, sockets and workers in one process."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen, and whether the workers run here."""
        parser.add_argument("--host", default="0.0.0.0")
        parser.add_argument("--port", type=int, default=settings.ENVIRONMENT.port)
        parser.add_argument(
            "--no-workers", action="store_true", help="the workers run as commands of their own"
        )
        parser.add_argument("--no-migrate", action="store_true", help="the database is already up to date")

    def handle(
        self, *args: Any, host: str, port: int, no_workers: bool, no_migrate: bool, **options: Any
    ) -> None:
        """Bring the data up to date, then serve until stopped."""
        _check_port(host, port)
        if not no_migrate and is_behind():
            _in_a_child(_bring_up_to_date)
        require_tables()
        if settings.DEMO:
            load()
        if no_workers:
            workers.register("sentinel", Sentinel().look)
        else:
            autodiscover_modules("rounds")
        workers.start_all()
        if settings.DEMO and settings.ENVIRONMENT.demo_day:
            day.start(load())
        _serve(host, port)


def _bring_up_to_date() -> None:
    loader = MigrationExecutor(connection).loader
    recorded = [each for each in loader.applied_migrations if each in loader.graph.nodes]
    refuse(misfit(loader.project_state(recorded).apps.get_models(include_auto_created=True)))
    call_command("migrate", verbosity=0, interactive=False)
    if settings.DEMO:
        load()


def _in_a_child(work: Callable[[], None]) -> None:
    """What it took of the memory goes with the child: 70 MB that the server would keep for ever."""
    connection.close()
    child = get_context("fork").Process(target=work)
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit("The database could not be brought up to date; the reason stands above.")


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SystemExit(_taken(port, error.strerror or str(error))) from None


def _taken(port: int, why: str) -> str:
    return f"Port {port} cannot be used ({why}); choose another: PORT=8001 make run"


def _serve(host: str, port: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallqueue.settings")
    from daphne.endpoints import (
        build_endpoint_description_strings,
    )  # daphne installs its event loop when imported
    from daphne.server import Server

    from hallqueue.asgi import application, live

    _load_pages()
    hint = _first_step()
    server: Any = Server(
        application,
        endpoints=build_endpoint_description_strings(host=host, port=port),
        signal_handlers=True,
        server_name="hallqueue",
        verbosity=0,
        ready_callable=lambda: _ready(server, live, port, hint),
    )
    refused: list[Any] = []

    def listen_error(failure: Any) -> None:
        refused.append(failure.value)
        server.stop()

    server.listen_error = listen_error
    server.run()
    if refused:  # free when it was looked at, taken while the database was brought up to date
        sys.stderr.write(f"{_taken(port, str(refused[0]))}\n")
    sys.stdout.flush()
    # What was answered is on the disk; a worker in the middle of a look must not hold the door.
    os._exit(1 if refused else 0)


def _load_pages() -> None:
    """Load the code of every page, the first citizen should not wait for it; that for machines where there are some."""
    get_resolver().url_patterns  # noqa: B018  (asking loads them)
    if ApiClient.objects.filter(revoked_at=None).exists():
        import_module("hallqueue.api.v1")
    connection.close()


def _ready(server: Any, live: Any, port: int, hint: str) -> None:
    from twisted.internet import reactor

    from hallqueue.live import wire

    loop: Any = reactor
    loop.callLater(0, live.started)  # the loop does not run yet
    wire.prepare(server)
    gc.collect()
    _give_back_memory()
    gc.freeze()  # what start-up made lives for ever: the collector need not walk it again
    gc.set_threshold(50_000, 20, 100)
    sys.setswitchinterval(TURN)
    _welcome(port, hint)


def _give_back_memory() -> None:
    """What start-up left free goes back to the system: 20 MB."""
    with contextlib.suppress(OSError, AttributeError):  # another C library keeps it
        ctypes.CDLL(None).malloc_trim(0)


def _first_step() -> str:
    """What an installation without anybody needs first; "" once somebody may sign in."""
    known = User.objects.exists()
    connection.close()
    way_in = ".venv/bin/python manage.py add_user NAME --role administrator"
    return "" if known else f"Nobody may sign in yet: {way_in}"


def _welcome(port: int, hint: str) -> None:
    print(f"\n  hallqueue is ready: http://localhost:{port}/", flush=True)
    if settings.DEMO:
        people = "admin, manager, desk, clerk01 … clerk22, auditor"
        print(f"  Demo hall 乌海市政务服务大厅. Accounts: {people}; password: {PASSWORD}", flush=True)
    if hint:
        print(f"  {hint}", flush=True)
    print("  Ctrl+C stops it.\n", flush=True)
