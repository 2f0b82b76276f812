"""Leases: the one process that feeds a printer, or a hall's cards, is so for some seconds and renews it.

Kept by the machine's clock (`owner`, `owned_until` on a row), for other processes see only what is stored.
"""

from datetime import datetime, timedelta

from django.db.models import Q

LEASE = timedelta(seconds=10)
FAR = timedelta(minutes=1)
"""No lease ends so far ahead, not even by another machine's clock: who took it did so before the clock was set back."""


def free_for(owner: str, now: datetime) -> Q:
    """Which rows `owner` may take, or keep: the own, nobody's, and those whose lease is over or is none."""
    return Q(owner=owner) | Q(owned_until=None) | Q(owned_until__lt=now) | Q(owned_until__gt=now + FAR)
