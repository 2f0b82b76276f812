"""A printer twin: a TCP server that prints ESC/POS on pictures, with the faults of real printers on request.

with PrinterTwin() as twin:
    send(twin.url, data)
    twin.slips[-1].text, twin.slips[-1].png()
"""

import select
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from types import TracebackType
from typing import Self

from printers.parts import PAPER_80, Paper
from printers.twin_commands import Reader
from printers.twin_paper import Roll, TwinSlip

KEPT_SLIPS = 50
_PORTION = 512
_LOOK_AROUND_S = 0.1


class Mode(StrEnum):
    """How the twin behaves."""

    OK = "ok"
    NEAR_END = "near_end"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    SILENT = "silent"
    RESET = "reset"
    HALF_OPEN = "half_open"
    SLOW = "slow"
    GARBAGE = "garbage"
    ASB = "asb"


# Answers to DLE EOT 1–4 as an independent emulator gives them.
_NO_FAULT = (0x12, 0x12, 0x12, 0x12)
_STATUS = {
    Mode.NEAR_END: (0x12, 0x12, 0x12, 0x1E),
    Mode.PAPER_OUT: (0x1A, 0x32, 0x12, 0x7E),
    Mode.COVER_OPEN: (0x1A, 0x16, 0x12, 0x12),
    Mode.OFFLINE: (0x1A, 0x12, 0x12, 0x12),
}
# Automatic Status Back, four bytes, as printers send it when something changes.
_ASB = {
    Mode.NEAR_END: b"\x10\x00\x03\x0f",
    Mode.PAPER_OUT: b"\x18\x00\x0f\x0f",
    Mode.COVER_OPEN: b"\x38\x00\x00\x0f",
    Mode.OFFLINE: b"\x18\x00\x00\x0f",
}
_ASB_NO_FAULT = b"\x10\x00\x00\x0f"
_GARBAGE = b"\xff\xa5\xff"
_OFFLINE = (Mode.PAPER_OUT, Mode.COVER_OPEN, Mode.OFFLINE)


