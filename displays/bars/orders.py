"""From what a bar should say to the order for its card at a moment: fitted, in its colour, as bright as it is to be."""

from dataclasses import replace
from datetime import datetime, time
from functools import lru_cache

from displays.bars.saying import Saying, colour_on
from displays.cards.area import Area, Motion, written
from displays.cards.dots import width_of
from displays.cards.fitting import Fitted, fit, pages_of
from displays.cards.mongolian import GAP, drawn
from displays.lines.talks import Nature, Order
from displays.models import Card

RUNNING_SPEED = 6
PAGE = 4
"""Seconds that a page of a long text stands on a card that takes pictures."""


def order_of(card: Card, saying: Saying, now: datetime) -> Order:
    """`now`: aware, in the hall's zone."""
    return Order(
        area_of(card, saying, now), brightness_at(card, now.timetz().replace(tzinfo=None)), saying.said
    )


def under_test(card: Card, saying: Saying, at: datetime) -> Saying:
    """While a test stands the bar shows its text. `at`: the hall's own time, by which the test was begun."""
    if card.test_text and card.test_until and at < card.test_until:
        return Saying((card.test_text,), saying.colour)
    return saying


def area_of(card: Card, saying: Saying, now: datetime) -> Area:
    """The whole bar with its text. Font cards of Onbon set their text at the left; the others in the middle."""
    saying = replace(saying, wordings=tuple(map(written, saying.wordings)))
    letters = card.letters * saying.mongolian_percent // 100
    taken = _beside(card, saying, letters) if card.family == Card.Family.ONBON_BITMAP else 0
    found = fitted_on(card, saying, card.width - taken, now)
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
        mongolian=saying.mongolian if taken else "",
        mongolian_letters=letters if taken else 0,
        mongolian_left=saying.mongolian_left,
    )


def _beside(card: Card, saying: Saying, letters: int) -> int:
    """Dots that the Mongolian takes of a bar; none if the wording that stands alone would not stand beside it."""
    picture = drawn(saying.mongolian, letters, card.width // 2, card.height)
    if picture is None or not saying.wordings:
        return 0
    alone, taken = _fit(saying.wordings, card.width, card.letters), picture.width + GAP
    return 0 if width_of(alone.text, card.letters) > card.width - taken else taken


def fitted_on(card: Card, saying: Saying, width: int, now: datetime) -> Fitted:
    """The wording that goes onto `width` dots; a card that takes pictures cannot run a text, and shows it in pages."""
    if not saying.wordings:
        return Fitted("", scrolls=False)
    found = _fit(saying.wordings, width, card.letters)
    if found.scrolls and card.family == Card.Family.ONBON_BITMAP:
        shortest = min(saying.wordings, key=lambda words: width_of(words, card.letters))
        pages = _pages(shortest, width, card.letters)
        return Fitted(pages[int(now.timestamp()) // PAGE % len(pages)], scrolls=False)
    return found


@lru_cache(maxsize=4096)
def _fit(wordings: tuple[str, ...], width: int, letters: int) -> Fitted:
    return fit(wordings, width, letters)


@lru_cache(maxsize=256)
def _pages(words: str, width: int, letters: int) -> list[str]:
    return pages_of(words, width, letters)


def brightness_at(card: Card, at: time) -> int:
    """Percent by the time of day; the night may pass midnight."""
    begin, end = card.night_from, card.night_until
    night = begin <= at < end if begin <= end else at >= begin or at < end
    return card.night_brightness if night else card.brightness


def nature_of(card: Card) -> Nature:
    """What the line must know of the card itself."""
    return Nature(card.family, card.station, card.units)
