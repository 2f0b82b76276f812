"""What is said to a card of each family over an open wire, and how its answers are taken: strictly, or not at all."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from displays.cards import eq, huidu, onbon_bitmap, onbon_font
from displays.cards.area import Area, Motion
from displays.cards.bar import dimmed, strip_of
from displays.cards.eq import EqCard
from displays.cards.errors import BadFrameError, RefusedByCardError
from displays.cards.frame import FrameReader
from displays.cards.onbon_bitmap import BitmapCard, Picture
from displays.cards.onbon_font import FontCard
from displays.lines.wires import Wire

PORTS = {"onbon_font": onbon_font.PORT, "eq": 0, "huidu": huidu.PORT, "onbon_bitmap": onbon_bitmap.PORT}
SHARES_A_LINE = ("onbon_font", "eq")
"""Families whose frames name a card, so that several can hang on one wire."""

MOST_ANSWER = 4096
"""Bytes an answer may have; a card that says more is not listened to any longer."""

Read = TypeVar("Read")


class NoAnswerError(Exception):
    """The card said nothing in time."""


@dataclass(frozen=True)
class Nature:
    """What a card is: `units` as in `onbon_font.UNITS`, `device` as in `onbon_bitmap.DEVICES`, `station` on its bus."""

    family: str
    station: int = 0
    units: str = "bytes"
    device: str = "6Q2"


@dataclass(frozen=True)
class Order:
    """What a bar should show and how bright (percent). An area without text is a dark bar.

    `said` names the saying of a call: the same text under another is a recall, and blinks.
    """

    area: Area
    brightness: int = 100
    said: int = 0

    @property
    def dark(self) -> "Order":
        """The moment between two lights of a blink."""
        return replace(self, area=replace(self.area, text="", mongolian=""))


class Exchange:
    """One question and its answer on a wire, within `wait` seconds and MOST_ANSWER bytes."""

    def __init__(self, wire: Wire, wait: float, answers: bool = True) -> None:
        self._wire, self._wait, self._answers = wire, wait, answers

    async def ask(self, question: bytes, taken: Callable[[bytes], Read | None]) -> Read | None:
        """Send, and feed what comes to `taken` until it gives something; None on a line that is never heard.

        Raises WireError, NoAnswerError, BadFrameError, RefusedByCardError.
        """
        self._wire.drop()
        await self._wire.send(question)
        if not self._answers:
            return None
        try:
            async with asyncio.timeout(self._wait):
                return await self._listen(taken)
        except TimeoutError:
            raise NoAnswerError from None

    async def _listen(self, taken: Callable[[bytes], Read | None]) -> Read:
        heard = 0
        while True:
            data = await self._wire.receive()
            heard += len(data)
            if heard > MOST_ANSWER:
                raise BadFrameError(f"an answer of more than {MOST_ANSWER} bytes")
            found = taken(data)
            if found is not None:
                return found


class Talk:
    """What is said to one card; `begin` comes first on every new wire."""

    def __init__(self, nature: Nature) -> None:
        self.nature = nature

    async def begin(self, line: Exchange) -> None:
        """Get acquainted, where the family asks for it."""

    async def light(self, line: Exchange, percent: int) -> None:
        """Set the brightness, where the family has a command for it."""

    async def show(self, line: Exchange, order: Order) -> None:
        """Show it in place of everything before."""
        raise NotImplementedError

    async def greet(self, line: Exchange, order: Order) -> None:
        """Ask whether it is there; cards without such a question are shown the same again."""
        await self.show(line, order)


class OnbonFontTalk(Talk):
    """BX-5K and 6K."""

    async def light(self, line: Exchange, percent: int) -> None:
        """See Talk."""
        await self._say(line, self._card.brightness(round(percent * onbon_font.BRIGHTEST / 100)))

    async def show(self, line: Exchange, order: Order) -> None:
        """See Talk."""
        area = order.area
        await self._say(line, self._card.show([area]) if area.text else self._card.clear())

    async def greet(self, line: Exchange, order: Order) -> None:
        """See Talk."""
        await self._say(line, self._card.ping())

    @property
    def _card(self) -> FontCard:
        return FontCard(self.nature.station or onbon_font.ANYONE, units=self.nature.units)

    async def _say(self, line: Exchange, frame: bytes) -> None:
        answer = await line.ask(frame, _first_frame(FrameReader()))
        if answer is not None:
            onbon_font.answer_of(answer, self._card.address)


class OnbonBitmapTalk(Talk):
    """BX-6Q: the text goes as a picture, as bright as it should be."""

    async def show(self, line: Exchange, order: Order) -> None:
        """See Talk."""
        area, card = order.area, BitmapCard(self.nature.device)
        if not area.text:
            return await self._say(line, card.forget())
        dots = dimmed(strip_of(area).dots.crop((0, 0, area.width, area.height)), order.brightness)
        return await self._say(line, card.show(Picture(dots.tobytes(), area.width, area.height)))

    async def _say(self, line: Exchange, frame: bytes) -> None:
        answer = await line.ask(frame, _first_frame(FrameReader()))
        if answer is not None:
            onbon_bitmap.answer_of(answer)


class EqTalk(Talk):
    """EQ2013 and its like."""

    async def show(self, line: Exchange, order: Order) -> None:
        """See Talk; a text that runs does not stay."""
        card, area = EqCard(self.nature.station or 1), order.area
        hold = 0 if area.motion is Motion.LEFT else eq.STAYS
        answer = await line.ask(card.show(area, hold) if area.text else card.clear(), _eq_answer(bytearray()))
        if answer is not None:
            eq.answer_of(answer)


class HuiduTalk(Talk):
    """Full-colour cards of Huidu: a conversation that begins with the version and the card's guid."""

    NAME = "hallqueue"

    def __init__(self, nature: Nature) -> None:
        super().__init__(nature)
        self._guid, self._added = "", False

    async def begin(self, line: Exchange) -> None:
        """See Talk."""
        self._guid, self._added = "", False
        await self._packet(line, huidu.hello(), huidu.TELL_VERSION)
        answer = await self._xml(line, huidu.who())
        self._guid = huidu.guid_of(answer) if answer is not None else self.NAME

    async def light(self, line: Exchange, percent: int) -> None:
        """See Talk."""
        await self._agree(line, huidu.brightness(self._guid, max(percent, 1)))

    async def show(self, line: Exchange, order: Order) -> None:
        """See Talk: added once on each wire, then changed in place."""
        programme = huidu.Programme(self._guid, self.NAME)
        if not order.area.text:
            await self._agree(line, huidu.clear(self._guid))
            self._added = False
        else:
            said = programme.update if self._added else programme.add
            await self._agree(line, said(order.area))
            self._added = True

    async def greet(self, line: Exchange, order: Order) -> None:
        """See Talk."""
        await self._packet(line, huidu.heartbeat(), huidu.HEARTBEAT_ANSWER)

    async def _agree(self, line: Exchange, said: bytes) -> None:
        answer = await self._xml(line, said)
        if answer is not None:
            huidu.agreed(answer)

    async def _packet(self, line: Exchange, said: bytes, wanted: int) -> None:
        conversation = huidu.Conversation()

        def taken(data: bytes) -> bool | None:
            return any(command == wanted for command, _ in _heard(conversation, data)) or None

        await line.ask(said, taken)

    async def _xml(self, line: Exchange, said: bytes) -> str | None:
        conversation = huidu.Conversation()

        def taken(data: bytes) -> str | None:
            for command, part in _heard(conversation, data):
                if command == huidu.TELL_XML and (text := conversation.heard(part)) is not None:
                    return text
            return None

        return await line.ask(said, taken)


def _heard(conversation: huidu.Conversation, data: bytes) -> list[tuple[int, bytes]]:
    """Packets of the card; one that tells an error is a refusal, and one we know nothing of is no answer."""
    packets = conversation.feed(data)
    for command, part in packets:
        if command == huidu.ERROR:
            raise RefusedByCardError(int.from_bytes(part[:2], "little"), "the card's own error")
        if command not in (huidu.TELL_VERSION, huidu.TELL_XML, huidu.HEARTBEAT, huidu.HEARTBEAT_ANSWER):
            raise BadFrameError(f"a packet of kind {command:04x}")
    return packets


def _first_frame(reader: FrameReader) -> Callable[[bytes], bytes | None]:
    return lambda data: next(iter(reader.feed(data)), None)


def _eq_answer(held: bytearray) -> Callable[[bytes], bytes | None]:
    def taken(data: bytes) -> bytes | None:
        held.extend(data)
        return bytes(held) if len(held) >= len(eq.AGREED[0]) else None

    return taken


TALKS: dict[str, Callable[[Nature], Talk]] = {
    "onbon_font": OnbonFontTalk,
    "eq": EqTalk,
    "huidu": HuiduTalk,
    "onbon_bitmap": OnbonBitmapTalk,
}
