"""Connections to printers over python-escpos, with time limits and one kind of error for whatever breaks."""

import errno
import select
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from escpos.exceptions import Error as EscposError
from escpos.exceptions import USBNotFoundError
from escpos.printer import File, Network, Serial, Usb

from printers.addresses import parse
from printers.answers import Answers

CONNECT_S = 3.0
WRITE_S = 3.0  # for each portion, not for the whole slip
MOST_BYTES = 1024
"""Heard while one answer is waited for; whoever says more without giving it is not listened to any longer."""


class Trouble(StrEnum):
    """What kind of trouble it was, where the system says so."""

    NONE = ""
    NOT_THERE = "not_there"  # unplugged, or switched off
    NO_USB = "no_usb"  # this machine lacks libusb
    NOT_PERMITTED = "not_permitted"
    DISK_FULL = "disk_full"
    PAPER_OUT = "paper_out"
    NONSENSE = "nonsense"  # it talks without end


class DeviceFault(Exception):
    """A device or its line did not do what it was asked; the text is for the log."""

    def __init__(self, words: str, trouble: Trouble = Trouble.NONE) -> None:
        super().__init__(words)
        self.trouble = trouble


# What the connectors raise: AssertionError after a failed open, ValueError without a USB library.
_FAULTS = (OSError, EscposError, AssertionError, ValueError, RuntimeError)
_TROUBLES = {
    errno.ENOENT: Trouble.NOT_THERE,
    errno.ENODEV: Trouble.NOT_THERE,
    errno.ENXIO: Trouble.NOT_THERE,
    errno.EACCES: Trouble.NOT_PERMITTED,
    errno.EPERM: Trouble.NOT_PERMITTED,
    errno.ENOSPC: Trouble.DISK_FULL,
    errno.EDQUOT: Trouble.DISK_FULL,
}


@contextmanager
def _told() -> Iterator[None]:
    """Whatever a connector raises becomes a DeviceFault; our own goes through."""
    try:
        yield
    except DeviceFault:
        raise
    except _FAULTS as error:
        raise DeviceFault(str(error) or type(error).__name__, _trouble_of(error)) from error


def _trouble_of(error: BaseException | None) -> Trouble:
    """The connectors wrap what the system said: the number stands on the error or on its cause."""
    while error is not None:
        if any(isinstance(each, USBNotFoundError) for each in (error, *error.args)):
            return Trouble.NOT_THERE
        if type(error).__name__ == "NoBackendError":  # of pyusb, which a hall without USB printers may lack
            return Trouble.NO_USB
        number = getattr(error, "errno", None)
        if number in _TROUBLES:
            return _TROUBLES[number]
        error = error.__cause__ or error.__context__
    return Trouble.NONE


class Connection:
    """One open line to a printer: `is_asked` says whether it can be asked at all, `answers` what it said."""

    def __init__(self, connector: Any, is_asked: bool) -> None:
        self.connector = connector
        self.is_asked = is_asked
        self.answers = Answers()
        try:
            with _told():
                connector.open()
                self._limit()
        except DeviceFault:
            self.close()
            raise

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
        with _told():
            self.connector._raw(data)

    def listen(self, until: Callable[[Answers], bool], seconds: float) -> bool:
        """Take answers until there are enough; False when they did not come in time.

        Raises DeviceFault when something else comes without end: it would keep the interpreter from everybody.
        """
        deadline, heard = time.monotonic() + seconds, 0
        while not until(self.answers):
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return False
            if heard > MOST_BYTES:
                raise DeviceFault("it talks without end", Trouble.NONSENSE)
            data = self._read(remaining)
            heard += len(data)
            self.answers.take(data)
        return True

    def _read(self, seconds: float) -> bytes:
        with _told():
            try:
                return self._receive(seconds)
            except TimeoutError:
                return b""

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
        with _told():
            return int(self.connector.device.out_waiting)

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
        try:
            super().write(data)
        except DeviceFault as fault:
            if fault.trouble is Trouble.DISK_FULL and self._is_line_printer():
                raise DeviceFault(str(fault), Trouble.PAPER_OUT) from fault
            raise

    def _is_line_printer(self) -> bool:
        """Linux' usblp says "no space" when the paper is out."""
        mode = Path(self.connector.devfile).stat().st_mode
        return stat.S_ISCHR(mode) and "lp" in Path(self.connector.devfile).name


def connect(text: str) -> Connection:
    """An open connection. Raises ValueError for an address nobody can use, DeviceFault for a dead device."""
    address = parse(text)
    match address.scheme:
        case "tcp":
            network = Network(address.place, address.port, timeout=CONNECT_S)
            return _NetworkConnection(network, address.answers)
        case "serial":
            flow = {"dsrdtr": address.flow == "dsr", "xonxoff": address.flow == "xon"}
            serial = Serial(address.place, baudrate=address.baud, timeout=1, **flow)
            return _SerialConnection(serial, address.answers)
        case "usb":
            ends = {"in_ep": address.ends[0], "out_ep": address.ends[1]}
            usb = Usb(*address.usb_id, timeout=round(WRITE_S * 1000), **ends)
            return _UsbConnection(usb, address.answers)
        case "file":
            return _FileConnection(_file(address.place), address.answers)


def _file(path: str) -> File:
    """Only what exists: opening for writing would make a plain file of a missing device."""
    device = Path(path)
    if not (device.is_char_device() or device.is_file()):
        raise DeviceFault(f"no device {path}", Trouble.NOT_THERE)
    return File(path)
