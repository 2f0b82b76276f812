"""Sounds kept on disk by key: written whole or not at all, the least used go first."""

import logging
import os
import re
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from displays.voice.errors import BrokenWavError
from displays.voice.samples import read_wav

KEY = re.compile(r"[0-9a-f]{32}")
STALE_SECONDS = 600.0
log = logging.getLogger(__name__)


class SoundCache:
    """WAV files named by key in one folder, never more than `most_bytes` of them after a write.

    A disk that refuses costs the speed of the cache, never the call: it is logged, nothing is raised.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self.folder, self.most_bytes = folder, most_bytes

    def read(self, key: str) -> bytes | None:
        """The sound, if it is there and whole; a broken file is removed."""
        path = self._path(key)
        try:
            content = path.read_bytes()
            read_wav(content)
        except BrokenWavError:
            path.unlink(missing_ok=True)
            return None
        except OSError:
            return None
        with suppress(OSError):
            os.utime(path)
        return content

    def write(self, key: str, content: bytes) -> None:
        """Keep the sound and make room for it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._put(self._path(key), content)
            self._make_room()
        except OSError as error:
            log.warning("sound %s is not kept: %s", key, error)

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError(f"not a key of a sound: {key[:40]!r}")
        return self.folder / f"{key}.wav"

    def _put(self, path: Path, content: bytes) -> None:
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise

    def _make_room(self) -> None:
        sounds = sorted((stat.st_mtime, stat.st_size, path) for path, stat in self._files("*.wav"))
        excess = sum(size for _, size, _ in sounds) - self.most_bytes
        for _, size, path in sounds[:-1]:  # the newest stays, whatever its size
            if excess <= 0:
                break
            path.unlink(missing_ok=True)
            excess -= size
        for path, stat in self._files(".*.part"):  # left by a process that was killed
            if time.time() - stat.st_mtime > STALE_SECONDS:
                path.unlink(missing_ok=True)

    def _files(self, pattern: str) -> list[tuple[Path, os.stat_result]]:
        found = []
        for path in self.folder.glob(pattern):
            with suppress(FileNotFoundError):  # another process may have made room
                found.append((path, path.stat()))
        return found
