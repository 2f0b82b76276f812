"""Speech from a clip pack: a folder of recorded units and its manifest."""

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from displays.voice.chime import CHIME_LOUDNESS, chime
from displays.voice.errors import BrokenWavError, PackError
from displays.voice.mongolian import is_clip, order_in
from displays.voice.phrases import VOCABULARY, Kind, Unit
from displays.voice.samples import LOUDNESS, Samples, joined, levelled, read_wav, silence, trimmed

SHIPPED_PACK = Path(__file__).parent / "pack"
MANIFEST = "manifest.json"
GAP_SECONDS = 0.02


class Clips:
    """An engine: joins the clips of a pack. Reads every file once; safe to share between threads.

    The manifest is `{"rate": 22050, "made_by": "…", "licence": "…", "clips": {"请": "qing3.wav", …}}`;
    every file is a mono, 16-bit WAV of that rate. Raises PackError for a unit that the pack lacks, and for
    a file that does not fit.
    """

    def __init__(self, folder: Path = SHIPPED_PACK) -> None:
        self.folder = folder
        self._loaded: dict[str, Samples] = {}
        self._lock = Lock()

    @property
    def rate(self) -> int:
        """Samples a second of every clip."""
        return int(self._manifest["rate"])

    @cached_property
    def identity(self) -> str:
        """What the sound depends on, for cache keys: a new recording of one clip changes it."""
        digest = hashlib.sha256()
        for name, content in sorted(self._contents.items()):
            digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
        return f"clips {digest.hexdigest()[:16]}"

    def say(self, groups: Sequence[Sequence[Unit]]) -> list[Samples]:
        """One sound per group, at `rate`."""
        gap = silence(GAP_SECONDS, self.rate)
        return [joined((self._clip(unit) for unit in group), gap) for group in groups]

    def check(self) -> None:
        """Read every clip that the manifest names; raises PackError. A pack may lack units it never says."""
        for name in self._contents:
            if name not in VOCABULARY and not is_clip(name):
                raise PackError(f"{name} is no unit")
            self._clip(VOCABULARY.get(name) or Unit(name, Kind.WORD))

    @property
    def names(self) -> list[str]:
        """The clips it holds."""
        return list(self._contents)

    @property
    def order(self) -> tuple[str, ...]:
        """In which order a Mongolian pack says a call."""
        return order_in(self._contents, self._manifest["order"])

    @property
    def missing(self) -> list[str]:
        """Units that the pack cannot say."""
        return [name for name in VOCABULARY if name not in self._contents]

    def _clip(self, unit: Unit) -> Samples:
        with self._lock:
            if unit.name not in self._loaded:
                self._loaded[unit.name] = self._read(unit)
            return self._loaded[unit.name]

    def _read(self, unit: Unit) -> Samples:
        if unit.kind is Kind.CHIME and unit.name not in self._contents:
            return chime(self.rate)
        if unit.name not in self._contents:
            raise PackError(f"{self.folder} has no clip of {unit.name}")
        try:
            sound, rate = read_wav(self._contents[unit.name])
        except BrokenWavError as error:
            raise PackError(f"{self._manifest['clips'][unit.name]}: {error}") from error
        if rate != self.rate:
            raise PackError(f"{unit.name} has {rate} samples a second, the pack {self.rate}")
        heard = trimmed(sound, rate)
        if not heard:
            raise PackError(f"the clip of {unit.name} is silent")
        return levelled(heard, CHIME_LOUDNESS if unit.kind is Kind.CHIME else LOUDNESS)

    @cached_property
    def _contents(self) -> dict[str, bytes]:
        """The files of the pack by unit."""
        try:
            return {name: (self.folder / file).read_bytes() for name, file in self._manifest["clips"].items()}
        except OSError as error:
            raise PackError(f"{self.folder}: {error}") from error

    @cached_property
    def _manifest(self) -> dict[str, Any]:
        try:
            manifest = json.loads((self.folder / MANIFEST).read_text("utf-8"))
            return {
                "rate": int(manifest["rate"]),
                "clips": dict(manifest["clips"]),
                "order": manifest.get("order"),
            }
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise PackError(f"{self.folder / MANIFEST}: {error!r}") from error
