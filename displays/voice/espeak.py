"""Speech by espeak-ng, run as a program of its own with a time limit."""

import shutil
import time
from collections.abc import Iterable, Sequence
from itertools import groupby
from threading import Lock

from displays.voice.chime import chime
from displays.voice.errors import ProgramFailedError, ReadThroughEnglishError
from displays.voice.phrases import WORDS, Kind, Unit
from displays.voice.program import output_of
from displays.voice.samples import RATE, Samples, joined, levelled, samples_of, silence, trimmed

CHINESE_VOICE = "cmn-latn-pinyin"  # the plain "cmn" reads most characters through English
LETTER_VOICE = "en-us"
WORDS_PER_MINUTE = 175
TIME_LIMIT = 1.5
GAP_SECONDS = 0.04
WAV_HEADER = 44
REMEMBERED = 256


class Espeak:
    """An engine: says groups of units; words that follow each other are said in one breath.

    `time_limit` seconds hold for a whole phrase. Safe to share between threads.
    """

    def __init__(
        self,
        program: str = "espeak-ng",
        voice: str = CHINESE_VOICE,
        *,
        time_limit: float = TIME_LIMIT,
        words_per_minute: int = WORDS_PER_MINUTE,
    ) -> None:
        self.program, self.voice = program, voice
        self.time_limit, self.words_per_minute = time_limit, words_per_minute
        self.rate = RATE
        self._said: dict[str, Samples] = {}
        self._checked = False
        self._lock = Lock()

    @property
    def identity(self) -> str:
        """What the sound depends on, for cache keys."""
        return f"espeak-ng {self.voice} {LETTER_VOICE} {self.words_per_minute}"

    @property
    def installed(self) -> bool:
        """Whether there is such a program; starts nothing."""
        return shutil.which(self.program) is not None

    def say(self, groups: Sequence[Sequence[Unit]]) -> list[Samples]:
        """One levelled sound per group, at `rate`; raises ProgramError."""
        deadline = time.monotonic() + self.time_limit
        self._check_once(deadline)
        return [self._group(group, deadline) for group in groups]

    def phonemes(self, text: str, deadline: float | None = None) -> str:
        """How the Chinese voice reads a text, in espeak-ng's phoneme letters."""
        return self._run(["-v", self.voice, "-q", "-x", text], deadline).decode().strip()

    def check_syllables(self, units: Iterable[Unit], deadline: float | None = None) -> None:
        """Raise ReadThroughEnglishError if one of the words would be read with sounds of another language."""
        read = self.phonemes(" ".join(unit.pinyin for unit in units), deadline)
        if "(" in read:  # a change of language is written "(en)"
            raise ReadThroughEnglishError(f"voice {self.voice} reads {read}")

    def _check_once(self, deadline: float) -> None:
        if not self._checked:
            self.check_syllables(WORDS.values(), deadline)
            self._checked = True

    def _group(self, group: Sequence[Unit], deadline: float) -> Samples:
        runs = groupby(group, key=lambda unit: unit.kind)
        sounds = [self._same_kind(kind, tuple(units), deadline) for kind, units in runs]
        return joined(sounds, silence(GAP_SECONDS, self.rate))

    def _same_kind(self, kind: Kind, units: tuple[Unit, ...], deadline: float) -> Samples:
        if kind is Kind.CHIME:
            return chime(self.rate)
        if kind is Kind.WORD:
            return self._spoken(self.voice, " ".join(unit.pinyin for unit in units), deadline)
        letters = [self._spoken(LETTER_VOICE, unit.name, deadline) for unit in units]
        return joined(letters, silence(GAP_SECONDS, self.rate))

    def _spoken(self, voice: str, text: str, deadline: float) -> Samples:
        """Speech remembered by text, for 到三号窗口, 办理 and the letters come back with every call."""
        key = f"{voice} {text}"
        with self._lock:
            if key in self._said:
                return self._said[key]
        sound = self._fresh(voice, text, deadline)
        with self._lock:
            if len(self._said) >= REMEMBERED:
                del self._said[next(iter(self._said))]
            self._said[key] = sound
        return sound

    def _fresh(self, voice: str, text: str, deadline: float) -> Samples:
        speed = str(self.words_per_minute)
        content = self._run(["-v", voice, "-s", speed, "--stdout", text], deadline)
        sound = levelled(trimmed(_streamed_samples(content), self.rate))
        if not sound:
            raise ProgramFailedError(f"silence for {text!r}")
        return sound

    def _run(self, arguments: list[str], deadline: float | None) -> bytes:
        return output_of([self.program, *arguments], deadline or time.monotonic() + self.time_limit)


def _streamed_samples(content: bytes) -> Samples:
    """Samples of a WAV written to a pipe, whose header cannot know the length."""
    if content[:4] != b"RIFF" or content[36:40] != b"data":
        raise ProgramFailedError("the output is not a WAV")
    rate = int.from_bytes(content[24:28], "little")
    if rate != RATE:
        raise ProgramFailedError(f"{rate} samples a second instead of {RATE}")
    return samples_of(content[WAV_HEADER:])
