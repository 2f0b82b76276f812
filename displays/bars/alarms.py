"""A card that cannot be told anything is an alarm on the manager's screen, until it can again."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists

from displays.models import Card, CardHealth, CardMaster
from hallqueue.actions.round import alarm_kinds
from hallqueue.models import Hall

GRACE = timedelta(seconds=8)
"""A card that restarts, or one late answer, is nobody's business."""


def down(hall: Hall, now: datetime) -> set[str]:
    """Cards in use that have not taken what they are told for a while."""
    found = CardHealth.objects.filter(hall=hall, card__is_active=True, condition_at__lte=now - GRACE)
    return {f"card:{health.card_id}" for health in found if health.is_down}


def tell(hall: Hall, subject: str) -> dict[str, Any]:
    """Which card, and since when."""
    health = CardHealth.objects.select_related("card").get(hall=hall, card=int(subject.partition(":")[2]))
    return {"device": "card", "name": health.card.name, "since": health.condition_at.isoformat()}


def lease(hall: Hall) -> datetime | None:
    """When the lease ends of whoever speaks to the hall's cards."""
    used = Card.objects.filter(hall=hall, is_active=True)
    return CardMaster.objects.filter(Exists(used), hall=hall).values_list("owned_until", flat=True).first()


alarm_kinds.register("card_down", down, tell)
alarm_kinds.LEASES.append(lease)
