"""Takes the files of erased evidence away once more: a crash between an erasure and its files leaves none behind.

Only what a row names as erased; a file that no row names may belong to another database.
"""

from datetime import timedelta

from django.utils import timezone

from hallqueue.files import evidence
from hallqueue.models import ConcernPhoto, FindingFile, ProjectFile

EVERY = 3600.0
LOOKED_BACK = timedelta(days=30)


def look() -> float:
    """One look at what was erased in the last days; returns the seconds until the next. Raises OSError."""
    since = timezone.now() - LOOKED_BACK
    for kind in (ConcernPhoto, FindingFile, ProjectFile):
        erased = kind._default_manager.filter(erased_at__gte=since)
        for name in erased.values_list("file", flat=True):
            evidence.drop(name)
    return EVERY
