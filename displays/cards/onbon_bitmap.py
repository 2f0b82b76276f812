"""Onbon BX-6Q, full-colour cards that take pictures: the only bars that can show Mongolian.

Source: the maker's Java library for dynamic areas. Little endian; pixels are rows of red, green, blue.
"""

from dataclasses import dataclass
from struct import pack

from displays.cards.errors import BadValueError
from displays.cards.frame import wrap

DEVICES = {"6Q1": 0x0166, "6Q2": 0x0266, "6Q3": 0x0366}
PORT = 5005

_SERVER = 0x8000
_PROTOCOL = 0xF0
_ANYONE = 0xFFFF
_SEND, _DELETE = 0x00, 0x01
_ALL_AREAS = 0xFF
_STILL = 1


@dataclass(frozen=True)
class Picture:
    """An area of a bar as dots: `pixels` has width × height × 3 bytes, row by row, red green blue."""

    pixels: bytes
    width: int
    height: int
    x: int = 0
    y: int = 0
    number: int = 0

    def __post_init__(self) -> None:
        if len(self.pixels) != self.width * self.height * 3:
            raise BadValueError(f"{len(self.pixels)} bytes for {self.width}×{self.height} dots")
        if min(self.width, self.height) < 1 or not 0 <= self.number < _ALL_AREAS:
            raise BadValueError(f"area {self.number} of {self.width}×{self.height} dots")


@dataclass(frozen=True)
class BitmapCard:
    """One card on the wire."""

    device: str = "6Q2"

    def __post_init__(self) -> None:
        if self.device not in DEVICES:
            raise BadValueError(f"no such card: {self.device}")

    def show(self, picture: Picture, hold: int = 10, timeout: int = 0) -> bytes:
        """Show a picture in its area at once, whatever else the card plays; `hold` in tenths of a second."""
        area = self._parameters(picture, hold, timeout)
        send = pack("<HHI", 0, 1, len(area)) + area + picture.pixels
        return self._said(_SEND, send)

    def forget(self, number: int | None = None) -> bytes:
        """Delete one area, or all."""
        areas = bytes([_ALL_AREAS]) if number is None else bytes([1, number])
        return self._said(_DELETE, b"\0\0" + areas)

    def _parameters(self, picture: Picture, hold: int, timeout: int) -> bytes:
        head = pack("<BBHBHB4x", picture.number, 0, timeout, 1, 0, 1)
        box = pack("<BHHHH", 0x10, picture.x, picture.y, picture.width, picture.height)
        page = pack("<BBBBHBH9x", 0, _STILL, 0, 0, hold, 0, picture.width)
        page += pack("<II", 0, len(picture.pixels))
        return head + box + bytes(5) + bytes(5) + pack("<HI", 1, len(page) + 4) + page

    def _said(self, command: int, more: bytes) -> bytes:
        data = bytes([0x01, 0xA7, command]) + more
        head = pack("<HHBBH4xI", _ANYONE, _SERVER, _PROTOCOL, 0, DEVICES[self.device], len(data))
        return wrap(head + data)
