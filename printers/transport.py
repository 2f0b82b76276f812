"""The way of a slip to a printer: one connection per slip, asked before and after, and an honest answer.

Addresses: tcp://host:9100, serial:///dev/ttyUSB0?baud=115200, usb://04b8:0202, file:///dev/usb/lp0, and
schemes that `resolvers` turn into one of these (twin://). `?status=none` is for a printer that cannot answer:
its slips are never more than "unconfirmed".
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from printers.connectors import Connection, DeviceFault, connect
from printers.escpos_bytes import ASK_PAPER, ask_status

ANSWER_S = 1.0  # a printer that is silent for a second is off-line
PRINTED_S = 5.0  # a slip takes one to three seconds
PORTION = 4096

resolvers: dict[str, Callable[[str], str]] = {}
_locks: dict[str, threading.Lock] = {}


class Outcome(StrEnum):
    """What is known of a slip after sending it."""

    CONFIRMED = "confirmed"  # the printer answered, after the last byte and in order, that it is well
    UNCONFIRMED = "unconfirmed"  # all bytes are out; the printer cannot or did not say more
    FAILED = "failed"  # not one byte of the slip was sent
    UNKNOWN = "unknown"  # broke while sending, or a fault afterwards: there may be paper or not


class Reason(StrEnum):
    """Why it is not confirmed."""

    NONE = ""
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    BROKEN = "broken"
    BAD_ADDRESS = "bad_address"


@dataclass(frozen=True, slots=True)
class Status:
    """DLE EOT 1, 2 and 4 decoded."""

    offline: bool = False
    cover_open: bool = False
    paper_out: bool = False
    near_end: bool = False

    @classmethod
    def decode(cls, printer: int, cause: int, paper: int) -> "Status":
        """`printer`, `cause`, `paper`: the answers to DLE EOT 1, 2 and 4."""
        return cls(
            offline=bool(printer & 0x08),
            cover_open=bool(cause & 0x04),
            paper_out=bool(cause & 0x20 or paper & 0x60),
            near_end=bool(paper & 0x0C),
        )

    @property
    def fault(self) -> Reason:
        """The most telling reason, or none."""
        if self.cover_open:
            return Reason.COVER_OPEN
        if self.paper_out:
            return Reason.PAPER_OUT
        return Reason.OFFLINE if self.offline else Reason.NONE


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one slip; `detail` is for the log, `near_end` asks for a new roll."""

    outcome: Outcome
    reason: Reason = Reason.NONE
    detail: str = ""
    near_end: bool = False


def send(address: str, data: bytes) -> Delivery:
    """Print `data` at `address`, one slip at a time per printer. Never raises for what a device does."""
    with _lock(address):
        try:
            connection = connect(_resolved(address))
        except ValueError as error:
            return Delivery(Outcome.FAILED, Reason.BAD_ADDRESS, str(error))
        except DeviceFault as error:
            return Delivery(Outcome.FAILED, Reason.REFUSED, str(error))
        with connection:
            return _print(connection, data)


def ask(address: str) -> Status | Reason:
    """How the printer is, without printing; a Reason where it does not say."""
    with _lock(address):
        try:
            with connect(_resolved(address)) as connection:
                return (_status(connection) if connection.answers else None) or Reason.NO_ANSWER
        except ValueError:
            return Reason.BAD_ADDRESS
        except DeviceFault:
            return Reason.REFUSED


def _lock(address: str) -> threading.Lock:
    return _locks.setdefault(address, threading.Lock())


def _resolved(address: str) -> str:
    resolver = resolvers.get(urlsplit(address).scheme)
    return resolver(address) if resolver else address


def _print(connection: Connection, data: bytes) -> Delivery:
    """Ask, send, ask again."""
    refusal = _before(connection)
    if refusal:
        return refusal
    sent = 0
    try:
        for start in range(0, len(data), PORTION):
            connection.write(data[start : start + PORTION])
            sent = start + PORTION
    except DeviceFault as error:
        # The failed portion may have arrived in part, even when it is the first.
        return Delivery(Outcome.UNKNOWN, Reason.BROKEN, f"after {sent} of {len(data)} bytes: {error}")
    return _after(connection)


def _before(connection: Connection) -> Delivery | None:
    """A reason not to send anything."""
    if not connection.answers:
        return None
    try:
        status = _status(connection)
    except DeviceFault as error:
        return Delivery(Outcome.FAILED, Reason.BROKEN, str(error))
    if status is None:
        return Delivery(Outcome.FAILED, Reason.NO_ANSWER, "no answer to DLE EOT before printing")
    if status.fault:
        return Delivery(Outcome.FAILED, status.fault, near_end=status.near_end)
    return None


def _after(connection: Connection) -> Delivery:
    """GS r is answered in the order of printing, DLE EOT at once: only both together say "printed"."""
    if not connection.answers:
        return Delivery(Outcome.UNCONFIRMED, Reason.NO_ANSWER, "this printer is not asked")
    try:
        connection.write(ASK_PAPER)
        in_order, status = _wait_for_end(connection)
    except DeviceFault as error:
        return Delivery(Outcome.UNKNOWN, Reason.BROKEN, f"after the last byte: {error}")
    if status is None:
        return Delivery(Outcome.UNKNOWN, Reason.NO_ANSWER, "silent after the last byte")
    if status.fault:
        return Delivery(Outcome.UNKNOWN, status.fault, "after the last byte", status.near_end)
    if not in_order:
        return Delivery(Outcome.UNCONFIRMED, Reason.NO_ANSWER, "GS r is not answered", status.near_end)
    return Delivery(Outcome.CONFIRMED, near_end=status.near_end)


def _wait_for_end(connection: Connection) -> tuple[bool, Status | None]:
    """Whether GS r was answered, and the status then; a fault ends the waiting at once."""
    deadline = time.monotonic() + PRINTED_S
    while True:
        in_order = connection.await_byte(_is_sensor_answer, ANSWER_S) is not None
        status = _status(connection)
        if in_order or status is None or status.fault or time.monotonic() > deadline:
            return in_order, status


def _status(connection: Connection) -> Status | None:
    """DLE EOT 1, 2 and 4; None where one of them stays unanswered."""
    answers = []
    for kind in (1, 2, 4):
        connection.write(ask_status(kind))
        answer = connection.await_byte(_is_status_answer, ANSWER_S)
        if answer is None:
            return None
        answers.append(answer)
    return Status.decode(*answers)


def _is_status_answer(byte: int) -> bool:
    """DLE EOT answers have bits 1 and 4 set, bits 0 and 7 clear; XON, XOFF and ASB have not."""
    return byte & 0x93 == 0x12


def _is_sensor_answer(byte: int) -> bool:
    """GS r answers have bits 4 and 7 clear."""
    return byte & 0x90 == 0
