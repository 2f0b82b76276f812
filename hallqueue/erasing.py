"""Takes away what nothing else does: files that a crash left behind, and sessions that are over.

Files of erased evidence, and those whose command never came. Only what a row names as erased, or a mark as unnamed: any
other file that no row names may belong to another database.
"""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db.models import Model
from django.utils import timezone

from hallqueue.files import evidence, unnamed
from hallqueue.models import EVIDENCE, Notice

EVERY = 3600.0
LOOKED_BACK = timedelta(days=30)
LONGEST_COMMAND = timedelta(days=1)
"""So long a file may lie unnamed: the command that names it may still run, or be said again by a telephone."""

NAMED_BY: dict[str, tuple[tuple[type[Model], str], ...]] = {
    evidence.FOLDER: tuple((kind, "file") for kind in EVIDENCE),
    evidence.NOTICES: ((Notice, "file"),),
    evidence.SENT: ((Notice, "sent"),),
}
"""The rows and fields that name the files of a folder."""


def look() -> float:
    """One look at what was erased in the last days, nobody named or is over; returns the seconds until the next.

    Raises OSError.
    """
    now = timezone.now()
    for kind in EVIDENCE:
        erased = kind._default_manager.filter(erased_at__gte=now - LOOKED_BACK)
        for name in erased.values_list("file", flat=True):
            evidence.drop(name)
    for folder in NAMED_BY:
        for name in unnamed.marked_before(now, folder):
            evidence.drop_dead(name, folder)
        _sweep(folder, now - LONGEST_COMMAND)
    Session.objects.filter(expire_date__lt=now).delete()
    return EVERY


def _sweep(folder: str, before: datetime) -> None:
    for name in unnamed.marked_before(before, folder):
        if any(kind._default_manager.filter(**{field: name}).exists() for kind, field in NAMED_BY[folder]):
            unnamed.unmark(name, folder)
        elif unnamed.is_marked_before(before, name, folder):  # nobody wrote it anew in this moment
            evidence.drop(name, folder)
