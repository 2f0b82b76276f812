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

from printers.answers import Answers, Status
from printers.connectors import Connection, DeviceFault, connect
from printers.escpos_bytes import ASK_PAPER, ask_id, ask_status

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
    DEFECT = "defect"
    NO_ANSWER = "no_answer"
    NONSENSE = "nonsense"  # it answers, but not as a printer does
    REFUSED = "refused"
    BROKEN = "broken"
    BAD_ADDRESS = "bad_address"
    NOT_THERE = "not_there"
    NO_USB = "no_usb"
    NOT_PERMITTED = "not_permitted"
    DISK_FULL = "disk_full"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one slip; `detail` is for the log, `near_end` asks for a new roll."""

    outcome: Outcome
    reason: Reason = Reason.NONE
    detail: str = ""
    near_end: bool = False


def _nobody() -> None:
    """Nobody wants to know."""


def send(address: str, data: bytes, mark: str = "", on_portion: Callable[[], object] = _nobody) -> Delivery:
    """Print `data` at `address`, one slip at a time per printer. Never raises for what a device does.

    `mark`: four ASCII characters that a printer with GS ( H says back when this very slip is printed; "" for others.
    `on_portion` is called after each portion: a picture takes a minute on a slow line.
    """
    with _lock(address):
        try:
            connection = connect(_resolved(address))
        except ValueError as error:
            return Delivery(Outcome.FAILED, Reason.BAD_ADDRESS, str(error))
        except DeviceFault as fault:
            return Delivery(Outcome.FAILED, _reason(fault, Reason.REFUSED), str(fault))
        with connection:
            return _print(connection, data, mark, on_portion)


def ask(address: str) -> Status | Reason:
    """How the printer is, without printing; a Reason where it does not say."""
    with _lock(address):
        try:
            with connect(_resolved(address)) as connection:
                if not connection.is_asked:
                    return Reason.NO_ANSWER
                return _status(connection) or _silence(connection)
        except ValueError:
            return Reason.BAD_ADDRESS
        except DeviceFault as fault:
            return _reason(fault, Reason.REFUSED)


def fault_of(status: Status) -> Reason:
    """The most telling reason, or none."""
    if status.cover_open:
        return Reason.COVER_OPEN
    if status.paper_out:
        return Reason.PAPER_OUT
    if status.defect:
        return Reason.DEFECT
    return Reason.OFFLINE if status.offline else Reason.NONE


def _lock(address: str) -> threading.Lock:
    return _locks.setdefault(address, threading.Lock())


def _resolved(address: str) -> str:
    resolver = resolvers.get(urlsplit(address).scheme)
    return resolver(address) if resolver else address


def _reason(fault: DeviceFault, otherwise: Reason) -> Reason:
    return Reason(fault.trouble) or otherwise


def _silence(connection: Connection) -> Reason:
    """Why there is no status: nothing came, or nothing that makes sense."""
    return Reason.NONSENSE if connection.answers.nonsense else Reason.NO_ANSWER


def _print(connection: Connection, data: bytes, mark: str, on_portion: Callable[[], object]) -> Delivery:
    """Ask, send, ask again."""
    refusal = _before(connection)
    if refusal:
        return refusal
    sent = 0
    try:
        for start in range(0, len(data), PORTION):
            connection.write(data[start : start + PORTION])
            sent = min(start + PORTION, len(data))
            on_portion()
    except DeviceFault as fault:
        # The failed portion may have arrived in part, even when it is the first.
        words = f"after {sent} of {len(data)} bytes: {fault}"
        return Delivery(Outcome.UNKNOWN, _reason(fault, Reason.BROKEN), words)
    return _after(connection, mark)


def _before(connection: Connection) -> Delivery | None:
    """A reason not to send anything."""
    if not connection.is_asked:
        return None
    try:
        status = _status(connection)
    except DeviceFault as fault:
        return Delivery(Outcome.FAILED, _reason(fault, Reason.BROKEN), str(fault))
    if status is None:
        return Delivery(Outcome.FAILED, _silence(connection), "no answer to DLE EOT before printing")
    fault_now = fault_of(status)
    return Delivery(Outcome.FAILED, fault_now, near_end=status.near_end) if fault_now else None


def _after(connection: Connection, mark: str) -> Delivery:
    """GS r and GS ( H are answered in the order of printing, DLE EOT at once: only both together say "printed"."""
    if not connection.is_asked:
        return Delivery(Outcome.UNCONFIRMED, Reason.NO_ANSWER, "this printer is not asked")
    try:
        connection.write(ask_id(mark) if mark else ASK_PAPER)
        in_order, status = _wait_for_end(connection, mark)
    except DeviceFault as fault:
        return Delivery(Outcome.UNKNOWN, _reason(fault, Reason.BROKEN), f"after the last byte: {fault}")
    if status is None:
        return Delivery(Outcome.UNKNOWN, _silence(connection), "silent after the last byte")
    fault_now = fault_of(status)
    if fault_now:
        return Delivery(Outcome.UNKNOWN, fault_now, "after the last byte", status.near_end)
    if not in_order:
        words = f"GS {'( H' if mark else 'r'} is not answered"
        return Delivery(Outcome.UNCONFIRMED, Reason.NO_ANSWER, words, status.near_end)
    return Delivery(Outcome.CONFIRMED, near_end=status.near_end)


def _wait_for_end(connection: Connection, mark: str) -> tuple[bool, Status | None]:
    """Whether the question in the order of printing was answered, and the status then; a fault ends the waiting."""
    deadline = time.monotonic() + PRINTED_S
    wanted = mark.encode("ascii")

    def printed(answers: Answers) -> bool:
        return wanted in answers.ids if mark else bool(answers.sensors)

    while True:
        in_order = connection.listen(printed, ANSWER_S)
        status = _status(connection)
        if in_order or status is None or fault_of(status) or time.monotonic() > deadline:
            return in_order, status


def _status(connection: Connection) -> Status | None:
    """DLE EOT 1, 2 and 4, else what the printer told of its own accord (ASB); None where it says neither."""
    connection.answers.real_time.clear()
    for count, kind in enumerate((1, 2, 4), 1):
        connection.write(ask_status(kind))
        if not connection.listen(_has_told(count), ANSWER_S):
            return connection.answers.asb
    return Status.decode(*connection.answers.real_time[:3])


def _has_told(count: int) -> Callable[[Answers], bool]:
    return lambda answers: len(answers.real_time) >= count
