"""A migrated database to begin with: migrating all tables costs seconds, so each run of the tests does it once."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DATABASE = "hallqueue.sqlite3"


def migrate(settings: Mapping[str, str]) -> None:
    """`manage.py migrate` in a process of its own, with these HALLQUEUE_* variables and no other."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("HALLQUEUE_")}
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
    subprocess.run(command, env={**inherited, **settings}, check=True)


def lay_down(data: Path) -> None:
    """Put a migrated SQLite database into a data folder that has none yet."""
    if not (data / DATABASE).exists():
        data.mkdir(parents=True, exist_ok=True)
        shutil.copy(_migrated_file(), data / DATABASE)


@cache
def _migrated_file() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="hallqueue-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    migrate({"HALLQUEUE_DATA": str(folder)})
    return folder / DATABASE
