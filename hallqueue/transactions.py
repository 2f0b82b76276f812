"""The two ways to touch the database: one command at a time per hall, and one consistent read."""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.db import connection, transaction

from hallqueue.models import Hall
from hallqueue.statements import fetch

_own = threading.local()

_BEGIN_READ = {"sqlite": "BEGIN DEFERRED", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}


@contextmanager
def one_command(hall_id: int) -> Iterator[Hall]:
    """A transaction that first takes the hall's row; raises Hall.DoesNotExist.

    PostgreSQL locks the row; SQLite ignores FOR UPDATE, so there the transaction begins IMMEDIATE, and
    writers line up in order at a file lock, since SQLite's own busy handler lets late ones overtake.
    """
    with _turn(), transaction.atomic():
        yield taken_hall(hall_id)


def taken_hall(hall_id: int) -> Hall:
    """The hall as it is stored, its row taken until the transaction ends; raises Hall.DoesNotExist."""
    hall = fetch(Hall, '"id" = %s', hall_id, lock=True)
    if hall is None:
        raise Hall.DoesNotExist
    return hall


@contextmanager
def one_read() -> Iterator[None]:
    """All reads inside see one moment of the database and hinder no writer."""
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN_READ[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("COMMIT")  # not ROLLBACK: the driver would forget its plans


@contextmanager
def _turn() -> Iterator[None]:
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    lock = _lock_file()
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)


def _lock_file() -> IO[bytes]:
    """This thread's own handle of the lock file: handles exclude each other, across threads and processes alike."""
    path = f"{connection.settings_dict['NAME']}.writer"
    if getattr(_own, "path", None) != path:
        file = Path("/dev/null" if ":memory:" in path else path).open("ab")  # noqa: SIM115  (lives as long as the thread)
        _own.path, _own.file = path, file
    kept: IO[bytes] = _own.file
    return kept
