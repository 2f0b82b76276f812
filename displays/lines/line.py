"""The one master of a wire: the newest order of each card, said in turn, again after faults, and now and then."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from displays.cards.errors import BadFrameError, BadValueError, RefusedByCardError
from displays.lines.addresses import Address
from displays.lines.talks import TALKS, Exchange, Nature, NoAnswerError, Order, Talk
from displays.lines.wires import Wire, WireError, open_wire

log = logging.getLogger(__name__)

BLINKS = 2
QUIET = 0.05
"""Seconds of silence on a bus after a fault, so that what still comes is not taken for another card's answer."""


@dataclass(frozen=True)
class Patience:
    """Seconds: between questions to a card that is well, between showing the same, between saying how bright (cards
    keep that in a memory that wears out), after faults, dark in a blink."""

    greet: float = 10.0
    again: float = 60.0
    light: float = 600.0
    pauses: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
    blink: float = 0.3


PATIENT = Patience()


class Condition(StrEnum):
    """What is known of a card."""

    UNKNOWN = "unknown"
    OK = "ok"
    UNHEARD = "unheard"
    CANNOT_REACH = "cannot_reach"
    NO_ANSWER = "no_answer"
    BROKEN = "broken"
    REFUSED = "refused"
    BAD_ANSWER = "bad_answer"
    BAD_VALUE = "bad_value"
    BAD_ADDRESS = "bad_address"


WELL = (Condition.OK, Condition.UNHEARD)


@dataclass(frozen=True)
class Report:
    """What came of speaking to a card: `shown` is the order it acknowledged last, None if it may show anything."""

    card: int
    condition: Condition
    error: str = ""
    shown: Order | None = None


class Slot:
    """One card on a line: the newest order, what it acknowledged, and when it is spoken to again."""

    def __init__(self, card: int, talk: Talk, patience: Patience) -> None:
        self.card, self.talk, self.patience = card, talk, patience
        self.wanted: Order | None = None
        self.shown: Order | None = None
        self.faults = self.blinks = 0
        self.not_before = 0.0
        self.greet_at = self.show_at = self.light_at = 0.0

    @property
    def is_behind(self) -> bool:
        """Whether it shows something else than it should."""
        return self.wanted is not None and (self.wanted != self.shown or self.blinks > 0)

    def want(self, order: Order) -> None:
        """The newest order; a call that is said again blinks."""
        before, self.wanted = self.wanted, order
        again = before and before.area == order.area and order.said not in (0, before.said)
        self.blinks = BLINKS if again else 0
        if self.shown is not None:
            self.not_before = 0.0  # a blink is over when there is something new

    def next_light(self, order: Order) -> Order:
        """What a card that shows something is told next: the order, or the dark moment before it."""
        if not self.blinks or not self.shown or self.shown.area != order.area:
            return order
        self.blinks -= 1
        return order.dark

    def due(self) -> float:
        """When it is to be spoken to next, by the monotonic clock."""
        if self.wanted is None:
            return float("inf")
        return max(self.not_before, 0.0 if self.is_behind else min(self.greet_at, self.show_at))

    def agreed(self, order: Order, now: float) -> None:
        """It shows this."""
        dark = self.wanted is not None and order != self.wanted and order == self.wanted.dark
        self.shown, self.faults = order, 0
        self.not_before = now + self.patience.blink if dark or self.blinks else 0.0
        self.greet_at, self.show_at = now + self.patience.greet, now + self.patience.again

    def failed(self, now: float) -> None:
        """Nothing is known of it any more; later each time."""
        self.shown, self.blinks = None, 0
        pauses = self.patience.pauses
        self.not_before = now + pauses[min(self.faults, len(pauses) - 1)]
        self.faults += 1


