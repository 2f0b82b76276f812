"""Writes each hall's head to the outside anchor: every few minutes, when a day closes, when a backup was restored."""

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from hallqueue.chain import anchors
from hallqueue.chain.anchors import Anchor
from hallqueue.events import happened
from hallqueue.models import Hall

EVERY = 10.0
AT_ONCE = ("day.closed", "epoch.renewed")
log = logging.getLogger(__name__)

_last: dict[int, Anchor] = {}


def look() -> float:
    """One look at every hall; returns the seconds until the next. Raises OSError, BadAnchors."""
    for hall in Hall.objects.all():
        before = _last.get(hall.pk) or anchors.last(settings.ANCHORS, hall.slug)
        if before is None or _is_due(hall, before):
            anchor(hall)
        else:
            _last[hall.pk] = before
    return EVERY


def anchor(hall: Hall) -> Anchor:
    """Append the hall's head now; raises OSError."""
    made = Anchor(timezone.now(), hall.slug, hall.epoch, hall.seq, hall.link)
    anchors.append(settings.ANCHORS, made)
    _last[hall.pk] = made
    return made


def _is_due(hall: Hall, before: Anchor) -> bool:
    if (hall.epoch, hall.seq) == (before.epoch, before.seq):
        return False
    if hall.epoch == before.epoch and hall.seq < before.seq:
        log.error("%s ends at line %s, anchored was %s: see renew_epoch", hall.slug, hall.seq, before.seq)
    is_time = timezone.now() - before.at >= timedelta(minutes=settings.ANCHOR_MINUTES)
    return is_time or happened(hall.pk, before.seq, AT_ONCE)
