"""All checks and all tests: everything with SQLite, what touches the database also on PostgreSQL; one closing line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.ground.check import failed_checks
from tests.ground.servers import PostgreSQL

NO_TESTS_COLLECTED = 5
OUTCOMES = ("failed", "passed", "skipped", "xfailed", "xpassed", "error")


class Run(NamedTuple):
    title: str
    marks: str
    on_postgres: bool


# In the order of the collection: `tests.ground.plugin` puts the long files first and keeps files together.
PARALLEL = ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]
RUNS = [Run("SQLite", "", on_postgres=False), Run("PostgreSQL", "both_databases", on_postgres=True)]


class Outcome(NamedTuple):
    counts: Counter[str]
    bad: list[str]


def perform(run: Run, database_url: str, extra: list[str]) -> Outcome:
    """One pytest process; its outcomes counted, and an `error` more when it ended badly without saying so."""
    print(f"\n######## {run.title}", flush=True)
    with tempfile.TemporaryDirectory(prefix="hallqueue-run-") as folder:
        counts_file = Path(folder) / "counts.json"
        environment = {**os.environ, "HALLQUEUE_COUNTS": str(counts_file)}
        environment.pop("HALLQUEUE_DATABASE_URL", None)
        if run.on_postgres:
            environment["HALLQUEUE_DATABASE_URL"] = database_url
        command = [sys.executable, "-m", "pytest", "-q", "--durations=20", "-m", run.marks, *PARALLEL, *extra]
        ended = subprocess.run(command, env=environment, check=False).returncode
        said = (
            json.loads(counts_file.read_text("utf-8")) if counts_file.exists() else {"counts": {}, "bad": []}
        )
    counts, bad = Counter[str](said["counts"]), [f"{run.title}: {name}" for name in said["bad"]]
    if ended not in (0, NO_TESTS_COLLECTED) and not bad:
        counts["error"] += 1
        bad = [f"{run.title}: ended with {ended}"]
    return Outcome(counts, bad)


def closing_line(total: Counter[str], seconds: float) -> str:
    """The sum of the runs, worded as pytest words its own last line."""
    words = {word: word for word in OUTCOMES} | {"error": "error" if total["error"] == 1 else "errors"}
    shown = [f"{total[key]} {word}" for key, word in words.items() if total[key] or key == "passed"]
    return f"======== {', '.join(shown)} in {seconds:.2f}s ========"


def main() -> int:
    started = time.monotonic()
    total, bad = Counter[str](), list[str]()
    with ThreadPoolExecutor(1) as beside, PostgreSQL() as postgres:
        checks = beside.submit(failed_checks)  # one process for a minute, while the tests begin
        for run in RUNS:
            outcome = perform(run, postgres.url(postgres.new_database()), sys.argv[1:])
            total += outcome.counts
            bad += outcome.bad
        unclean = checks.result()
    total["failed"] += len(unclean)
    bad += [f"the checks: {name}" for name in unclean]
    print("".join(f"\nwrong in {name}" for name in bad), flush=True)
    if total["skipped"]:
        print("\nA skipped test proves nothing: skipping counts as failure here.", flush=True)
    print(closing_line(total, time.monotonic() - started), flush=True)
    return 1 if bad or total["skipped"] or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
