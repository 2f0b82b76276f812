"""Files that no row names yet: each leaves a mark when it is written, so that one whose command never came is found.

A mark says of which database the command is: another one over the same folder lets the file be.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

MARKS = "unnamed"


def mark(name: str, folder: str) -> None:
    """From now on the file is looked after: whoever writes it does so before. Raises OSError."""
    place = _place(folder)
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_text(_database(), "utf-8")


def unmark(name: str, folder: str) -> None:
    """The file has its row, or is gone."""
    (_place(folder) / name).unlink(missing_ok=True)


def marked_before(moment: datetime, folder: str) -> Iterator[str]:
    """The names of this database's files that were last written before."""
    place = _place(folder)
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        if is_marked_before(moment, path.name, folder) and path.read_text("utf-8") == _database():
            yield path.name


def is_marked_before(moment: datetime, name: str, folder: str) -> bool:
    """Whether nobody has written the file since."""
    return datetime.fromtimestamp((_place(folder) / name).stat().st_mtime, UTC) < moment


def _place(folder: str) -> Path:
    data: Path = settings.DATA
    return data / MARKS / folder


def _database() -> str:
    where = connection.settings_dict
    return f"{where['HOST']}:{where['PORT']}/{where['NAME']}"
