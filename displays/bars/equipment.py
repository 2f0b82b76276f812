"""The LED cards in the list of everything that stands in a hall."""

from collections.abc import Iterable

from displays.lines.line import Condition
from displays.models import Card
from hallqueue import equipment
from hallqueue.equipment import FAULT, NEVER, OFF, OK, Piece
from hallqueue.models import Hall
from hallqueue.texts import text


def pieces_of(hall: Hall, lang: str) -> Iterable[Piece]:
    """Each card: how it is, what it acknowledged last, and the picture of its bar."""
    for card in Card.objects.filter(hall=hall).select_related("window", "health").order_by("id"):
        yield Piece(
            kind="card",
            subject=f"card:{card.pk}",
            name=card.name,
            place=str(card.window) if card.window else card.zone,
            state=_state(card),
            condition=text(
                f"cards.condition.{card.health.condition}" if card.is_active else "cards.inactive", lang
            ),
            seen_at=card.health.seen_at,
            shows=(card.health.shown,) if card.health.shown else (),
            picture=_picture(hall, card),
            page=f"/{hall.slug}/cards/",
        )


def _picture(hall: Hall, card: Card) -> str:
    """What it acknowledged last; the address changes with it, so that a page that stands open shows the new one."""
    shown, at = card.health.shown, card.health.shown_at
    if not shown and at is None:
        return ""  # nothing yet
    return f"/{hall.slug}/cards/{card.pk}/shown.png?at={at.timestamp() if at else 0}"


def _state(card: Card) -> str:
    if not card.is_active:
        return OFF
    if card.health.condition == Condition.UNKNOWN:
        return NEVER
    return FAULT if card.health.is_down else OK


equipment.register(pieces_of)
