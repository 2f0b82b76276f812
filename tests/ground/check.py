"""Lint, format, types and missing migrations: all run, even when one fails (`make check`)."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from tests.ground.process import ROOT

CODE = ["hallqueue", "displays", "printers", "tests", "manage.py"]
CHECKS = {
    "lint": ["-m", "ruff", "check", "."],
    "format": ["-m", "ruff", "format", "--check", "."],
    "types": ["-m", "mypy", *CODE],
    "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
}


def failed_checks() -> list[str]:
    """Run every check with a data folder of its own and print what each says; the names of those that failed."""
    with tempfile.TemporaryDirectory(prefix="hallqueue-check-") as data:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HALLQUEUE_")}
        environment = {**kept, "HALLQUEUE_DATA": data}
        return [name for name, command in CHECKS.items() if not passes(name, command, environment)]


def passes(name: str, command: list[str], environment: dict[str, str]) -> bool:
    """What it says is printed at once when it is done: the tests may run beside it."""
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    print(f"\n######## {name}\n{ended.stdout}", end="", flush=True)
    return ended.returncode == 0


def main() -> int:
    failed = failed_checks()
    print(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
