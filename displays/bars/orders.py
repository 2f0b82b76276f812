"""From what a bar should say to the order for its card at a moment: fitted, in its colour, as bright as it is to be."""

from datetime import datetime, time

from displays.bars.saying import Saying, colour_on, fitted_on
from displays.cards.area import Area, Motion
from displays.lines.talks import Nature, Order
from displays.models import Card

RUNNING_SPEED = 6


def order_of(card: Card, saying: Saying, now: datetime) -> Order:
    """`now`: aware, in the hall's zone. While a test stands the bar shows its text."""
    if card.test_text and card.test_until and now < card.test_until:
        saying = Saying((card.test_text,), saying.colour)
    return Order(area_of(card, saying), brightness_at(card, now.timetz().replace(tzinfo=None)))


def area_of(card: Card, saying: Saying) -> Area:
    """The whole bar with its text. Font cards of Onbon set their text at the left; the others in the middle."""
    found = fitted_on(card, saying)
    return Area(
        found.text,
        card.width,
        card.height,
        number=1 if card.family == Card.Family.EQ else 0,
        colour=colour_on(card, saying),
        motion=Motion.LEFT if found.scrolls else Motion.STILL,
        speed=RUNNING_SPEED if found.scrolls else 0,
        centred=card.family != Card.Family.ONBON_FONT,
        letters=card.letters,
    )


def brightness_at(card: Card, at: time) -> int:
    """Percent by the time of day; the night may pass midnight."""
    begin, end = card.night_from, card.night_until
    night = begin <= at < end if begin <= end else at >= begin or at < end
    return card.night_brightness if night else card.brightness


def nature_of(card: Card) -> Nature:
    """What the line must know of the card itself."""
    return Nature(card.family, card.station, card.units)
