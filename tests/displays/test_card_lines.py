"""Real sockets and ptys between the lines and the twins: each family through every fault, buses, and what is bad."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from displays.cards import huidu
from displays.cards.area import Area, Colour, Motion
from displays.cards.bar import strip_of
from displays.lines.addresses import BadAddressError, parse
from displays.lines.line import Condition, Line, Patience, Report
from displays.lines.talks import Nature, Order
from displays.lines.wires import NEWEST, UdpWire
from displays.twins.bar import TwinBar
from displays.twins.twin import CardTwin, End, Fault

QUICK = Patience(greet=0.15, again=0.6, light=1.0, pauses=(0.03, 0.05))
WIRES = [
    ("onbon_font", "tcp"),
    ("onbon_font", "udp"),
    ("onbon_font", "pty"),
    ("eq", "tcp"),
    ("eq", "udp"),
    ("eq", "pty"),
    ("huidu", "tcp"),
    ("onbon_bitmap", "tcp"),
    ("onbon_bitmap", "udp"),
]
AREA = Area("", width=128, height=32, letters=16, number=1, motion=Motion.STILL)


def order(text: str, **more: object) -> Order:
    return Order(dataclasses.replace(AREA, text=text, **more))  # type: ignore[arg-type]


class Bench:
    """One line to one twin, with what was reported."""

    def __init__(self, twin: CardTwin, family: str, wait: float = 0.2) -> None:
        self.twin, self.reports = twin, list[Report]()
        address = dataclasses.replace(parse(twin.url), wait=wait)
        self.line = Line(address, self.reports.append, QUICK)
        self.natures = {station: Nature(family, station) for station in twin.bars}

    def want(self, text: str, station: int = 1, **more: object) -> None:
        self.line.want(station, self.natures[station], order(text, **more))

    def last(self, station: int = 1) -> Report | None:
        return next((each for each in reversed(self.reports) if each.card == station), None)

    async def shows(self, text: str, station: int = 1) -> None:
        """The card acknowledged it, and the twin shows it (a picture has dots, no text)."""
        await until(lambda: self._is_shown(text, station))

    def _is_shown(self, text: str, station: int) -> bool:
        told, bar = self.last(station), self.twin.bars[station]
        acknowledged = told is not None and told.shown is not None and told.shown.area.text == text
        return acknowledged and (bar.text == text or (not bar.text and bool(bar.lit) == bool(text)))


async def until(true: Callable[[], object]) -> None:
    for _ in range(1500):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("never came true")


@asynccontextmanager
async def bench(family: str, wire: str, stations: int = 1, **more: float) -> AsyncIterator[Bench]:
    bars = {station: TwinBar(128, 32, letters=16) for station in range(1, stations + 1)}
    with CardTwin(family, bars, wire) as twin:
        twin.delay = 0.6
        made = Bench(twin, family, **more)
        task = asyncio.create_task(made.line.run())
        yield made
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    for bar in bars.values():
        assert not bar.complaints


EXPECTED = {
    Fault.SILENT: {Condition.NO_ANSWER},
    Fault.SLOW: {Condition.NO_ANSWER},
    Fault.HALF_OPEN: {Condition.NO_ANSWER},
    Fault.REFUSING: {Condition.REFUSED, Condition.BAD_ANSWER},
    Fault.GARBLED: {Condition.BAD_ANSWER, Condition.NO_ANSWER},
    Fault.ENDLESS: {Condition.BAD_ANSWER, Condition.NO_ANSWER, Condition.CANNOT_REACH},
    Fault.AWAY: {Condition.BROKEN, Condition.CANNOT_REACH, Condition.NO_ANSWER},
}


@pytest.mark.slow
@pytest.mark.parametrize(("family", "wire"), WIRES)
async def test_card_of_every_family_is_right_again_after_every_fault(family: str, wire: str) -> None:
    async with bench(family, wire) as made:
        made.want("请A001到3号窗口")
        await made.shows("请A001到3号窗口")
        for number, (fault, conditions) in enumerate(EXPECTED.items()):
            made.twin.fault = fault
            made.want(f"B{number:03d}")
            await until(lambda wanted=conditions: made.last() and made.last().condition in wanted)  # type: ignore[union-attr,misc]
            made.twin.fault = Fault.NONE
            await made.shows(f"B{number:03d}")
            assert made.last() is not None
            assert made.last().condition is Condition.OK  # type: ignore[union-attr]
        made.twin.restart()
        assert not made.twin.bars[1].lit
        await made.shows("B006")
        made.want("")
        await made.shows("")


@pytest.mark.parametrize("family", ["onbon_font", "eq", "huidu", "onbon_bitmap"])
async def test_card_that_refuses_is_found_out_though_its_text_stays_the_same(family: str) -> None:
    """A Huidu card that is occupied still answers heartbeats, and its text is right: the next showing finds it out."""
    async with bench(family, "tcp") as made:
        made.want("A001")
        await made.shows("A001")
        made.twin.fault = Fault.REFUSING
        refused = {Condition.REFUSED, Condition.BAD_ANSWER}
        await until(lambda: made.last() and made.last().condition in refused)  # type: ignore[union-attr]
        made.twin.fault = Fault.NONE
        await made.shows("A001")


async def test_the_newest_order_wins_and_the_older_ones_are_never_sent() -> None:
    async with bench("onbon_font", "tcp", wait=2.0) as made:
        made.want("A001")
        await made.shows("A001")
        made.twin.delay, made.twin.fault = 0.3, Fault.SLOW
        for number in range(2, 40):
            made.want(f"A{number:03d}")
            await asyncio.sleep(0.005)
        made.twin.fault = Fault.NONE
        await made.shows("A039")
        assert len(made.twin.bars[1].texts) <= 5


async def test_cards_on_one_bus_are_spoken_to_in_turn_and_a_dead_one_holds_nobody_up() -> None:
    async with bench("eq", "pty", stations=3) as made:
        made.natures[4] = Nature("eq", 4)  # nobody has this address
        for station in (4, 1, 2, 3):
            made.want(f"B{station:03d}", station)
        for station in (1, 2, 3):
            await made.shows(f"B{station:03d}", station)
        await until(lambda: made.last(4))
        assert made.last(4).condition is Condition.NO_ANSWER  # type: ignore[union-attr]
        made.want("C001", 1, colour=Colour.GREEN)
        await made.shows("C001", 1)


async def test_of_a_flood_of_datagrams_the_newest_are_heard_and_none_from_before_the_question() -> None:
    wire = UdpWire()
    for number in range(NEWEST + 4):
        wire.datagram_received(b"%d" % number, None)
    assert [await wire.receive() for _ in range(NEWEST)] == [b"%d" % each for each in range(4, NEWEST + 4)]
    wire.datagram_received(b"late", None)
    wire.drop()
    asyncio.get_running_loop().call_soon(wire.datagram_received, b"answer", None)
    assert await wire.receive() == b"answer"


async def test_what_a_slow_twin_heard_on_a_line_that_ended_is_no_part_of_the_next_conversation() -> None:
    bar = TwinBar(128, 32, letters=16)
    with CardTwin("huidu", {1: bar}) as twin:
        twin.fault, twin.delay, end = Fault.SLOW, 0.0, End(twin)
        end.is_gone = True
        await twin.hear(huidu.who(), end)
        assert not bar.complaints


async def test_bar_that_is_never_heard_is_told_all_the_same() -> None:
    with CardTwin("eq", {1: TwinBar(128, 32, letters=16)}, "pty") as twin:
        twin.fault = Fault.SILENT
        reports = list[Report]()
        line = Line(parse(f"{twin.url}&answers=none"), reports.append, QUICK)
        line.want(1, Nature("eq", 1), order("A001"))
        task = asyncio.create_task(line.run())
        await until(lambda: twin.bars[1].text == "A001" and reports)
        assert reports[-1].condition is Condition.UNHEARD
        task.cancel()


@pytest.mark.parametrize("units", ["bytes", "pixels", "marked_pixels"])
async def test_a_6k_is_right_only_in_its_own_way_of_counting_and_only_the_eye_can_tell(units: str) -> None:
    bar = TwinBar(128, 32, letters=16)
    right = order("请A001到3号窗口", centred=False)
    with CardTwin("onbon_font", {1: bar}, units=units) as twin:
        reports = list[Report]()
        line = Line(parse(twin.url), reports.append, QUICK)
        task = asyncio.create_task(line.run())
        for tried in ("bytes", "pixels", "marked_pixels"):
            reports.clear()
            line.want(1, Nature("onbon_font", 1, units=tried), right)
            await until(lambda: reports)
            looks_right = bar.strip.dots.tobytes() == strip_of(right.area).dots.tobytes()
            assert looks_right is (tried == units), tried
            bar.darken()
        task.cancel()


async def test_brightness_and_colour_reach_the_bar() -> None:
    for family in ("onbon_font", "huidu"):
        async with bench(family, "tcp") as made:
            made.line.want(1, made.natures[1], Order(order("A001", colour=Colour.GREEN).area, brightness=40))
            await made.shows("A001")
            await until(lambda bar=made.twin.bars[1]: bar.brightness == 40)  # type: ignore[misc]
            assert made.twin.bars[1].lit


@pytest.mark.slow
async def test_card_that_was_exchanged_on_a_wire_without_connections_is_as_dim_as_the_one_before() -> None:
    """Neither UDP nor a bus says that another card answers: what is told again now and then is all of it."""
    for wire in ("udp", "pty"):
        async with bench("onbon_font", wire) as made:
            dim = Order(order("停水　　放假").area, brightness=40)
            made.line.want(1, made.natures[1], dim)
            await made.shows("停水　　放假")
            made.twin.bars[1].darken()
            made.twin.bars[1].light(100)
            await made.shows("停水　　放假")
            await until(lambda bar=made.twin.bars[1]: bar.brightness == 40)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "scheme"),
        ("10.0.0.8:5005", "scheme"),
        ("http://10.0.0.8", "scheme"),
        ("tcp://:5005", "host"),
        ("tcp://a@b:5005", "host"),
        ("tcp://10.0.0.8:0", "port"),
        ("tcp://10.0.0.8:99999", "port"),
        ("udp://10.0.0.8", "port"),
        ("serial:///etc/passwd", "path"),
        ("serial://ttyUSB0", "path"),
        ("serial:///dev/ttyUSB0?baud=100", "baud"),
        ("tcp://10.0.0.8:5005?baud=9600", "option"),
        ("serial:///dev/ttyUSB0?parity=e", "option"),
        ("tcp://10.0.0.8:5005?answers=maybe", "option"),
        ("tcp://10.0.0.8:5005?wait=forever", "wait"),
        ("tcp://10.0.0.8:5005?wait=60", "wait"),
    ],
)
def test_address_that_leads_nowhere_says_what_is_wrong_with_it(text: str, code: str) -> None:
    with pytest.raises(BadAddressError) as error:
        parse(text)
    assert error.value.code == code


def test_address_is_read_whole() -> None:
    assert parse("tcp://10.0.0.8", port=5005).port == 5005
    found = parse("serial:///dev/ttyUSB0?baud=9600&wait=0.4&answers=none")
    assert (found.path, found.baud, found.wait, found.answers) == ("/dev/ttyUSB0", 9600, 0.4, False)
    assert parse("rfc2217://10.0.0.9:2001").is_serial
