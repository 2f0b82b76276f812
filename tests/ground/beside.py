"""A second process on a running server's data: does behind its back what a test asks for, and tells what it printed."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping

from tests.ground.process import ROOT


class Beside:
    """Runs code in the halls of `environment`, one piece after the other: Django is loaded once, not for each."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.ground.beside"],
            cwd=ROOT,
            env={"DJANGO_SETTINGS_MODULE": "hallqueue.settings", **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, code: str) -> str:
        """What `code` printed; AssertionError when it failed, its traceback in the test's own output."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(code) + "\n")
        self._child.stdin.flush()
        said = self._child.stdout.readline()
        assert said, f"behind the server, this failed:\n{code}"
        return str(json.loads(said))

    def close(self) -> None:
        assert self._child.stdin is not None
        self._child.stdin.close()
        self._child.wait(30)
        if self._child.stdout is not None:
            self._child.stdout.close()


def _run(code: str) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "<behind the server>", "exec"), {"__name__": "beside"})
    return printed.getvalue()


def main() -> None:
    """Read code, write what came of it; no connection is kept meanwhile, a server may be killed or its data go."""
    import django
    from django.db import connections

    django.setup()
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        printed = _run(json.loads(line))
        connections.close_all()
        answers.write(json.dumps(printed) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
