"""What one sees of the cards: what each bar should say, computed from the hall, and how its card is."""

from typing import Any

from displays.bars.orders import area_of
from displays.bars.saying import Sayings
from displays.cards.area import Motion
from displays.models import Card
from hallqueue.models import DEVICE_WATCHERS
from hallqueue.topics import Frame, Kind, register
from hallqueue.topics.reading import Reading, iso

ALL = "all"


def card_frame(reading: Reading, name: str) -> Frame | None:
    """`name` is "all", or the id of one card."""
    cards = Card.objects.filter(hall=reading.hall).select_related("window", "health")
    sayings = Sayings(reading)
    if name == ALL:
        return {"cards": [_card_row(sayings, card) for card in cards]}
    card = cards.filter(pk=int(name)).first() if name.isdecimal() and len(name) < 16 else None
    return _card_row(sayings, card) if card else None


def _card_row(sayings: Sayings, card: Card) -> dict[str, Any]:
    area = area_of(card, sayings.of(card), sayings.at)
    return {
        "id": card.pk,
        "name": card.name,
        "family": card.family,
        "address": card.address,
        "station": card.station,
        "twin": card.is_twin,
        "active": card.is_active,
        "shows": card.shows,
        "what": str(card.window) if card.window else card.zone,
        "size": [card.width, card.height],
        "text": area.text,
        "colour": area.colour.name.lower(),
        "runs": area.motion is Motion.LEFT,
        "test": {"text": card.test_text, "until": iso(card.test_until)} if card.test_until else None,
        "condition": card.health.condition,
        "down": card.is_active and card.health.is_down,
        "since": iso(card.health.condition_at),
    }


register(Kind("card", DEVICE_WATCHERS, card_frame))
