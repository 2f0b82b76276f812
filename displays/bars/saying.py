"""What a bar should say, from one reading of the hall: pure, so that the same seq always says the same."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property, lru_cache
from typing import Any

from displays.cards.area import Colour
from displays.cards.fitting import APART
from displays.models import Card
from displays.programme import playing_at
from displays.topics import Seats
from hallqueue.models import Call, Notice, Ticket, Window, Wording
from hallqueue.texts import has_text, text, worded
from hallqueue.topics.reading import Reading

LONGEST = 200


@dataclass(frozen=True)
class Saying:
    """What a bar says, fullest wording first; none: the bar is dark. `said` names the saying of a call that stands.

    `mongolian` may stand beside it, `mongolian_percent` of its size.
    """

    wordings: tuple[str, ...] = ()
    colour: Colour = Colour.RED
    said: int = 0
    mongolian: str = ""
    mongolian_percent: int = 100
    mongolian_left: bool = False


DARK = Saying()


class Sayings:
    """What the bars of one hall should say, at one reading of it; notices keep their hours by `at`."""

    def __init__(self, reading: Reading, at: datetime | None = None) -> None:
        self._reading, self.at = reading, at or reading.hall.moved_at
        self._windows = {window.pk: window for window in reading.windows}
        self._said: dict[tuple[Any, ...], Saying] = {}
        self._own_words = Wording.overlay(reading.hall)
        self._words_of = (
            (reading.hall.pk, reading.hall.epoch, reading.hall.setup_seq) if self._own_words else None
        )

    def of(self, card: Card) -> Saying:
        """What this card's bar should say now; several bars of one window or zone say the same."""
        what = (card.shows, card.window_id, card.zone)
        if what not in self._said:
            self._said[what] = self._of(card)
        return self._said[what]

    def _of(self, card: Card) -> Saying:
        """A call, else an emergency, else what it is there for."""
        hall, emergency = self._reading.hall, self._reading.emergency
        with worded(self._own_words):
            saying = self._usual(card)
        if emergency is not None and not saying.said:
            saying = Saying((emergency.zh[:LONGEST],), Colour.RED, mongolian=emergency.mn)
        if not hall.mn_shown:
            return replace(saying, mongolian="")
        return replace(saying, mongolian_percent=hall.mn_size, mongolian_left=hall.mn_side == "left")

    def _usual(self, card: Card) -> Saying:
        """When the hall has closed and its windows too, nothing."""
        if card.shows == Card.Shows.WINDOW:
            window = self._windows.get(card.window_id or 0)
            return self._of_window(window) if window else DARK
        if self._is_over:
            return DARK
        return self._of_zone(card.zone) if card.shows == Card.Shows.ZONE else self._of_notices(card)

    def _of_window(self, window: Window) -> Saying:
        call = self._reading.open_calls.get(window.pk)
        if call is not None:
            return self._of_call(call, window)
        words: dict[str, Any] = {"number": window.number, "name": window.name}
        if window.state == Window.State.PAUSED:
            return Saying(self._worded("paused", **words), Colour.YELLOW, mongolian=_state_mn("paused"))
        if window.state == Window.State.OPEN:
            kind = "free" if window.name else "free_nameless"
            return Saying(self._worded(kind, **words), Colour.GREEN, mongolian=window.name_mn)
        closed = Saying(self._worded("closed", **words), Colour.YELLOW, mongolian=_state_mn("closed"))
        return closed if self._reading.hall.is_open else DARK

    def _of_call(self, call: Call, window: Window) -> Saying:
        words = {"number": window.number, "label": call.ticket.label}
        if call.ticket.state == Ticket.State.SERVING:
            return Saying(self._worded("serving", **words), Colour.GREEN, mongolian=_state_mn("serving"))
        wordings = self._worded("called", **words)
        return Saying(wordings, Colour.RED, call.said_seq, mongolian=_state_mn("called"))

    def _of_zone(self, zone: str) -> Saying:
        """The newest call to this zone that nobody answered yet, else how many wait there."""
        windows = {pk: window for pk, window in self._windows.items() if window.zone == zone}
        calls = [call for pk, call in self._reading.open_calls.items() if pk in windows]
        called = [call for call in calls if call.ticket.state != Ticket.State.SERVING]
        if not called:
            words: dict[str, Any] = {"zone": zone, "waiting": self._waiting[zone]}
            return Saying(self._worded("zone", **words), Colour.GREEN, mongolian=self._mn(Wording.ZONE, zone))
        newest = max(called, key=lambda call: call.said_seq)
        window = windows[newest.window_id]
        words = {"label": newest.ticket.label, "number": window.number, "direction": window.direction}
        wordings = self._worded("guide" if window.direction else "called", **words)
        way = self._mn(Wording.WAY, window.direction)
        return Saying(wordings, Colour.RED, newest.said_seq, mongolian=way or _state_mn("called"))

    def _of_notices(self, card: Card) -> Saying:
        """The lines that stand, else the titles of the playlists' notices at this hour, else a welcome."""
        hall = self._reading.hall
        lines = [each for each in self._reading.notices if "board" in each.places]
        notices: list[Notice] = lines or playing_at(hall, card.zone, self.at)
        if not notices:
            return Saying(self._worded("welcome", hall=hall.name), Colour.RED, mongolian=hall.name_mn)
        alone = notices[0].mn if len(notices) == 1 else ""
        return Saying((APART.join(each.zh for each in notices)[:LONGEST],), Colour.YELLOW, mongolian=alone)

    def _mn(self, kind: str, words: str) -> str:
        return Wording.phrase(self._reading.hall, kind, words)["mn"]

    def _worded(self, kind: str, **words: Any) -> tuple[str, ...]:
        return _worded(self._words_of, kind, **words)

    @cached_property
    def _waiting(self) -> Counter[str]:
        seats = Seats(self._reading)
        return Counter(seats.zone_of(row) for row in self._reading.waiting)

    @cached_property
    def _is_over(self) -> bool:
        closed = (each.state == Window.State.CLOSED for each in self._windows.values())
        return not self._reading.hall.is_open and all(closed)


def colour_on(card: Card, saying: Saying) -> Colour:
    """A bar of one colour has no other."""
    return Colour.RED if card.colours == Card.Colours.RED else saying.colour


def _state_mn(state: str) -> str:
    return text(f"board.screen.{state}", "mn")


@lru_cache(maxsize=4096)
def _worded(own: object, kind: str, **words: Any) -> tuple[str, ...]:
    """The wordings of a kind, filled in; cached, since of 150 bars a call changes two. `own`: whose words hold here."""
    return tuple(text(key, **words).strip() for key in _keys(kind))


@cache
def _keys(kind: str) -> tuple[str, ...]:
    """The wordings of a kind in the texts: `cards.say.called.1`, `.2` …"""
    keys = (f"cards.say.{kind}.{number}" for number in range(1, 9))
    return tuple(key for key in keys if has_text(key))
