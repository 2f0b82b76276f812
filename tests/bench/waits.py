"""`make backtest`: how often real waits fell into the ranges that this hall would have shown, from a log of tickets.

The log is a CSV (or .csv.gz) with the columns of `tests/data/warsaw-waits.csv`; without a path, that sample.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

SAMPLE = Path(__file__).parent.parent / "data" / "warsaw-waits.csv"


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a log."""
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    yield from csv.DictReader(text.decode().splitlines())


def queues_of(path: Path) -> dict[tuple[str, str], list[object]]:
    """Visits by day and service; people who were never called are left out, as nobody knows when they went.

    The log does not say how long anybody stood at a counter, so the pace is known by the calls alone.
    """
    from hallqueue.hindsight import Visit

    queues: dict[tuple[str, str], list[object]] = defaultdict(list)
    for row in rows_of(path):
        if row["abandoned"] == "1" or not row["start"]:
            continue
        came = _moment(row["day"], row["arrive"])
        called = max(came, _moment(row["day"], row["start"]))
        queues[row["day"], row["service"]].append(Visit(came, called, called, 1))
    return queues


def _moment(day: str, time: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{time}+01:00")


def main() -> None:
    """Print the score of a log, over all and for those who waited long."""
    import django

    django.setup()
    from hallqueue.hindsight import Score, ranges_of

    path = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE
    everybody, in_line, long = Score(), Score(), Score()
    for visits in queues_of(path).values():
        for visit, shown in ranges_of(visits):  # type: ignore[arg-type]
            everybody.add(visit, shown)
            if visit.waited >= 5:
                in_line.add(visit, shown)
            if visit.waited >= 30:
                long.add(visit, shown)
    for name, score in (
        ("everybody", everybody),
        ("waited 5 min or more", in_line),
        ("waited 30 min or more", long),
    ):
        part = score.inside / score.shown if score.shown else 0
        miss = score.missed / (score.longer + score.shorter or 1)
        print(
            f"{name:22} shown {score.shown:6}  inside {part:6.1%}  longer {score.longer:5}  shorter {score.shorter:5}"
            f"  mean miss {miss:5.1f} min  hidden {score.hidden}"
        )


if __name__ == "__main__":
    main()
