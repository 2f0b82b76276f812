"""A hall's own speaking program: it is told a text on its input and writes a WAV to its output."""

import time
from collections.abc import Sequence

from displays.voice.chime import chime
from displays.voice.errors import BrokenWavError, ProgramFailedError
from displays.voice.phrases import CHIME, Unit
from displays.voice.program import output_of
from displays.voice.samples import RATE, Samples, levelled, read_wav, resampled, trimmed

TIME_LIMIT = 3.0
LONGEST_SECONDS = 20.0


class Plugin:
    """An engine: `command` is a program and its arguments; the whole call is one text, one blank between groups."""

    rate = RATE

    def __init__(self, command: Sequence[str], *, time_limit: float = TIME_LIMIT) -> None:
        self.command, self.time_limit = list(command), time_limit

    @property
    def identity(self) -> str:
        """What the sound depends on, for cache keys."""
        return f"command {' '.join(self.command)}"

    def say(self, groups: Sequence[Sequence[Unit]]) -> list[Samples]:
        """The chime, if asked for, and one sound for all the rest; raises ProgramError."""
        words = ["".join(unit.name for unit in group) for group in groups if tuple(group) != (CHIME,)]
        chimes = [chime(self.rate) for group in groups if tuple(group) == (CHIME,)]
        return [*chimes, self._said(" ".join(words))]

    def _said(self, text: str) -> Samples:
        output = output_of(self.command, time.monotonic() + self.time_limit, text.encode())
        try:
            sound, rate = read_wav(output)
        except BrokenWavError as error:
            raise ProgramFailedError(f"{self.command[0]} wrote no WAV: {error}") from error
        if not 8000 <= rate <= 48000 or len(sound) > LONGEST_SECONDS * rate:
            raise ProgramFailedError(f"{self.command[0]} wrote {len(sound)} samples at {rate}")
        heard = trimmed(resampled(sound, rate, self.rate), self.rate)
        if not heard:
            raise ProgramFailedError(f"{self.command[0]} wrote silence")
        return levelled(heard)
