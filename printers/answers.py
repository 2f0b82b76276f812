"""What a printer says back, told apart byte by byte: answers to DLE EOT and GS r, ASB, replies to GS ( H."""

from dataclasses import dataclass, field

_ID_HEAD = b'7"'  # 37 22: four characters and NUL follow
_ID_LENGTH = 7
_ASB_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Status:
    """How a printer is, whichever way it said so."""

    offline: bool = False
    cover_open: bool = False
    paper_out: bool = False
    near_end: bool = False
    defect: bool = False

    @classmethod
    def decode(cls, printer: int, cause: int, paper: int) -> "Status":
        """`printer`, `cause`, `paper`: the answers to DLE EOT 1, 2 and 4."""
        return cls(
            offline=bool(printer & 0x08),
            cover_open=bool(cause & 0x04),
            paper_out=bool(cause & 0x20 or paper & 0x60),
            near_end=bool(paper & 0x0C),
            defect=bool(cause & 0x40),
        )

    @classmethod
    def decode_asb(cls, block: bytes) -> "Status":
        """The four bytes of Automatic Status Back."""
        return cls(
            offline=bool(block[0] & 0x08),
            cover_open=bool(block[0] & 0x20),
            paper_out=bool(block[2] & 0x0C),
            near_end=bool(block[2] & 0x03),
            defect=bool(block[1] & 0x28),
        )


@dataclass(slots=True)
class Answers:
    """Takes bytes in any portions; `nonsense` counts those that mean nothing."""

    real_time: list[int] = field(default_factory=list)  # DLE EOT, in order
    sensors: list[int] = field(default_factory=list)  # GS r, in order
    ids: list[bytes] = field(default_factory=list)  # GS ( H, four characters each
    asb: Status | None = None
    nonsense: int = 0
    _held: bytes = b""

    def take(self, data: bytes) -> None:
        """Sort what came in; the beginning of an unfinished block is kept."""
        self._held += data
        while self._held:
            length = self._step()
            if not length:
                return
            self._held = self._held[length:]

    def _step(self) -> int:
        first = self._held[0]
        if first == _ID_HEAD[0]:
            return self._id()
        if first & 0x93 == 0x10:
            return self._block()
        if first & 0x93 == 0x12:
            self.real_time.append(first)
        elif first & 0x90 == 0:
            self.sensors.append(first)
        elif first not in (0x11, 0x13):  # XON, XOFF
            self.nonsense += 1
        return 1

    def _id(self) -> int:
        if len(self._held) < _ID_LENGTH:
            return 0
        if self._held[:2] != _ID_HEAD or self._held[6]:
            self.nonsense += 1
            return 1
        self.ids.append(self._held[2:6])
        return _ID_LENGTH

    def _block(self) -> int:
        if len(self._held) < _ASB_LENGTH:
            return 0
        block = self._held[:_ASB_LENGTH]
        if any(byte & 0x90 for byte in block[1:]):
            self.nonsense += 1
            return 1
        self.asb = Status.decode_asb(block)
        return _ASB_LENGTH
