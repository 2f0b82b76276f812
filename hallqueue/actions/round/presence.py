"""Who is connected: written beside the log, as a heartbeat is; only the alarm that follows from it is an event."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from hallqueue.models import Hall, Presence
from hallqueue.transactions import one_command


def note(hall_id: int, here: Iterable[str], gone: Iterable[str]) -> None:
    """These subjects are connected now, those have just left; see `models.Presence` for their names."""
    present = set(here)
    with one_command(hall_id) as hall:
        now = timezone.now()
        mine = Presence.objects.filter(hall=hall)
        known = set(mine.filter(subject__in=present).values_list("subject", flat=True))
        mine.filter(subject__in=known).update(seen_at=now)
        fresh = [Presence(hall=hall, subject=subject, seen_at=now) for subject in sorted(present - known)]
        Presence.objects.bulk_create(fresh)
        mine.filter(subject__in=set(gone) - present).update(gone_at=now)


def just_left(within: timedelta) -> set[tuple[int, str]]:
    """Who was written to have gone in the last moments, and not to have come back: hall ids and subjects."""
    gone = Presence.objects.filter(gone_at__gte=F("seen_at")).filter(gone_at__gte=timezone.now() - within)
    return set(gone.values_list("hall", "subject"))


def begin() -> None:
    """A process starts: nobody could be heard while it was away, so who was there is taken to be there still."""
    for hall_id in Hall.objects.values_list("pk", flat=True):
        with one_command(hall_id) as hall:
            stayed = Q(gone_at=None) | Q(gone_at__lt=F("seen_at"))
            Presence.objects.filter(stayed, hall=hall).update(seen_at=timezone.now())
