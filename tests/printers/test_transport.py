"""The way to the printer, over real sockets and terminals: what is claimed is what is on the paper."""

import os
import socket
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from printers import transport
from printers.answers import Status
from printers.connectors import DeviceFault
from printers.escpos_bytes import CUT
from printers.parts import PAPER_80
from printers.slip import slip_bytes
from printers.transport import Delivery, Outcome, Reason, ask, send
from printers.twin import Mode, PrinterTwin
from tests.printers.papers import SLIP, URL

pytestmark = pytest.mark.slow

DATA = slip_bytes(SLIP, PAPER_80)


def _result(delivery: Delivery) -> tuple[Outcome, Reason]:
    return delivery.outcome, delivery.reason


@contextmanager
def _babbling(words: bytes) -> Iterator[str]:
    """The address of a device that says `words` again and again to whoever connects, as fast as they are taken."""

    def talk(line: socket.socket) -> None:
        with line, suppress(OSError):
            while True:
                line.sendall(words * 1000)

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=talk, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def test_printed_slip_is_confirmed_and_on_the_paper() -> None:
    with PrinterTwin() as twin:
        assert _result(send(twin.url, DATA)) == (Outcome.CONFIRMED, Reason.NONE)
        assert twin.slips[-1].errors == ()
        assert "A017" in twin.slips[-1].text
        assert URL in twin.slips[-1].text


def test_roll_near_its_end_prints_and_says_so() -> None:
    with PrinterTwin(Mode.NEAR_END) as twin:
        delivery = send(twin.url, DATA)
        assert delivery == Delivery(Outcome.CONFIRMED, near_end=True)
        assert len(twin.slips) == 1


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (Mode.PAPER_OUT, Reason.PAPER_OUT),
        (Mode.COVER_OPEN, Reason.COVER_OPEN),
        (Mode.OFFLINE, Reason.OFFLINE),
        (Mode.SILENT, Reason.NO_ANSWER),
        (Mode.RESET, Reason.BROKEN),
    ],
)
def test_fault_before_printing_sends_not_one_byte_of_the_slip(mode: Mode, reason: Reason) -> None:
    with PrinterTwin(mode) as twin:
        assert _result(send(twin.url, DATA)) == (Outcome.FAILED, reason)
        twin.mode = Mode.OK
        assert _result(send(twin.url, DATA)) == (Outcome.CONFIRMED, Reason.NONE)
        assert len(twin.slips) == 1


def test_status_that_comes_unasked_is_no_answer_to_another_question() -> None:
    """The second to fourth byte of ASB look like the answer to GS r."""
    with PrinterTwin(Mode.ASB) as twin:
        assert _result(send(twin.url, DATA)) == (Outcome.CONFIRMED, Reason.NONE)
        assert len(twin.slips) == 1
    with PrinterTwin(Mode.PAPER_OUT, after=len(DATA) + 5, asb=True) as twin:
        assert _result(send(twin.url, DATA)) == (Outcome.UNKNOWN, Reason.PAPER_OUT)


def test_printer_that_only_tells_by_itself_is_believed() -> None:
    with PrinterTwin(Mode.COVER_OPEN, asb=True, asked=False) as twin:
        assert _result(send(twin.url, DATA)) == (Outcome.FAILED, Reason.COVER_OPEN)
        assert ask(twin.url) == Status(offline=True, cover_open=True)


def test_garbage_is_no_status_and_is_said_to_be_garbage() -> None:
    with PrinterTwin(Mode.GARBAGE) as twin:
        assert _result(send(twin.url, DATA)) == (Outcome.FAILED, Reason.NONSENSE)
        assert ask(twin.url) is Reason.NONSENSE
        assert not twin.slips


@pytest.mark.parametrize("words", [b"\x11", b"\xff", b"\x10\x00\x00\x00"], ids=["XON", "junk", "ASB"])
def test_who_talks_without_end_is_not_listened_to_any_longer(words: bytes) -> None:
    with _babbling(words) as url:
        assert ask(url) is Reason.NONSENSE
        assert _result(send(url, DATA)) == (Outcome.FAILED, Reason.NONSENSE)


def test_printer_with_process_ids_confirms_this_very_slip() -> None:
    with PrinterTwin() as twin:
        assert _result(send(twin.url, DATA, mark="A0b1")) == (Outcome.CONFIRMED, Reason.NONE)
        twin.mode, twin.after = Mode.GARBAGE, len(DATA) + 5
        assert send(twin.url, DATA, mark="A0b2").outcome is Outcome.UNKNOWN


def test_power_cut_at_any_byte_is_unknown_and_is_never_claimed() -> None:
    """Every 97th byte, and each of the first and last eight."""
    told = 9  # bytes of the three questions before
    last = told + len(DATA)
    places = {*range(told + 1, last, 97), *range(told + 1, told + 9), *range(last - 8, last + 1)}
    with PrinterTwin(Mode.RESET) as twin:
        for place in sorted(places):
            twin.after = place
            assert _result(send(twin.url, DATA)) == (Outcome.UNKNOWN, Reason.BROKEN), place
        assert (
            sum(slip.raw.endswith(CUT) for slip in twin.slips) == 1
        )  # all bytes came, and still it is unknown


