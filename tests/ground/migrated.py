"""A migrated database to begin with: migrating all tables costs seconds, so the tests do it once."""

from __future__ import annotations

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

ROOT = Path(__file__).resolve().parent.parent.parent
DATABASE = "hallqueue.sqlite3"


def migrate(settings: Mapping[str, str], *words: str) -> None:
    """`manage.py migrate` (to `words`, else to the newest) by a process with only these HALLQUEUE_* variables."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("HALLQUEUE_")}
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0", *words]
    subprocess.run(command, env={**inherited, **settings}, check=True)


def lay_down(data: Path) -> None:
    """Put a migrated SQLite database into a data folder that has none yet."""
    if not (data / DATABASE).exists():
        data.mkdir(parents=True, exist_ok=True)
        shutil.copy(_migrated_file(), data / DATABASE)


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
