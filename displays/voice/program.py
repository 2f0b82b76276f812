"""Runs a program that speaks: fed at once, killed with all its children when its time is over."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress

from displays.voice.errors import ProgramFailedError, ProgramMissingError, ProgramTimedOutError


def output_of(command: Sequence[str], deadline: float, said: bytes = b"") -> bytes:
    """What the program writes when it is told `said`; `deadline` by the monotonic clock. Raises ProgramError."""
    program = _started(command)
    try:
        output, complaint = program.communicate(said, timeout=max(deadline - time.monotonic(), 0))
    except subprocess.TimeoutExpired as error:
        raise ProgramTimedOutError(f"{command[0]} was killed when its time was over") from error
    finally:
        _end(program)
    if program.returncode:
        raise ProgramFailedError(complaint.decode(errors="replace").strip()[:200])
    return output


def _started(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    pipe = subprocess.PIPE
    try:
        # A session of its own, so that the children of a wrapper script can be ended with it.
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
    except OSError as error:
        raise ProgramMissingError(f"cannot start {command[0]}: {error.strerror}") from error


def _end(program: "subprocess.Popen[bytes]") -> None:
    if program.returncode is not None:
        return
    with suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):  # a child that left the session may still hold the pipe
        program.communicate(timeout=0.2)
