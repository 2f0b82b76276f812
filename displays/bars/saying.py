"""What a bar should say, from one reading of the hall: pure, so that the same seq always says the same."""

from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
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


class Sayings:
    """What the bars of one hall should say, at one reading of it."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._windows = {window.pk: window for window in reading.windows}

    def of(self, card: Card) -> Saying:
        """What this card's bar should say now. When the hall has closed and its windows too, nothing."""
        if card.shows == Card.Shows.WINDOW:
            window = self._windows.get(card.window_id or 0)
            return self._of_window(window) if window else DARK
        if self._is_over:
            return DARK
        return self._of_zone(card.zone) if card.shows == Card.Shows.ZONE else self._of_notices()

    def _of_window(self, window: Window) -> Saying:
        call = self._reading.open_calls.get(window.pk)
        if call is not None:
            return _of_call(call, window)
        words: dict[str, Any] = {"number": window.number, "name": window.name}
        if window.state == Window.State.PAUSED:
            return Saying(_worded("paused", **words), Colour.YELLOW)
        if window.state == Window.State.OPEN:
            return Saying(_worded("free" if window.name else "free_nameless", **words), Colour.GREEN)
        open_now = self._reading.hall.is_open
        return Saying(_worded("closed", **words), Colour.YELLOW) if open_now else DARK

    def _of_zone(self, zone: str) -> Saying:
        """The newest call to this zone that nobody answered yet, else how many wait there."""
        windows = {pk: window for pk, window in self._windows.items() if window.zone == zone}
        calls = [call for pk, call in self._reading.open_calls.items() if pk in windows]
        called = [call for call in calls if call.ticket.state != Ticket.State.SERVING]
        if not called:
            return Saying(_worded("zone", zone=zone, waiting=self._waiting[zone]), Colour.GREEN)
        newest = max(called, key=lambda call: call.said_seq)
        window = windows[newest.window_id]
        words = {"label": newest.ticket.label, "number": window.number, "direction": window.direction}
        return Saying(_worded("guide" if window.direction else "called", **words), Colour.RED)

    def _of_notices(self) -> Saying:
        notices = [each["zh"] for each in self._reading.notices_at("board")]
        if notices:
            return Saying(("　".join(notices)[:LONGEST],), Colour.YELLOW)
        return Saying(_worded("welcome", hall=self._reading.hall.name), Colour.RED)

    @cached_property
    def _waiting(self) -> Counter[str]:
        seats = Seats(self._reading)
        return Counter(seats.zone_of(row) for row in self._reading.waiting)

    @cached_property
    def _is_over(self) -> bool:
        closed = (each.state == Window.State.CLOSED for each in self._windows.values())
        return not self._reading.hall.is_open and all(closed)


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


def _of_call(call: Call, window: Window) -> Saying:
    words = {"number": window.number, "label": call.ticket.label}
    if call.ticket.state == Ticket.State.SERVING:
        return Saying(_worded("serving", **words), Colour.GREEN)
    return Saying(_worded("called", **words), Colour.RED)


@lru_cache(maxsize=4096)
def _worded(kind: str, **words: Any) -> tuple[str, ...]:
    """The wordings of a kind, filled in; cached, since of 150 bars a call changes two."""
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
