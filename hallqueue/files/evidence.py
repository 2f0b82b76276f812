"""Pictures that people send: decoded and drawn anew, so that a picture, and nothing beside it, is kept in the data."""

import contextlib
import errno
import fcntl
import hashlib
import io
import os
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from django.conf import settings
from PIL import Image, ImageOps

from hallqueue.errors import Refused
from hallqueue.files import unnamed
from hallqueue.sealing import keyed_hash

LARGEST_FILE = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2400
FORMATS = ("JPEG", "PNG", "WEBP")
# How decoders fail when strangers feed them; an unknown format is an OSError.
BROKEN: tuple[type[Exception], ...] = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    TypeError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
)
_NAME = re.compile(r"[0-9a-f]{64}\.(?:jpg|webm|mp4|ogg|mp3|pdf)")
FOLDER, NOTICES, SENT = "evidence", "notices", "notices-sent"


def redrawn(raw: bytes, longest: int = LONGEST_SIDE) -> bytes:
    """The picture as a JPEG of at most `longest` pixels a side, turned upright, without metadata.

    Raises Refused: photo_too_large, photo_too_many_pixels, photo_unreadable.
    """
    if len(raw) > LARGEST_FILE:
        raise Refused("photo_too_large", 413, limit="10 MB")
    try:
        _check(raw)
        return _draw(raw, longest)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except BROKEN:
        raise Refused("photo_unreadable", 400) from None


def file_name(key: str, content: bytes, ending: str = "jpg") -> str:
    """A name nobody can guess, the same for the same content of the same command."""
    return name_of(key, hashlib.sha256(content), ending)


def name_of(key: str, digest: "hashlib._Hash", ending: str) -> str:
    """The same of a content that is not in memory."""
    return f"{keyed_hash('evidence', key + digest.hexdigest())}.{ending}"


def keep(name: str, content: bytes, folder: str = FOLDER) -> None:
    """Write a file into the data folder, whole or not at all; raises Refused("disk_full")."""
    keep_by(name, lambda file: file.write(content), folder)


def keep_by(name: str, write: Callable[[IO[bytes]], object], folder: str = FOLDER) -> None:
    """The same of what `write` writes.

    If the command that is to name it never comes, it is taken away after a day (`erasing.py`).
    """
    path, draft = path_of(name, folder), _draft_of(name, folder)
    try:
        unnamed.mark(name, folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        with _written(draft) as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())  # a name must not outlive a power cut that its content does not
            draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            if not path.exists():
                unnamed.unmark(name, folder)
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise Refused("disk_full", 507) from None


def drop(name: str, folder: str = FOLDER) -> None:
    """Take a file away, what was begun of it, and its mark; one that is gone already is no matter."""
    path_of(name, folder).unlink(missing_ok=True)
    _draft_of(name, folder).unlink(missing_ok=True)
    unnamed.unmark(name, folder)


def drop_dead(name: str, folder: str = FOLDER) -> None:
    """Take away what a killed process left of a file while it wrote it; one that is being written is let be."""
    draft = _draft_of(name, folder)
    with contextlib.suppress(FileNotFoundError, BlockingIOError), draft.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _lies_at(draft, file):
            draft.unlink()


def path_of(name: str, folder: str = FOLDER) -> Path:
    """Where a file lies; raises Refused("page_unknown") for anything that is no name of ours."""
    if not _NAME.fullmatch(name):
        raise Refused("page_unknown", 404)
    data: Path = settings.DATA
    return data / folder / name[:2] / name


def _draft_of(name: str, folder: str) -> Path:
    return path_of(name, folder).with_suffix(".part")


@contextlib.contextmanager
def _written(draft: Path) -> Iterator[IO[bytes]]:
    """The draft, empty, held by one writer: a lock ends with its process, so what nobody holds is dead."""
    while True:
        with open(draft, "wb", opener=_uncut) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not _lies_at(draft, file):  # whoever held it before has given it its name
                continue
            try:
                if os.fstat(file.fileno()).st_size:
                    file.truncate()
                yield file
            except OSError:
                draft.unlink(missing_ok=True)
                raise
            return


def _uncut(path: str, flags: int) -> int:
    """Open without emptying: another may be writing it."""
    return os.open(path, flags & ~os.O_TRUNC, 0o666)


def _lies_at(path: Path, file: IO[bytes]) -> bool:
    """Whether the open file still has this name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _check(raw: bytes) -> None:
    """Only the head is read before the number of pixels is known: a bomb is refused unopened."""
    with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise _too_many_pixels()
        image.verify()


def _too_many_pixels() -> Refused:
    return Refused("photo_too_many_pixels", 413, limit=MOST_PIXELS // 1_000_000)


def _draw(raw: bytes, longest: int) -> bytes:
    with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
        image.draft("RGB", (longest, longest))
        upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((longest, longest))
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()
