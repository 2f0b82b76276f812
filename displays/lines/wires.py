"""Open wires: bytes out within a time limit, bytes in as they come; whatever breaks is one kind of error."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

import serial

from displays.lines.addresses import Address

CONNECT_S = 3.0
WRITE_S = 3.0
HELD = 4096
"""Bytes held for a reader; a card that talks without end is not read any further."""
NEWEST = 16
"""Datagrams held for a reader: the answer to the last question is among the newest, not behind what came late."""

Result = TypeVar("Result")


class WireError(Exception):
    """A wire broke or could not be opened; `cannot_reach` tells the second from the first."""

    def __init__(self, reason: str, cannot_reach: bool = False) -> None:
        super().__init__(reason)
        self.cannot_reach = cannot_reach


def _nobody() -> None:
    """Nobody wants to know."""


class Wire:
    """One open wire; `on_lost` is called when the other side goes away by itself, where that can be known."""

    on_lost: Callable[[], None]

    def __init__(self) -> None:
        self.on_lost = _nobody

    async def send(self, data: bytes) -> None:
        """All of it, within WRITE_S and the time the line itself takes. Raises WireError."""
        raise NotImplementedError

    async def receive(self) -> bytes:
        """The next bytes, at least one. Raises WireError when the other side is gone."""
        raise NotImplementedError

    def drop(self) -> None:
        """Forget what came unasked."""

    def close(self) -> None:
        """Let go of it at once, whatever state it is in."""


async def open_wire(address: Address) -> Wire:
    """An open wire. Raises WireError."""
    makers: dict[str, Any] = {"tcp": TcpWire.open, "udp": UdpWire.open}
    try:
        async with asyncio.timeout(CONNECT_S):  # not wait_for: before 3.12 it may swallow a cancellation
            wire: Wire = await makers.get(address.scheme, SerialWire.open)(address)
    except (OSError, TimeoutError, ValueError, serial.SerialException) as error:
        raise WireError(str(error) or type(error).__name__, cannot_reach=True) from None
    return wire


class TcpWire(Wire, asyncio.Protocol):
    """A TCP connection. Of what comes unasked no more than HELD bytes are read; the rest waits in the network."""

    def __init__(self) -> None:
        super().__init__()
        self._held, self._heard, self._writable = bytearray(), asyncio.Event(), asyncio.Event()
        self._writable.set()
        self._lost = False
        self._transport: Any = None

    @classmethod
    async def open(cls, address: Address) -> "TcpWire":
        """Connect."""
        loop = asyncio.get_running_loop()
        wire = (await loop.create_connection(cls, address.host, address.port))[1]
        wire._transport.set_write_buffer_limits(0)
        return wire

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connected."""
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side is gone."""
        self._lost = True
        self._heard.set()
        self._writable.set()
        self.on_lost()

    def data_received(self, data: bytes) -> None:
        """From the card."""
        self._held += data
        self._heard.set()
        if len(self._held) > HELD:
            self._transport.pause_reading()

    def pause_writing(self) -> None:
        """The network takes no more for the moment."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """It takes more."""
        self._writable.set()

    async def send(self, data: bytes) -> None:
        """See Wire."""
        if self._lost:
            raise WireError("the card closed the connection")
        self._transport.write(data)
        try:
            async with asyncio.timeout(WRITE_S):
                await self._writable.wait()
        except TimeoutError:
            raise WireError("the card takes no bytes") from None

    async def receive(self) -> bytes:
        """See Wire."""
        await self._heard.wait()
        if not self._held:
            raise WireError("the card closed the connection")
        data = bytes(self._held)
        self.drop()
        return data

    def drop(self) -> None:
        """See Wire."""
        self._held.clear()
        if not self._lost:
            self._heard.clear()
            self._transport.resume_reading()

    def close(self) -> None:
        """See Wire."""
        self.on_lost = _nobody
        self._transport.abort()


class UdpWire(Wire, asyncio.DatagramProtocol):
    """A UDP socket that hears one card alone; of many datagrams the newest are kept."""

    def __init__(self) -> None:
        super().__init__()
        self._heard: deque[bytes | WireError] = deque(maxlen=NEWEST)
        self._came = asyncio.Event()
        self._transport: Any = None

    @classmethod
    async def open(cls, address: Address) -> "UdpWire":
        """A socket of its own for each card, so that a late answer finds nobody after it was given up."""
        loop = asyncio.get_running_loop()
        transport, wire = await loop.create_datagram_endpoint(cls, remote_addr=(address.host, address.port))
        wire._transport = transport
        return wire

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """From the card."""
        self._take(data)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there."""
        self._take(WireError(str(exc), cannot_reach=True))

    async def send(self, data: bytes) -> None:
        """See Wire; a datagram goes whole."""
        self._transport.sendto(data)

    async def receive(self) -> bytes:
        """See Wire."""
        while not self._heard:
            self._came.clear()
            await self._came.wait()
        heard = self._heard.popleft()
        if isinstance(heard, WireError):
            raise heard
        return heard

    def drop(self) -> None:
        """See Wire."""
        self._heard.clear()

    def close(self) -> None:
        """See Wire."""
        self._transport.abort()

    def _take(self, heard: bytes | WireError) -> None:
        self._heard.append(heard)
        self._came.set()


class SerialWire(Wire):
    """A serial line by pyserial, which blocks: one thread for each such line, and there are few."""

    def __init__(self, device: Any, thread: ThreadPoolExecutor) -> None:
        super().__init__()
        self._device, self._thread = device, thread
        self._closed = False

    @classmethod
    async def open(cls, address: Address) -> "SerialWire":
        """Open it alone: a bus has one master."""
        thread = ThreadPoolExecutor(1, "card-line")
        url = {"serial": address.path, "loop": "loop://"}.get(
            address.scheme, f"rfc2217://{address.host}:{address.port}"
        )
        more: Any = {"exclusive": True} if address.scheme == "serial" else {}
        loop = asyncio.get_running_loop()
        try:
            device = await loop.run_in_executor(
                thread,
                lambda: serial.serial_for_url(url, address.baud, timeout=0.05, write_timeout=WRITE_S, **more),
            )
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(device, thread)

    async def send(self, data: bytes) -> None:
        """See Wire."""
        limit = WRITE_S + len(data) * 10 / self._device.baudrate
        await self._run(lambda: self._write(data), limit + 1)

    async def receive(self) -> bytes:
        """See Wire."""
        while not (data := await self._run(self._read, 2.0)):
            pass
        return data

    def drop(self) -> None:
        """See Wire."""
        with suppress(OSError, serial.SerialException):
            self._device.reset_input_buffer()

    def close(self) -> None:
        """See Wire; bytes that the line did not take are dropped first, since closing would wait for them."""
        self._closed = True
        self._thread.submit(self._end)
        self._thread.shutdown(wait=False)

    def _write(self, data: bytes) -> None:
        self._device.write(data)

    def _read(self) -> bytes:
        first: bytes = self._device.read(1)
        return first + self._device.read(min(self._device.in_waiting, HELD)) if first else b""

    def _end(self) -> None:
        with suppress(OSError, serial.SerialException):
            self._device.reset_output_buffer()
        with suppress(OSError, serial.SerialException):
            self._device.close()

    async def _run(self, work: Callable[[], Result], limit: float) -> Result:
        if self._closed:
            raise WireError("the line is closed")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(limit):
                return await loop.run_in_executor(self._thread, work)
        except (OSError, TimeoutError, TypeError, serial.SerialException) as error:
            raise WireError(str(error) or "the line takes no bytes") from None