def test_no_more_bytes_are_said_to_be_out_than_the_slip_has() -> None:
    def broken() -> None:
        raise DeviceFault("the cable is out")

    with PrinterTwin() as twin:
        assert len(DATA) < transport.PORTION
        told = send(twin.url, DATA, on_portion=broken).detail
        assert told == f"after {len(DATA)} of {len(DATA)} bytes: the cable is out"


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (Mode.PAPER_OUT, Reason.PAPER_OUT),
        (Mode.COVER_OPEN, Reason.COVER_OPEN),
        (Mode.SILENT, Reason.NO_ANSWER),
    ],
)
def test_fault_in_mid_slip_is_unknown_and_the_held_rest_may_still_come_out(
    mode: Mode, reason: Reason
) -> None:
    with PrinterTwin(mode, after=len(DATA) // 2) as twin:
        assert _result(send(twin.url, DATA)) == (Outcome.UNKNOWN, reason)
        twin.mode = Mode.OK
        assert len(twin.slips) == 1


def test_slow_printer_is_confirmed_only_after_it_printed() -> None:
    with PrinterTwin(Mode.SLOW, pace=0.08) as twin:
        assert _result(send(twin.url, DATA)) == (Outcome.CONFIRMED, Reason.NONE)
        assert len(twin.slips) == 1


def test_printer_that_cannot_be_asked_is_never_confirmed() -> None:
    with PrinterTwin(Mode.SILENT) as twin:
        assert send(f"{twin.url}?status=none", DATA).outcome is Outcome.UNCONFIRMED
        _until(lambda: len(twin.slips) == 1)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert _result(send(f"tcp://127.0.0.1:{port}", DATA)) == (Outcome.FAILED, Reason.REFUSED)


def test_line_that_accepts_and_says_nothing_does_not_hold_us() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        delivery = send(f"tcp://127.0.0.1:{server.getsockname()[1]}", DATA)
        assert _result(delivery) == (Outcome.FAILED, Reason.NO_ANSWER)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "printer",
        "tcp://",
        "tcp://x:99999",
        "http://x/",
        "usb://here",
        "serial:///dev/x?baud=fast",
        "twin://",
    ],
)
def test_address_of_no_printer_is_told_apart(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(
        transport.resolvers, "twin", raising=False
    )  # a worker of another test may have set it
    assert _result(send(address, DATA)) == (Outcome.FAILED, Reason.BAD_ADDRESS)


@pytest.mark.parametrize("address", ["usb://ffff:fffe", "serial:///dev/none", "file:///dev/none/lp0"])
def test_missing_device_fails_before_any_byte_and_is_said_to_be_missing(address: str) -> None:
    outcome, reason = _result(send(address, DATA))
    assert outcome is Outcome.FAILED
    # A machine without libusb cannot even look for a USB printer, and says that.
    assert reason in {Reason.NOT_THERE} | ({Reason.NO_USB} if address.startswith("usb:") else set())


def test_full_disk_is_said_to_be_full() -> None:
    assert _result(send("file:///dev/full", DATA)) == (Outcome.UNKNOWN, Reason.DISK_FULL)


def test_missing_device_file_is_not_made(tmp_path: Path) -> None:
    assert send(f"file://{tmp_path}/lp0", DATA).outcome is Outcome.FAILED
    assert not list(tmp_path.iterdir())


def test_device_file_takes_the_bytes_and_confirms_nothing(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    device.touch()
    assert _result(send(f"file://{device}", DATA)) == (Outcome.UNCONFIRMED, Reason.NO_ANSWER)
    assert device.read_bytes() == DATA


def test_serial_line_prints_and_confirms() -> None:
    with PrinterTwin() as twin, _terminal(twin.port) as device:
        assert _result(send(f"serial://{device}?baud=115200", DATA)) == (Outcome.CONFIRMED, Reason.NONE)
        assert "A017" in twin.slips[-1].text


def test_two_slips_at_once_are_two_papers() -> None:
    with PrinterTwin() as twin:
        outcomes: list[Outcome] = []
        threads = [
            threading.Thread(target=lambda: outcomes.append(send(twin.url, DATA).outcome)) for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert outcomes == [Outcome.CONFIRMED] * 6
        assert [slip.errors for slip in twin.slips] == [()] * 6


def test_other_schemes_are_resolved_where_they_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    with PrinterTwin() as twin:
        monkeypatch.setitem(transport.resolvers, "twin", lambda _address: twin.url)
        assert send("twin://", DATA).outcome is Outcome.CONFIRMED


def test_asking_prints_nothing() -> None:
    with PrinterTwin(Mode.COVER_OPEN) as twin:
        assert ask(twin.url) == Status(offline=True, cover_open=True)
        twin.mode = Mode.SILENT
        assert ask(twin.url) is Reason.NO_ANSWER
        assert not twin.slips
    assert ask("printer") is Reason.BAD_ADDRESS
    assert ask(twin.url) is Reason.REFUSED


def _until(holds: object, seconds: float = 5) -> None:
    assert callable(holds)
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextmanager
def _terminal(port: int) -> Iterator[str]:
    """A serial line whose far end is the twin."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    peer = socket.create_connection(("127.0.0.1", port))
    threads = [
        threading.Thread(target=_copy, args=(lambda: os.read(ours, 512), peer.sendall), daemon=True),
        threading.Thread(
            target=_copy, args=(lambda: peer.recv(512), lambda data: os.write(ours, data)), daemon=True
        ),
    ]
    for thread in threads:
        thread.start()
    try:
        yield os.ttyname(theirs)
    finally:
        peer.shutdown(socket.SHUT_RDWR)
        os.close(theirs)
        for thread in threads:
            thread.join(timeout=5)
        os.close(ours)
        peer.close()


def _copy(read: object, write: object) -> None:
    assert callable(read)
    assert callable(write)
    try:
        while data := read():
            write(data)
    except OSError:
        return
