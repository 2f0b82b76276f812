"""Onbon BX-5K and BX-6K, cards with fonts of their own: the realtime text area, and what else a hall says to them.

Source: the maker's "BX-5K/6K 通讯协议用户版本" 1.4 and its Java library. Little endian throughout.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack, unpack

from displays.cards.area import Area, gbk
from displays.cards.errors import BadFrameError, BadValueError, RefusedByCardError
from displays.cards.frame import unwrap, wrap

ANYONE, EVERYBODY = 0xFFFE, 0xFFFF
"""Addresses: the one card that listens (it answers), and all of them (none answers)."""

ANY_TYPE = 0xFE
PORT = 5005
UNITS = ("bytes", "pixels", "marked_pixels")
"""How X and W are counted: 5K in bytes of 8 dots; a 6K in dots, some with bit 15 set to say so. Look at the bar."""

BRIGHTEST = 15

_SERVER = 0x8000
_PROTOCOL = 2
_FORCED, _HALF_HOURS = 1, 48
_HEADER = "<HH6xBBH"
_HEADER_LENGTH = 14
_ALL_AREAS = 0xFF
_FIRST_SHARED = ANYONE  # from here on an address names no single card
_TYPES = (0x51, 0x53, 0x54, 0x58, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0xFE)
REASONS = {
    1: "unknown group",
    2: "unknown command",
    3: "busy",
    4: "out of memory",
    5: "wrong check sum",
}


@dataclass(frozen=True)
class FontCard:
    """One card on the wire: whom the frames name, and how it counts X and W."""

    address: int = ANYONE
    device: int = ANY_TYPE
    units: str = "bytes"

    def __post_init__(self) -> None:
        if not 0 <= self.address <= 0xFFFF or self.device not in _TYPES or self.units not in UNITS:
            raise BadValueError(f"no such card: {self.address:#x} {self.device:#x} {self.units}")

    def show(self, areas: Sequence[Area], timeout: int = 5, run_mode: int = 0) -> bytes:
        """Show these areas and forget all earlier ones; `timeout` in seconds is for run modes 2 and 3."""
        shown = b"".join(self._area(area, timeout, run_mode) for area in areas)
        return self._said(0xA3, 0x06, pack("<BB", _deleted(areas), len(areas)) + shown)

    def clear(self) -> bytes:
        """Forget all areas."""
        return self._said(0xA3, 0x06, pack("<BB", _ALL_AREAS, 0))

    def ping(self) -> bytes:
        """Ask whether it is there."""
        return self._said(0xA2, 0x00)

    def reset(self) -> bytes:
        """Start anew."""
        return self._said(0xA2, 0x01)

    def brightness(self, level: int) -> bytes:
        """How bright, 0–15, until told otherwise: the forced mode of the maker's SDK, its day's table filled alike."""
        if not 0 <= level <= BRIGHTEST:
            raise BadValueError(f"a brightness of {level}")
        return self._said(0xA3, 0x02, bytes([_FORCED, level]) + bytes([level]) * _HALF_HOURS)

    def power(self, on: bool) -> bytes:
        """Light the bar, or darken it."""
        return self._said(0xA3, 0x00, b"\x01" if on else b"\x02")

    def _said(self, group: int, command: int, more: bytes = b"") -> bytes:
        wanted = 2 if self.address == EVERYBODY else 1
        data = pack("<BBBH", group, command, wanted, 0) + more
        return wrap(pack(_HEADER, self.address, _SERVER, self.device, _PROTOCOL, len(data)) + data)

    def _area(self, area: Area, timeout: int, run_mode: int) -> bytes:
        text = _text(area)
        body = pack("<BHHHH", 0, self._across(area.x), area.y, self._across(area.width), area.height)
        body += pack("<BBBH3x", area.number, 0, run_mode, timeout)
        lines, newline = 2 if area.several_lines else 1, 2 if area.wraps else 1
        body += pack("<BBBBBB", lines, newline, area.motion.value, 0, area.speed, area.stay)
        return pack("<H", len(body) + 4 + len(text)) + body + pack("<I", len(text)) + text

    def _across(self, dots: int) -> int:
        if self.units == "pixels":
            return dots
        if self.units == "marked_pixels":
            return dots | 0x8000
        if dots % 8:
            raise BadValueError(f"this card counts in 8 dots: {dots} is between two")
        return dots // 8


def answer_of(frame: bytes, address: int = ANYONE) -> None:
    """Read a card's answer to anything; returns when it agreed. Raises RefusedByCardError, BadFrameError.

    `address`: whose answer it must be; on a bus another card's late answer is none.
    """
    body = unwrap(frame)
    if len(body) < _HEADER_LENGTH + 3:
        raise BadFrameError("an answer too short")
    length = unpack("<H", body[12:14])[0]
    if length != len(body) - _HEADER_LENGTH:
        raise BadFrameError(f"the answer says {length} bytes and has {len(body) - _HEADER_LENGTH}")
    to, by = unpack("<HH", body[:4])
    if to != _SERVER or (address < _FIRST_SHARED and by != address):
        raise BadFrameError(f"an answer of {by:#06x} to {to:#06x}")
    group, command, error = body[_HEADER_LENGTH : _HEADER_LENGTH + 3]
    if group != 0xA0 or command not in (0, 1):
        raise BadFrameError(f"no answer: {group:02x} {command:02x}")
    if command == 1 or error:
        raise RefusedByCardError(error, REASONS.get(error, "no reason known"))


def _deleted(areas: Sequence[Area]) -> int:
    """How many areas are named to be forgotten first: none, since one of the same number is replaced."""
    return 0 if areas else _ALL_AREAS


def _text(area: Area) -> bytes:
    """The text with what would be read as a command made harmless: a backslash begins one."""
    plain = area.text.replace("\\", "＼")
    if not area.several_lines:
        plain = plain.replace("\n", " ")
    colour = f"\\C{area.colour.value}".encode("ascii") if area.colour.value != 1 else b""
    return colour + gbk(plain).replace(b"\n", b"\\n")
