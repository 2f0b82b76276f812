"""A card that cannot be told anything is an alarm on the manager's screen, until it can again."""

from datetime import datetime, timedelta
from typing import Any

from displays.models import CardHealth
from hallqueue.actions import alarm_kinds
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


alarm_kinds.register("card_down", down, tell)
