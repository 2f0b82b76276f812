"""What a bar should say, from one reading of the hall: pure, so that the same seq always says the same."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from displays.cards.area import Colour
from displays.cards.dots import width_of
from displays.cards.fitting import Fitted, fit
from displays.models import Card
from displays.topics import Seats
from hallqueue.models import Call, Ticket, Window
from hallqueue.texts import has_text, text
from hallqueue.topics.reading import Reading

LONGEST = 200


@dataclass(frozen=True)
class Saying:
    """What a bar says, fullest wording first; none: the bar is dark."""

    wordings: tuple[str, ...] = ()
    colour: Colour = Colour.RED


DARK = Saying()


def saying_of(reading: Reading, card: Card) -> Saying:
    """What this card's bar should say now. When the hall has closed and its windows too, nothing."""
    if card.shows == Card.Shows.WINDOW:
        window = next((each for each in reading.windows if each.pk == card.window_id), None)
        return _of_window(reading, window) if window else DARK
    if _is_over(reading):
        return DARK
    return _of_zone(reading, card.zone) if card.shows == Card.Shows.ZONE else _of_notices(reading)


def fitted_on(card: Card, saying: Saying) -> Fitted:
    """The wording that goes onto this bar; a card that takes pictures cannot run a text, and cuts it."""
    if not saying.wordings:
        return Fitted("", scrolls=False)
    found = _fit(saying.wordings, card.width, card.letters)
    if found.scrolls and card.family == Card.Family.ONBON_BITMAP:
        shortest = min(saying.wordings, key=lambda words: width_of(words, card.letters))
        return Fitted(_cut(shortest, card.width, card.letters), scrolls=False)
    return found


def colour_on(card: Card, saying: Saying) -> Colour:
    """A bar of one colour has no other."""
    return Colour.RED if card.colours == Card.Colours.RED else saying.colour


def _of_window(reading: Reading, window: Window) -> Saying:
    call = reading.open_calls.get(window.pk)
    if call is not None:
        return _of_call(call, window)
    words: dict[str, Any] = {"number": window.number, "name": window.name}
    if window.state == Window.State.PAUSED:
        return Saying(_worded("paused", **words), Colour.YELLOW)
    if window.state == Window.State.OPEN:
        return Saying(_worded("free" if window.name else "free_nameless", **words), Colour.GREEN)
    return Saying(_worded("closed", **words), Colour.YELLOW) if reading.hall.is_open else DARK


def _of_call(call: Call, window: Window) -> Saying:
    words = {"number": window.number, "label": call.ticket.label}
    if call.ticket.state == Ticket.State.SERVING:
        return Saying(_worded("serving", **words), Colour.GREEN)
    return Saying(_worded("called", **words), Colour.RED)


def _of_zone(reading: Reading, zone: str) -> Saying:
    """The newest call to this zone that nobody answered yet, else how many wait there."""
    windows = {window.pk: window for window in reading.windows if window.zone == zone}
    open_calls = [call for pk, call in reading.open_calls.items() if pk in windows]
    called = [call for call in open_calls if call.ticket.state != Ticket.State.SERVING]
    if called:
        newest = max(called, key=lambda call: call.said_seq)
        window = windows[newest.window_id]
        words = {"label": newest.ticket.label, "number": window.number, "direction": window.direction}
        return Saying(_worded("guide" if window.direction else "called", **words), Colour.RED)
    seats = Seats(reading)
    waiting = sum(seats.zone_of(row) == zone for row in reading.waiting)
    return Saying(_worded("zone", zone=zone, waiting=waiting), Colour.GREEN)


def _of_notices(reading: Reading) -> Saying:
    notices = [each["zh"] for each in reading.notices_at("board")]
    if notices:
        return Saying(("　".join(notices)[:LONGEST],), Colour.YELLOW)
    return Saying(_worded("welcome", hall=reading.hall.name), Colour.RED)


def _is_over(reading: Reading) -> bool:
    return not reading.hall.is_open and all(each.state == Window.State.CLOSED for each in reading.windows)


def _worded(kind: str, **words: Any) -> tuple[str, ...]:
    return tuple(text(key, **words).strip() for key in _keys(kind))


@cache
def _keys(kind: str) -> tuple[str, ...]:
    """The wordings of a kind in the texts: `cards.say.called.1`, `.2` …"""
    keys = (f"cards.say.{kind}.{number}" for number in range(1, 9))
    return tuple(key for key in keys if has_text(key))


@lru_cache(maxsize=4096)
def _fit(wordings: tuple[str, ...], width: int, height: int) -> Fitted:
    return fit(wordings, width, height)


def _cut(words: str, width: int, height: int) -> str:
    while words and width_of(words, height) > width:
        words = words[:-1]
    return words