class Line:
    """One wire and its cards; `tell` hears what came of each exchange."""

    def __init__(
        self, address: Address, tell: Callable[[Report], None], patience: Patience = PATIENT
    ) -> None:
        self.address, self._tell, self._patience = address, tell, patience
        self._slots: dict[int, Slot] = {}
        self._wire: Wire | None = None
        self._moved = asyncio.Event()

    def want(self, card: int, nature: Nature, order: Order) -> None:
        """The newest order of a card: an older one that was not sent yet is forgotten."""
        slot = self._slots.get(card)
        if slot is None or slot.talk.nature != nature:
            slot = self._slots[card] = Slot(card, TALKS[nature.family](nature), self._patience)
        slot.want(order)
        self._moved.set()

    def forget(self, card: int) -> bool:
        """A card is on this line no more; whether the line has none left."""
        self._slots.pop(card, None)
        return not self._slots

    async def run(self) -> None:
        """Speak to whoever is due, until cancelled."""
        try:
            while True:
                slot = min(self._slots.values(), key=lambda each: (each.due(), each.faults), default=None)
                wait = slot.due() - time.monotonic() if slot else self._patience.greet
                if slot is None or wait > 0:
                    self._moved.clear()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(min(wait, self._patience.greet)):
                            await self._moved.wait()
                else:
                    await self._serve(slot)
        finally:
            self._hang_up()

    async def _serve(self, slot: Slot) -> None:
        """One exchange with one card."""
        order = slot.wanted
        assert order is not None
        try:
            await self._speak(slot, order)
        except (WireError, NoAnswerError, BadFrameError, RefusedByCardError, BadValueError) as error:
            await self._fault(slot, error)
        except Exception as error:  # a bug in one talk must not silence the other cards of the line
            log.exception("card %s could not be spoken to", slot.card)
            await self._fault(slot, BadValueError(repr(error)))
        else:
            condition = Condition.OK if self.address.answers else Condition.UNHEARD
            self._tell(Report(slot.card, condition, shown=slot.shown))

    async def _speak(self, slot: Slot, order: Order) -> None:
        now = time.monotonic()
        line = await self._exchange()
        if slot.shown is None:
            await slot.talk.begin(line)
            await slot.talk.show(line, order)
            await self._light(slot, line, order, now)
        elif slot.is_behind or now >= slot.show_at:
            if slot.shown.brightness != order.brightness or now >= slot.light_at:
                await self._light(slot, line, order, now)
            order = slot.next_light(order)
            await slot.talk.show(line, order)
        else:
            await slot.talk.greet(line, order)
            slot.greet_at = now + self._patience.greet
            return
        slot.agreed(order, now)

    async def _light(self, slot: Slot, line: Exchange, order: Order, now: float) -> None:
        await slot.talk.light(line, order.brightness)
        slot.light_at = now + self._patience.light

    async def _exchange(self) -> Exchange:
        """The open line; when it had to be opened, nobody on it shows anything for sure."""
        if self._wire is None:
            self._wire = await open_wire(self.address)
            self._wire.on_lost = self._lost
        return Exchange(self._wire, self.address.wait, self.address.answers)

    def _lost(self) -> None:
        """A card restarted, or its cable was pulled, while nobody spoke: reconnect soon, and say all of it again."""
        self._hang_up()
        for slot in self._slots.values():
            slot.not_before = max(slot.not_before, time.monotonic() + self._patience.pauses[0])
        self._moved.set()

    async def _fault(self, slot: Slot, error: Exception) -> None:
        """The card waits; a socket is closed, since a late answer must find nobody; a bus goes on with the others."""
        slot.failed(time.monotonic())
        self._tell(Report(slot.card, condition_of(error), str(error)[:200]))
        if isinstance(error, BadValueError):
            return
        if isinstance(error, WireError) or not self.address.is_serial:
            self._hang_up()
        elif self._wire is not None:
            await asyncio.sleep(QUIET)

    def _hang_up(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None
        for slot in self._slots.values():
            slot.shown = None


def condition_of(error: Exception) -> Condition:
    """What an error says of a card."""
    if isinstance(error, WireError):
        return Condition.CANNOT_REACH if error.cannot_reach else Condition.BROKEN
    kinds = {
        NoAnswerError: Condition.NO_ANSWER,
        BadFrameError: Condition.BAD_ANSWER,
        RefusedByCardError: Condition.REFUSED,
    }
    return kinds.get(type(error), Condition.BAD_VALUE)
