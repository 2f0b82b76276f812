"""Connections to printers over python-escpos, with time limits and one kind of error for whatever breaks."""

import select
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import SplitResult, parse_qs, urlsplit

from escpos.exceptions import Error as EscposError
from escpos.printer import File, Network, Serial, Usb

CONNECT_S = 3.0
WRITE_S = 3.0  # for each portion, not for the whole slip


class DeviceFault(Exception):
    """A device or its line did not do what it was asked; the text is for the log."""


# What the connectors raise: AssertionError after a failed open, ValueError without a USB library.
_FAULTS = (OSError, EscposError, AssertionError, ValueError, RuntimeError)


class Connection:
    """One open line to a printer; `answers` says whether it can be asked at all."""

    def __init__(self, connector: Any, answers: bool) -> None:
        self.connector = connector
        self.answers = answers
        self._seen = b""
        try:
            connector.open()
            self._limit()
        except _FAULTS as error:
            self.close()
            raise DeviceFault(str(error) or type(error).__name__) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the device, whatever state it is in."""
        with suppress(*_FAULTS):
            self.connector.close()

    def write(self, data: bytes) -> None:
        """One portion, within the time limit of the line."""
        try:
            self.connector._raw(data)
        except _FAULTS as error:
            raise DeviceFault(str(error) or type(error).__name__) from error

    def await_byte(self, wanted: Callable[[int], bool], seconds: float) -> int | None:
        """The first byte from the printer that is `wanted`; None when there is none in time."""
        deadline = time.monotonic() + seconds
        while True:
            for place, byte in enumerate(self._seen):
                if wanted(byte):
                    self._seen = self._seen[place + 1 :]
                    return byte
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return None
            self._seen = self._read(remaining)

    def _read(self, seconds: float) -> bytes:
        try:
            return self._receive(seconds)
        except TimeoutError:
            return b""
        except _FAULTS as error:
            raise DeviceFault(str(error) or type(error).__name__) from error

    def _limit(self) -> None:
        """Set time limits that the connector itself does not."""

    def _receive(self, seconds: float) -> bytes:
        """At least one byte within `seconds`, else empty or TimeoutError."""
        return b""


class _NetworkConnection(Connection):
    def _receive(self, seconds: float) -> bytes:
        device = self.connector.device
        device.settimeout(seconds)
        try:
            data: bytes = self.connector._read()
        finally:
            device.settimeout(WRITE_S)
        if not data:
            raise ConnectionError("the printer closed the connection")
        return data


class _SerialConnection(Connection):
    baud: int = 9600

    def _limit(self) -> None:
        self.baud = self.connector.baudrate
        self.connector.device.reset_input_buffer()

    def write(self, data: bytes) -> None:
        # Ten bits for each byte on the line; without a limit a dead flow control would hold us for ever.
        device = self.connector.device
        device.write_timeout = limit = WRITE_S + len(data) * 10 / self.baud
        deadline = time.monotonic() + limit
        super().write(data)
        while self._unsent():
            if time.monotonic() > deadline:
                raise DeviceFault("the line takes no bytes")
            time.sleep(0.005)

    def _unsent(self) -> int:
        try:
            return int(self.connector.device.out_waiting)
        except _FAULTS as error:
            raise DeviceFault(str(error) or type(error).__name__) from error

    def close(self) -> None:
        """The connector flushes without a limit when it closes: drop first what the line did not take."""
        device = self.connector._device
        if device and device.is_open:
            with suppress(*_FAULTS):
                device.reset_output_buffer()
        super().close()

    def _receive(self, seconds: float) -> bytes:
        self.connector.device.timeout = seconds
        first: bytes = self.connector.device.read(1)
        return first


class _UsbConnection(Connection):
    def _receive(self, seconds: float) -> bytes:
        return bytes(self.connector.device.read(self.connector.in_ep, 16, max(1, round(seconds * 1000))))


class _FileConnection(Connection):
    def write(self, data: bytes) -> None:
        # A printer without paper lets the writer of its device file wait for ever.
        poll = select.poll()
        poll.register(self.connector.device, select.POLLOUT)
        if not poll.poll(WRITE_S * 1000):
            raise DeviceFault("the device takes no bytes")
        super().write(data)


def connect(address: str) -> Connection:
    """An open connection. Raises ValueError for an address nobody can use, DeviceFault for a dead device."""
    parts = urlsplit(address)
    option = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    answers = option.get("status", "ask") != "none"
    match parts.scheme:
        case "tcp" if parts.hostname:
            network = Network(parts.hostname, parts.port or 9100, timeout=CONNECT_S)
            return _NetworkConnection(network, answers)
        case "serial" if parts.path:
            serial = Serial(parts.path, baudrate=int(option.get("baud", "9600")), timeout=1, **_flow(option))
            return _SerialConnection(serial, answers)
        case "usb" if parts.netloc:
            return _UsbConnection(_usb(parts, option), answers)
        case "file" if parts.path:
            return _FileConnection(_file(parts.path), answers=False)
    raise ValueError(f"not the address of a printer: {address!r}")


def _flow(option: dict[str, str]) -> dict[str, bool]:
    flow = option.get("flow", "dsr")
    if flow not in ("dsr", "xon", "none"):
        raise ValueError(f"flow must be dsr, xon or none, not {flow!r}")
    return {"dsrdtr": flow == "dsr", "xonxoff": flow == "xon"}


def _usb(parts: SplitResult, option: dict[str, str]) -> Usb:
    vendor, _, product = parts.netloc.partition(":")
    ends = (int(option.get("in", "82"), 16), int(option.get("out", "01"), 16))
    limit = round(WRITE_S * 1000)
    return Usb(int(vendor, 16), int(product, 16), timeout=limit, in_ep=ends[0], out_ep=ends[1])


def _file(path: str) -> File:
    """Only what exists: opening for writing would make a plain file of a missing device."""
    device = Path(path)
    if not (device.is_char_device() or device.is_file()):
        raise DeviceFault(f"no device {path}")
    return File(path)
