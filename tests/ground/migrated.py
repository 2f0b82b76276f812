"""A database to begin with, migrated, or with the demo hall in it: both cost seconds, so the tests make them once."""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import django

from tests.ground.process import ROOT

DATABASE = "hallqueue.sqlite3"
SHARED = "TESTS_SHARED"  # names the folder in which the processes of a test run leave what is made once


def migrate(settings: Mapping[str, str], *words: str) -> None:
    """`manage.py migrate` (to `words`, else to the newest) by a process with only these HALLQUEUE_* variables."""
    _manage(settings, "migrate", "--verbosity", "0", *words)


def _manage(settings: Mapping[str, str], *words: str) -> None:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("HALLQUEUE_")}
    command = [sys.executable, str(ROOT / "manage.py"), *words]
    subprocess.run(command, env={**inherited, **settings}, check=True, stdout=subprocess.DEVNULL)


def lay_down(data: Path, *, demo: bool = False) -> None:
    """Put a migrated SQLite database into a data folder that has none yet; with `demo`, the demo hall in it."""
    if not (data / DATABASE).exists():
        data.mkdir(parents=True, exist_ok=True)
        shutil.copy(_demo_file() if demo else _migrated_file(), data / DATABASE)


@cache
def _demo_file() -> Path:
    """The demo hall as this program loads it: the first process of a run that asks makes it for all, others wait."""
    folder = _folder_of_this_run()
    made = folder / DATABASE
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            with tempfile.TemporaryDirectory(dir=folder) as data:
                lay_down(Path(data))
                _manage({"HALLQUEUE_DATA": data, "HALLQUEUE_DEMO": "1"}, "load_demo")
                (Path(data) / DATABASE).rename(made)
    return made


def _folder_of_this_run() -> Path:
    """One for all processes of a test run (`tests.ground.plugin`), or this process's own outside of one."""
    if shared := os.environ.get(SHARED):
        return Path(shared)
    folder = tempfile.TemporaryDirectory(prefix="hallqueue-shared-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


@cache
def _migrated_file() -> Path:
    """The one that these very migrations made: kept from run to run under a name that says which they were."""
    kept = Path(tempfile.gettempdir()) / f"hallqueue-migrated-{_fingerprint()}.sqlite3"
    if not kept.exists():
        with tempfile.TemporaryDirectory(prefix="hallqueue-migrate-", dir=kept.parent) as folder:
            migrate({"HALLQUEUE_DATA": folder})
            (Path(folder) / DATABASE).rename(kept)
    return kept


def _fingerprint() -> str:
    written = sorted(ROOT.glob("*/migrations/*.py"))
    made_by = [django.__version__.encode(), *(path.read_bytes() for path in written)]
    return hashlib.sha256(b"".join(made_by)).hexdigest()[:16]
