"""A video's bytes while its container is read: piece by piece from the disk, and only so many times."""

from typing import BinaryIO

from displays.video import BadVideoError

WINDOW = 16 * 1024
MOST_LOOKS = 1_500_000
"""Ten minutes of pictures and sound take half of it; a file made of nothing but tiny boxes would take minutes."""


class Source:
    """Reads like bytes (`source[4:8]`, `len(source)`), but holds no more than a window of the file."""

    def __init__(self, file: BinaryIO, most: int = MOST_LOOKS) -> None:
        self._file, self._left = file, most
        self._size = file.seek(0, 2)
        self._from, self._window = 0, b""

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, place: slice) -> bytes:
        start, stop, _ = place.indices(self._size)
        self._left -= 1
        if self._left < 0 or not 0 <= stop - start <= WINDOW:
            raise BadVideoError("video_broken", "…")
        if not self._from <= start <= stop <= self._from + len(self._window):
            self._file.seek(start)
            self._from, self._window = start, self._file.read(WINDOW)
        return self._window[start - self._from : stop - self._from]
