"""Photos that come with a form: each is redrawn and kept before the command that names them, or dropped with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest

from hallqueue import evidence
from hallqueue.actions.concerns import MOST_PHOTOS
from hallqueue.errors import Refused
from hallqueue.models import ConcernPhoto, FindingFile

Kept = list[list[str | int]]


def kept_photos(request: HttpRequest, key: str, most: int = MOST_PHOTOS) -> Kept:
    """The form's photos, in the data folder now: [[file, bytes]]. Raises Refused, and then none is kept."""
    uploads = request.FILES.getlist("photos")
    if len(uploads) > most:
        raise Refused("too_many_photos", 400, limit=most)
    pictures = [evidence.redrawn(_read(each)) for each in uploads]
    named = {evidence.file_name(key, each): each for each in pictures}  # the same picture twice is one
    found: Kept = [[name, len(picture)] for name, picture in named.items()]
    with dropping_unused(found):
        for name, picture in named.items():
            evidence.keep(name, picture)
    return found


@contextmanager
def dropping_unused(
    photos: Kept, rows: type[ConcernPhoto] | type[FindingFile] = ConcernPhoto
) -> Iterator[None]:
    """What none of `rows` names is taken away again when the work inside fails."""
    try:
        yield
    except Exception:
        names = [str(name) for name, _ in photos]
        used = set(rows.objects.filter(file__in=names).values_list("file", flat=True))
        for name in set(names) - used:
            evidence.drop(name)
        raise


def _read(upload: Any) -> bytes:
    if (upload.size or 0) > evidence.LARGEST_FILE:
        raise Refused("photo_too_large", 413, limit="10 MB")
    content: bytes = upload.read()
    return content
