"""The outside anchor: a file, kept away from the database, to which the head of each hall's log is appended."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

NEAR_THE_END = 256 * 1024


@dataclass(frozen=True)
class Anchor:
    """The log of a hall ended with this line at that time; one line of the file, words between spaces."""

    at: datetime
    hall: str
    epoch: str
    seq: int
    link: str

    def __str__(self) -> str:
        at = self.at.isoformat(timespec="seconds")
        return f"{at} {self.hall} {self.epoch} {self.seq} {self.link}"


class BadAnchors(Exception):
    """The file cannot be read, or this line of it says nothing."""


def append(path: Path, anchor: Anchor) -> None:
    """Add a line at the file's end, on the disk before this returns; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(file, f"{anchor}\n".encode())
        os.fsync(file)
    finally:
        os.close(file)


def read(path: Path, hall: str) -> list[Anchor]:
    """A hall's anchors in the order they were written; raises BadAnchors."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadAnchors(f"{path}: {error}") from None
    return list(_of_hall(path, lines, hall))


def last(path: Path, hall: str) -> Anchor | None:
    """The newest anchor of a hall, looked for at the file's end; None where there is none. Raises BadAnchors."""
    if not path.exists():
        return None
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - NEAR_THE_END))
            lines = file.read().decode(errors="replace").split("\n")[:-1]
    except OSError as error:
        raise BadAnchors(f"{path}: {error}") from None
    mine = [line for line in lines if line.split()[1:2] == [hall]]
    return next(_of_hall(path, mine[-1:], hall), None)


def _of_hall(path: Path, lines: list[str], hall: str) -> Iterator[Anchor]:
    for number, line in enumerate(lines, 1):
        words = line.split()
        if len(words) == 5 and words[1] != hall:
            continue
        try:
            at, slug, epoch, seq, link = words
            yield Anchor(datetime.fromisoformat(at), slug, epoch, int(seq), link)
        except ValueError:
            raise BadAnchors(f"{path}:{number}: {line[:80]!r}") from None
