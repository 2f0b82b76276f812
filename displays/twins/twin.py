"""A card twin on a real wire: a TCP or UDP port, or a pty as the far end of a serial bus; all twins share one loop.

with CardTwin("onbon_font", {1: TwinBar(128, 32)}, wire="pty") as twin:
    say(twin.url, frame)
    twin.bars[1].strip.png(), twin.bars[1].complaints
"""

import asyncio
import os
import threading
import tty
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import suppress
from enum import StrEnum
from functools import cache
from types import TracebackType
from typing import Any, Protocol, Self

from displays.twins.bar import TwinBar
from displays.twins.eq import EqTwin
from displays.twins.huidu import HuiduTwin
from displays.twins.onbon_bitmap import OnbonBitmapTwin
from displays.twins.onbon_font import OnbonFontTwin

PORTION = 4096
DELAY_S = 3.0
ENDLESS = bytes(range(1, 91)) * 40


class Fault(StrEnum):
    """What is wrong with a twin."""

    NONE = "none"
    SILENT = "silent"
    SLOW = "slow"
    REFUSING = "refusing"
    GARBLED = "garbled"
    HALF_OPEN = "half_open"
    ENDLESS = "endless"
    AWAY = "away"


class Brain(Protocol):
    """A family's parser."""

    def take(self, data: bytes, refuse: bool = False) -> Iterator[bytes]:
        """The answers to what came."""

    def restart(self) -> None:
        """Power gone and come back."""


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """The one loop of all twins of this process, in a thread of its own."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="card-twins", daemon=True).start()
    return loop


def _soon(work: Coroutine[Any, Any, Any]) -> Any:
    found: Future[Any] = asyncio.run_coroutine_threadsafe(work, _loop())
    return found.result(10)


class CardTwin:
    """All cards on one wire. `fault` may be set at any time; `restart()` cuts all connections and forgets."""

    def __init__(
        self, family: str, bars: dict[int, TwinBar], wire: str = "tcp", units: str = "bytes"
    ) -> None:
        self.bars, self.delay = bars, DELAY_S
        brains: dict[str, Callable[[], Brain]] = {
            "onbon_font": lambda: OnbonFontTwin(bars, units),
            "onbon_bitmap": lambda: OnbonBitmapTwin(bars),
            "eq": lambda: EqTwin(bars),
            "huidu": lambda: HuiduTwin(bars),
        }
        self._brain = brains[family]()
        self._fault = Fault.NONE
        self._ends: set[End] = set()
        self.heard = 0
        self.url, self._stop = _soon({"tcp": self._tcp, "udp": self._udp, "pty": self._pty}[wire]())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop; the bars stay readable."""
        _soon(self._close())

    @property
    def fault(self) -> Fault:
        """What is wrong with it now."""
        return self._fault

    @fault.setter
    def fault(self, fault: Fault) -> None:
        self._fault = fault
        if fault is Fault.AWAY:
            _soon(self._cut())

    def restart(self) -> None:
        """Power gone and come back: connections end, nothing is shown."""
        self._brain.restart()
        _soon(self._cut())

    async def hear(self, data: bytes, end: "End") -> None:
        """What arrived on one connection; answers go where it came from."""
        self.heard += len(data)
        if self._fault in (Fault.HALF_OPEN, Fault.AWAY):
            return
        if self._fault is Fault.ENDLESS:
            end.endless()
            return
        if self._fault is Fault.SLOW:
            await asyncio.sleep(self.delay)
            if end.is_gone:  # another conversation may have begun
                return
        for answer in self._brain.take(data, refuse=self._fault is Fault.REFUSING):
            if self._fault is not Fault.SILENT:
                end.answer(_garbled(answer) if self._fault is Fault.GARBLED else answer)

    def came(self, end: "End") -> None:
        """A new connection: what was half said on the last one is forgotten."""
        self._ends.add(end)
        begin = getattr(self._brain, "begin", None)
        if begin:
            begin()
        if self._fault is Fault.AWAY:
            end.cut()

    def left(self, end: "End") -> None:
        """A connection ended."""
        self._ends.discard(end)

    async def _cut(self) -> None:
        for end in list(self._ends):
            end.cut()

    async def _close(self) -> None:
        await self._cut()
        self._stop()

    async def _tcp(self) -> tuple[str, Callable[[], None]]:
        server = await _loop().create_server(lambda: SocketEnd(self), "127.0.0.1", 0)
        return f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}", server.close

    async def _udp(self) -> tuple[str, Callable[[], None]]:
        transport, _ = await _loop().create_datagram_endpoint(
            lambda: DatagramEnd(self), local_addr=("127.0.0.1", 0)
        )
        return f"udp://127.0.0.1:{transport.get_extra_info('sockname')[1]}", transport.close

    async def _pty(self) -> tuple[str, Callable[[], None]]:
        own, other = os.openpty()
        tty.setraw(other)
        os.set_blocking(own, False)
        end = PtyEnd(self, own, other)
        _loop().add_reader(own, end.readable)
        return f"serial://{os.ttyname(other)}?baud=57600&wait=1", end.close


