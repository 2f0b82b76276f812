"""From a phrase to the bytes of a WAV: engines in order, chime, repetition, cache."""

import hashlib
import json
import logging
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Protocol

from displays.voice.cache import SoundCache
from displays.voice.clips import Clips
from displays.voice.errors import PackError, ProgramTimedOutError, VoiceError
from displays.voice.espeak import WORDS_PER_MINUTE, Espeak
from displays.voice.phrases import CHIME, Phrase, Unit
from displays.voice.samples import Samples, joined, read_wav, resampled, silence, wav_bytes

REVISION = 1  # of the way sounds are joined; a change makes every cached sound new
AFTER_CHIME_SECONDS = 0.2
BETWEEN_GROUPS_SECONDS = 0.14
BETWEEN_TIMES_SECONDS = 0.6
REST_SECONDS = 60.0
MOST_CACHE_BYTES = 64 * 1024 * 1024
LOCKS = 32
log = logging.getLogger(__name__)


class Engine(Protocol):
    """Makes speech of units; raises VoiceError when it cannot."""

    @property
    def identity(self) -> str:
        """Everything the sound depends on."""

    @property
    def rate(self) -> int:
        """Samples a second."""

    def say(self, groups: Sequence[Sequence[Unit]]) -> list[Samples]:
        """One sound per group, the chime's too."""


def engines(pack: Path | None = None, *, words_per_minute: int = WORDS_PER_MINUTE) -> list[Engine]:
    """A hall's own clip pack if it has a readable one, then espeak-ng if installed, last the shipped pack."""
    espeak = Espeak(words_per_minute=words_per_minute)
    return [*own_pack(pack), *([espeak] if espeak.installed else []), Clips()]


def own_pack(folder: Path | None) -> Iterator[Clips]:
    """The pack of a folder, if there is a readable one; what cannot be read is logged and left out."""
    if folder is None:
        return
    pack = Clips(folder)
    try:
        pack.check()
    except PackError as error:
        log.error("the hall's clip pack is left out: %s", error)
    else:
        yield pack


class Speech:
    """The one door of the voice. Safe to share between threads; several processes may share one folder.

    The first engine of the list that delivers is heard. One that ran out of time rests for `rest_seconds`,
    so a hanging program delays one call, not every call. Each engine's sounds have keys of their own.
    `second` says the phrase's second language, after the first or before it; where it cannot, the first stands alone.
    """

    def __init__(
        self,
        folder: Path,
        order: Sequence[Engine] | None = None,
        *,
        times: int = 2,
        second: Engine | None = None,
        second_first: bool = False,
        most_bytes: int = MOST_CACHE_BYTES,
        rest_seconds: float = REST_SECONDS,
    ) -> None:
        self.order = tuple(engines() if order is None else order)
        self.times, self.rest_seconds = times, rest_seconds
        self.second, self.second_first = second, second_first
        self.cache = SoundCache(folder, most_bytes)
        self._rests_until: dict[Engine, float] = {}
        self._locks = [Lock() for _ in range(LOCKS)]

    def key_for(self, phrase: Phrase) -> str:
        """32 hexadecimal digits that name the phrase's sound: the same in every process; makes nothing."""
        return self._key(phrase, self.order[0])

    def wav_for(self, phrase: Phrase) -> bytes:
        """A whole mono 16-bit WAV: the chime, then the phrase `times` times. VoiceError if no engine can.

        Of a phrase that is `second_alone`: the second language only.
        """
        failures = []
        for engine in self.order:
            try:
                said = self._wav_by(engine, phrase)
            except VoiceError as error:
                log.warning("%s does not speak: %s", type(engine).__name__, error)
                failures.append(f"{type(engine).__name__}: {error}")
                continue
            if failures:
                self._keep_instead(self.key_for(phrase), said)
            return said
        raise VoiceError(f"no engine speaks: {'; '.join(failures)}")

    def cached(self, key: str) -> bytes | None:
        """The sound of a key that was made before and is still kept, if need be what another engine said in its
        place; raises ValueError for what is no key."""
        return self.cache.read(key) or self.cache.read(_instead_of(key))

    def _keep_instead(self, key: str, said: bytes) -> None:
        """Whoever knows the key may ask for it when the settings no longer tell which phrase it was."""
        if self.cache.read(_instead_of(key)) is None:
            self.cache.write(_instead_of(key), said)

    def _wav_by(self, engine: Engine, phrase: Phrase) -> bytes:
        key = self._key(phrase, engine)
        with self._locks[int(key, 16) % LOCKS]:  # the second asker of a phrase finds the first one's file
            kept = self.cache.read(key)
            if kept is not None:
                return kept
            made = self._made_unless_resting(engine, phrase)
            self.cache.write(key, made)
            return made

    def _made_unless_resting(self, engine: Engine, phrase: Phrase) -> bytes:
        if time.monotonic() < self._rests_until.get(engine, 0.0):
            raise VoiceError("rests after a time-out")
        try:
            return self._made(engine, phrase)
        except ProgramTimedOutError:
            self._rests_until[engine] = time.monotonic() + self.rest_seconds
            raise

    def _made(self, engine: Engine, phrase: Phrase) -> bytes:
        rate = engine.rate
        chime, *spoken = engine.say([(CHIME,), *phrase.groups])
        languages = [sounds for sounds in (spoken, self._in_second(phrase, rate)) if sounds]
        once = [joined(sounds, silence(BETWEEN_GROUPS_SECONDS, rate)) for sounds in languages]
        times = phrase.times or self.times
        ordered = reversed(once) if self.second_first else once
        said = joined([each for each in ordered for _ in range(times)], silence(BETWEEN_TIMES_SECONDS, rate))
        if not languages:
            raise VoiceError("nothing to say")
        parts = [chime, said] if phrase.groups else [said]
        content = wav_bytes(joined(parts, silence(AFTER_CHIME_SECONDS, rate)), rate)
        read_wav(content)
        return content

    def _in_second(self, phrase: Phrase, rate: int) -> list[Samples]:
        """The second language at the first one's rate; nothing where the phrase or the engine has none of it."""
        if self.second is None or not phrase.second:
            return []
        try:
            sounds = self.second.say(phrase.second)
        except VoiceError as error:
            log.info("silent in the second language: %s", error)
            return []
        return [resampled(sound, self.second.rate, rate) for sound in sounds]

    def _key(self, phrase: Phrase, engine: Engine) -> str:
        parts: list[object] = [REVISION, phrase.times or self.times, engine.identity, phrase.text]
        if self.second is not None and phrase.second:
            parts += [
                self.second.identity,
                self.second_first,
                [unit.name for group in phrase.second for unit in group],
            ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _instead_of(key: str) -> str:
    """The key of what another engine said in the place of the one whose key it is."""
    return hashlib.sha256(f"instead of {key}".encode()).hexdigest()[:32]
