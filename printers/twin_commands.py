"""The command reader of the printer twin: strict ESC/POS, with everything unknown recorded."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image

from printers.twin_paper import Roll, Style, TwinSlip

_LONGEST = 65_535 + 8


@dataclass(slots=True)
class Reader:
    """Takes bytes in any portions; `answer` sends bytes back, `paper_sensor` is the byte for GS r.

    `tells` hears of GS a n: what the printer shall tell by itself from now on.
    """

    roll: Roll
    answer: Callable[[bytes], None]
    paper_sensor: Callable[[], int]
    finished: Callable[[TwinSlip], None]
    rom: str = "gbk"
    tells: Callable[[int], None] = lambda _what: None
    _held: bytearray = field(default_factory=bytearray)
    _code: dict[str, bytes] = field(default_factory=dict)

    def take(self, data: bytes) -> None:
        """Keep `data` for `run`: an off-line printer takes bytes and prints nothing."""
        room = _LONGEST * 8 - len(self._held)
        self._held += data[:room]

    def drop(self) -> None:
        """Forget an unfinished command: the line went dead inside it."""
        if self._held:
            self.roll.complain(f"ended inside a command: {bytes(self._held[:8]).hex(' ')}")
        self._held.clear()

    def run(self) -> None:
        """Obey every whole command that is there."""
        while self._held:
            length = self._step()
            if not length:
                return
            self.roll.raw += self._held[:length]
            del self._held[:length]
            if self._cut_wanted or self.roll.is_full:
                self._cut()

    _cut_wanted: bool = False

    def _cut(self) -> None:
        if self.roll.is_full:
            self.roll.complain("no cut for a metre of paper")
        self._cut_wanted = False
        self.finished(self.roll.cut())

    def _step(self) -> int:
        """Obey the first command and say how many bytes it had; 0 where some are still to come."""
        first = self._held[0]
        if first == 0x0A:
            self.roll.end_line()
            return 1
        if first in (0x10, 0x1B, 0x1C, 0x1D):
            return self._command()
        if first == 0x00:  # printers ignore it: it fills up a command that was broken off
            return 1
        if first < 0x20 or first == 0x7F:
            return self._unknown(1)
        if first < 0x80:
            self.roll.write(chr(first))
            return 1
        return self._wide()

    def _unknown(self, length: int) -> int:
        self.roll.complain(f"unknown: {bytes(self._held[:8]).hex(' ')}")
        return length

    def _wide(self) -> int:
        """A GB18030 character of two bytes, or of four where the ROM has them."""
        if len(self._held) < 2:
            return 0
        if self._held[1] < 0x30:
            return self._unknown(1)
        length = 4 if 0x30 <= self._held[1] <= 0x39 else 2
        if len(self._held) < length:
            return 0
        raw = bytes(self._held[:length])
        if not self.roll.style.chinese:
            self.roll.complain(f"{raw.hex(' ')} outside Chinese mode")
        try:
            self.roll.write(raw.decode(self.rom))
        except UnicodeDecodeError:
            self.roll.complain(f"{raw.hex(' ')} is not in the ROM")
            self.roll.write("□")
        return length

    def _command(self) -> int:
        if len(self._held) < 2:
            return 0
        name = bytes(self._held[:2])
        if name == b"\x1dv":
            return self._raster()
        if name == b"\x1d(":
            return self._function()
        if name == b"\x1dV":
            return self._cut_command()
        if name not in _FIXED:
            return self._unknown(1)
        count, effect = _FIXED[name]
        if len(self._held) < 2 + count:
            return 0
        effect(self, bytes(self._held[2 : 2 + count]))
        return 2 + count

    def _cut_command(self) -> int:
        if len(self._held) < 3:
            return 0
        if self._held[2] not in (0, 1, 48, 49, 65, 66):
            return self._unknown(3)
        length = 4 if self._held[2] > 64 else 3
        self._cut_wanted = len(self._held) >= length
        return length if self._cut_wanted else 0

    def _raster(self) -> int:
        """GS v 0 m xL xH yL yH data."""
        if len(self._held) < 8:
            return 0
        across, height = (int.from_bytes(self._held[at : at + 2], "little") for at in (4, 6))
        length = 8 + across * height
        if self._held[2:4] != b"0\x00" or not 0 < across * height <= _LONGEST:
            return self._unknown(8)
        if len(self._held) < length:
            return 0
        ink = bytes(byte ^ 0xFF for byte in self._held[8:length])
        self.roll.picture(Image.frombytes("1", (across * 8, height), ink))
        return length

    def _function(self) -> int:
        """GS ( k pL pH 49 fn …: QR codes only; GS ( H pL pH 48 48 d1 … d4: says the four bytes back in order."""
        if len(self._held) < 5:
            return 0
        length = 5 + int.from_bytes(self._held[3:5], "little")
        if len(self._held) < length:
            return 0
        body = bytes(self._held[5:length])
        if self._held[2] == 0x48 and body[:2] == b"00" and len(body) == 6:
            self.answer(b'7"' + body[2:] + b"\x00")
            return length
        if self._held[2] != 0x6B or len(body) < 3 or body[0] != 0x31:
            return self._unknown(length)
        return self._qr(body[1], body[2:], length)

    def _qr(self, function: int, value: bytes, length: int) -> int:
        match function:
            case 0x41 if value == b"2\x00":
                self._code["model"] = value
            case 0x43 if 1 <= value[0] <= 16:
                self._code["module"] = value
            case 0x45 if value in (b"0", b"1", b"2", b"3"):
                self._code["error"] = value
            case 0x50 if value[:1] == b"0":
                self._code["data"] = value[1:]
            case 0x51 if value == b"0" and self._code.get("data"):
                error = self._code.get("error", b"0").decode("ascii")
                self.roll.code(self._code["data"], self._code.get("module", b"\x03")[0], error)
            case _:
                return self._unknown(length)
        return length

    def reset(self, _: bytes) -> None:
        """ESC @."""
        self.roll.style = Style()
        self._code.clear()

    def paper_asked(self, _: bytes) -> None:
        """GS r n: answered in the order of printing."""
        self.answer(bytes((self.paper_sensor(),)))

    def styled(self, **changes: int | bool) -> None:
        """Change the style of what follows."""
        for name, value in changes.items():
            setattr(self.roll.style, name, value)

    def magnified(self, width: int, height: int) -> None:
        """GS !: 1–8 times."""
        if width > 8 or height > 8:
            self.roll.complain(f"size {width}×{height}")
        self.styled(width=min(width, 8), height=min(height, 8))


def print_on_twin(data: bytes, dots: int, rom: str) -> list[TwinSlip]:
    """What these bytes leave on paper `dots` wide, without any printer."""
    slips: list[TwinSlip] = []
    reader = Reader(Roll(dots), lambda _answer: None, lambda: 0, slips.append, rom)
    reader.take(data)
    reader.run()
    reader.drop()
    return slips


_FIXED: dict[bytes, tuple[int, Callable[[Reader, bytes], None]]] = {
    b"\x10\x04": (1, lambda _reader, _n: None),  # DLE EOT was answered when it came in
    b"\x1b@": (0, Reader.reset),
    b"\x1ba": (1, lambda reader, n: reader.styled(centred=n[0] in (1, 49))),
    b"\x1bE": (1, lambda reader, n: reader.styled(bold=bool(n[0] & 1))),
    b"\x1b2": (0, lambda reader, _: reader.styled(spacing=30)),
    b"\x1b3": (1, lambda reader, n: reader.styled(spacing=n[0])),
    b"\x1bJ": (1, lambda reader, n: reader.roll.feed(n[0])),
    b"\x1bd": (1, lambda reader, n: reader.roll.feed(n[0] * reader.roll.style.spacing)),
    b"\x1c&": (0, lambda reader, _: reader.styled(chinese=True)),
    b"\x1c.": (0, lambda reader, _: reader.styled(chinese=False)),
    b"\x1cS": (2, lambda reader, n: reader.roll.complain("spacing") if any(n) else None),
    b"\x1c!": (1, lambda _reader, _n: None),  # this twin sizes both scripts by GS !
    b"\x1d!": (1, lambda reader, n: reader.magnified((n[0] >> 4) + 1, (n[0] & 15) + 1)),
    b"\x1da": (1, lambda reader, n: reader.tells(n[0])),
    b"\x1dr": (1, Reader.paper_asked),
}