class PrinterTwin:
    """Serves one connection at a time, as printers do; `mode` begins after `after` bytes of a connection.

    `asb`: it says by itself how it is, at the beginning of a connection and whenever that changes, in whatever mode;
    `asked` False: it answers no DLE EOT, as some that have ASB do.
    """

    def __init__(
        self,
        mode: Mode = Mode.OK,
        after: int = 0,
        paper: Paper = PAPER_80,
        pace: float = 0.05,
        host: str = "127.0.0.1",
        port: int = 0,
        asb: bool = False,
        asked: bool = True,
    ) -> None:
        self.slips: deque[TwinSlip] = deque(maxlen=KEPT_SLIPS)
        self.after = after
        self.asb = asb
        self.asked = asked
        self.pace = pace  # seconds for each 512 bytes in mode SLOW
        self._mode = mode
        self.received = 0  # bytes of this connection
        self._tail = b""
        self._peer: socket.socket | None = None
        self._guard = threading.RLock()
        self._stopping = threading.Event()
        answers = (self._answer, self._paper_sensor, self._keep)
        self._reader = Reader(Roll(paper.dots), *answers, paper.rom, self._switch_asb)
        self._server = socket.create_server((host, port))
        self.printed = 0  # slips since the start: the number of the last one
        self._port = int(self._server.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, name="printer-twin", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving; the slips stay readable."""
        self._stopping.set()
        self._thread.join(timeout=5)
        self._server.close()

    @property
    def port(self) -> int:
        """The TCP port it listens on."""
        return self._port

    @property
    def url(self) -> str:
        """Its address for the transport."""
        return f"tcp://127.0.0.1:{self.port}"

    @property
    def mode(self) -> Mode:
        """What it does now."""
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        """A printer that comes back prints what it held: the reason why a reprint must be marked."""
        with self._guard:
            self._mode = mode
            with suppress(OSError):  # the peer may just be going
                self._tell_asb()
            self._obey()

    def feed(self, data: bytes) -> None:
        """Print `data` without a connection."""
        with self._guard:
            self._reader.take(data)
            self._reader.run()

    def slip(self, number: int) -> TwinSlip | None:
        """The slip of that number, counted from 1; None when it is not kept any more."""
        with self._guard:
            back = self.printed - number
            return self.slips[-1 - back] if 0 <= back < len(self.slips) else None

    def _keep(self, slip: TwinSlip) -> None:
        self.slips.append(slip)
        self.printed += 1

    def _serve(self) -> None:
        self._server.settimeout(_LOOK_AROUND_S)
        while not self._stopping.is_set():
            try:
                peer, _ = self._server.accept()
            except TimeoutError:
                continue
            with self._connection(peer):
                self._listen(peer)

    @contextmanager
    def _connection(self, peer: socket.socket) -> Iterator[None]:
        peer.settimeout(_LOOK_AROUND_S)
        self.received, self._tail, self._peer = 0, b"", peer
        try:
            self._tell_asb()
            yield
        except OSError:
            pass  # the peer went away; a printer does not mind
        finally:
            self._peer = None
            peer.close()
            self._forget_unfinished()

    def _forget_unfinished(self) -> None:
        """A printer that is ready has nothing left; one that is off-line keeps its buffer."""
        with self._guard:
            if self._now() not in _OFFLINE:
                self._reader.drop()

    def _listen(self, peer: socket.socket) -> None:
        while not self._stopping.is_set():
            if self._now() is Mode.HALF_OPEN:
                self._hang(peer)
                return
            try:
                data = peer.recv(self._portion())
            except TimeoutError:
                continue
            if not data or not self._take(data, peer):
                return

    def _portion(self) -> int:
        """A printer that will hang takes not one byte beyond its limit."""
        left = self.after - self.received
        return min(_PORTION, left) if self._mode is Mode.HALF_OPEN and left > 0 else _PORTION

    def _hang(self, peer: socket.socket) -> None:
        """Neither taking nor answering, the line still up, until it is well again or the peer gives up."""
        while self._mode is Mode.HALF_OPEN and not self._stopping.wait(_LOOK_AROUND_S):
            if select.select([peer], [], [], 0)[0] and not peer.recv(1, socket.MSG_PEEK):
                return
        with self._guard:
            self._reader.drop()

    def _take(self, data: bytes, peer: socket.socket) -> bool:
        """Whether the connection lives on."""
        self.received += len(data)
        if self._now() is Mode.RESET:
            self._break(data, peer)
            return False
        if self._now() is Mode.SLOW:
            time.sleep(self.pace * len(data) / _PORTION)
        with self._guard:
            self._answer_status(data)
            self._reader.take(data)
            self._obey()
        return True

    def _break(self, data: bytes, peer: socket.socket) -> None:
        """Power gone: what came before the limit is on the paper, the rest is not; the peer gets RST."""
        with self._guard:
            self._reader.take(data[: max(0, len(data) - (self.received - self.after))])
            self._reader.run()
            self._reader.drop()
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _now(self) -> Mode:
        return self._mode if self.received >= self.after else Mode.OK

    def _obey(self) -> None:
        if self._now() not in _OFFLINE:
            self._reader.run()

    def _answer_status(self, data: bytes) -> None:
        """DLE EOT is obeyed when it arrives, wherever it stands."""
        seen = self._tail + data
        for at in range(len(seen) - 2):
            if self.asked and seen[at : at + 2] == b"\x10\x04" and 1 <= seen[at + 2] <= 4:
                self._tell_asb()
                self._answer(bytes((_STATUS.get(self._now(), _NO_FAULT)[seen[at + 2] - 1],)))
        self._tail = seen[-2:]

    def _switch_asb(self, what: int) -> None:
        """GS a: from now on it tells by itself, beginning at once."""
        self.asb = bool(what)
        self._tell_asb()

    def _tell_asb(self) -> None:
        if self.asb or self._now() is Mode.ASB:
            self._answer(_ASB.get(self._now(), _ASB_NO_FAULT))

    def _answer(self, data: bytes) -> None:
        if self._peer and self._now() is not Mode.SILENT:
            self._peer.sendall(_GARBAGE if self._now() is Mode.GARBAGE else data)

    def _paper_sensor(self) -> int:
        return 0x03 if self._now() is Mode.NEAR_END else 0x00
