"""A whole backup in one file: the database as at one moment, and what lies beside it in the data folder."""

import os
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

LEFT_OUT = ("sound", "unnamed")
"""What is made anew by itself, and what no row names yet."""
SQLITE, DUMP = "hallqueue.sqlite3", "hallqueue.dump"


class BackupFailed(Exception):
    """Why no backup was made, in one sentence."""


def back_up(database: dict[str, Any], data: Path, folder: Path, at: datetime) -> Path:
    """Write `folder`/hallqueue-20261130-021500.tar.gz, for its owner's eyes alone, and return its path.

    `database` is Django's entry. The database is read first: whatever file its rows name is there when the files are
    read. What is half written has another name. Raises BackupFailed, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = folder / f"hallqueue-{at:%Y%m%d-%H%M%S}.tar.gz"
    with tempfile.TemporaryDirectory(dir=folder, prefix=".hallqueue-") as draft:
        copy = _copied(database, Path(draft))
        tar = Path(draft) / "tar"
        tar.touch(mode=0o600)
        with tarfile.open(tar, "w:gz", compresslevel=1) as archive:
            archive.add(copy, copy.name)
            for path in _beside(data):
                archive.add(path, path.name)
        tar.replace(name)
    return name


def _beside(data: Path) -> list[Path]:
    """The folder's files but the living database (and its locks) and what makes itself anew."""
    paths = sorted(data.iterdir())
    return [
        each for each in paths if not each.name.startswith((SQLITE, "demo-")) and each.name not in LEFT_OUT
    ]


def _copied(database: dict[str, Any], draft: Path) -> Path:
    if database["ENGINE"].endswith("sqlite3"):
        copy = draft / SQLITE
        with closing(sqlite3.connect(database["NAME"])) as living, closing(sqlite3.connect(copy)) as kept:
            living.backup(kept)
        return copy
    copy = draft / DUMP
    where = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    env = os.environ | {name: str(database[key]) for name, key in where.items() if database.get(key)}
    try:
        subprocess.run(
            ["pg_dump", "--format=custom", "--no-owner", f"--file={copy}"],
            env=env, check=True, capture_output=True, text=True,
        )  # fmt: skip
    except FileNotFoundError:
        raise BackupFailed("pg_dump is not installed: apt install postgresql-client") from None
    except subprocess.CalledProcessError as error:
        raise BackupFailed(f"pg_dump: {error.stderr.strip()}") from None
    return copy