def _garbled(answer: bytes) -> bytes:
    """One byte is not what it was."""
    return answer[:-4] + bytes([answer[-4] ^ 0x41]) + answer[-3:]


class End:
    """This side of one wire."""

    def __init__(self, twin: CardTwin) -> None:
        self.twin, self.is_gone = twin, False
        self._tasks: set[asyncio.Task[None]] = set()

    def heard(self, data: bytes) -> None:
        """In the order in which it came: a slow card is slow for the next question too."""
        task = _loop().create_task(self.twin.hear(data, self))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def answer(self, data: bytes) -> None:
        """Say this."""
        raise NotImplementedError

    def endless(self) -> None:
        """Talk without end, as fast as it is taken."""
        self.answer(ENDLESS)

    def cut(self) -> None:
        """Break the connection off."""


class SocketEnd(End, asyncio.Protocol):
    """One TCP connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody connected."""
        self._transport: Any = transport
        self._writable = True
        self.twin.came(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """And went away."""
        self._writable, self.is_gone = False, True
        self.twin.left(self)

    def data_received(self, data: bytes) -> None:
        """Bytes."""
        self.heard(data)

    def pause_writing(self) -> None:
        """The other side reads no more."""
        self._writable = False

    def resume_writing(self) -> None:
        """It reads on."""
        self._writable = True

    def answer(self, data: bytes) -> None:
        """See End."""
        self._transport.write(data)

    def endless(self) -> None:
        """See End; it stays polite to its own machine: only as fast as somebody reads."""
        if self._transport.is_closing() or self.twin.fault is not Fault.ENDLESS:
            return
        if self._writable:
            self.answer(ENDLESS)
        _loop().call_later(0.005, self.endless)

    def cut(self) -> None:
        """See End."""
        self._transport.abort()


class DatagramEnd(End, asyncio.DatagramProtocol):
    """A UDP port; answers go to whoever spoke last."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The port is open."""
        self._transport: Any = transport
        self._peer: Any = None

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Bytes."""
        self._peer = addr
        self.heard(data)

    def answer(self, data: bytes) -> None:
        """See End."""
        self._transport.sendto(data, self._peer)


class PtyEnd(End):
    """The far end of a serial line."""

    def __init__(self, twin: CardTwin, own: int, other: int) -> None:
        super().__init__(twin)
        self._own, self._other = own, other

    def readable(self) -> None:
        """Bytes on the line."""
        with suppress(OSError):
            self.heard(os.read(self._own, PORTION))

    def answer(self, data: bytes) -> None:
        """See End."""
        with suppress(OSError):
            os.write(self._own, data)

    def close(self) -> None:
        """Take the line down."""
        _loop().remove_reader(self._own)
        os.close(self._own)
        os.close(self._other)
