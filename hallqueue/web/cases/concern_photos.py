"""Photos that come with a form: each is redrawn and kept before the command that names them, or dropped with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest

from hallqueue.actions.cases.concerns import MOST_PHOTOS
from hallqueue.errors import Refused
from hallqueue.files import evidence
from hallqueue.files.papers import check_paper, is_paper
from hallqueue.models import EVIDENCE, ProjectFile

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


def kept_evidence(request: HttpRequest, key: str) -> tuple[str, Kept]:
    """The form's one photo or paper, in the data folder now: its kind, [[file, bytes]]. Raises Refused."""
    upload = request.FILES.get("photos")
    if upload is None:
        raise Refused("file_required", 400)
    raw = _read(upload)
    if not is_paper(raw):
        upload.seek(0)
        return ProjectFile.Kind.PHOTO, kept_photos(request, key, 1)
    check_paper(raw)
    name = evidence.file_name(key, raw, "pdf")
    evidence.keep(name, raw)
    return ProjectFile.Kind.PAPER, [[name, len(raw)]]


@contextmanager
def dropping_unused(photos: Kept) -> Iterator[None]:
    """What no row of any kind names is taken away again when the work inside fails."""
    try:
        yield
    except Exception:
        for name, _ in photos:
            if not any(kind._default_manager.filter(file=name).exists() for kind in EVIDENCE):
                evidence.drop(str(name))
        raise


def _read(upload: Any) -> bytes:
    if (upload.size or 0) > evidence.LARGEST_FILE:
        raise Refused("photo_too_large", 413, limit="10 MB")
    content: bytes = upload.read()
    return content
