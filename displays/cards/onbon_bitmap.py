"""Onbon BX-6Q, full-colour cards that take pictures: the only bars that can show Mongolian.

Source: the maker's Java library for dynamic areas. Little endian; pixels are rows of red, green, blue.
"""

from dataclasses import dataclass
from struct import pack, unpack

from displays.cards.errors import BadFrameError, BadValueError, RefusedByCardError
from displays.cards.frame import unwrap, wrap
from displays.cards.onbon_font import REASONS

DEVICES = {"6Q1": 0x0166, "6Q2": 0x0266, "6Q3": 0x0366}
PORT = 5005

_SERVER = 0x8000
_PROTOCOL = 0xF0
_ANYONE = 0xFFFF
_SEND, _DELETE = 0x00, 0x01
_ALL_AREAS = 0xFF
_HEADER_LENGTH, _ANSWER_LENGTH = 16, 9


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

    def show(self, picture: Picture, hold: int = 100, timeout: int = 0) -> bytes:
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
        page = pack("<BBBBHBH9x", 0, 0, 0, 0, hold, 1, picture.width)
        page += pack("<II", 0, len(picture.pixels))
        return head + box + bytes(5) + bytes(5) + pack("<HI", 1, len(page)) + page

    def _said(self, command: int, more: bytes) -> bytes:
        data = bytes([0x01, 0xA7, command]) + more
        head = pack("<HHBBH4xI", _ANYONE, _SERVER, _PROTOCOL, 0, DEVICES[self.device], len(data))
        return wrap(head + data)


def answer_of(frame: bytes) -> None:
    """Read a card's answer; returns when it agreed. Raises RefusedByCardError, BadFrameError.

    After the header: one reserved byte, group, command, status u16, error u16, length u16 and so many bytes.
    """
    body = unwrap(frame)
    if len(body) < _HEADER_LENGTH + _ANSWER_LENGTH:
        raise BadFrameError("an answer too short")
    told = unpack("<I", body[_HEADER_LENGTH - 4 : _HEADER_LENGTH])[0]
    group, command, _, error, more = unpack("<xBBHHH", body[_HEADER_LENGTH:][:_ANSWER_LENGTH])
    if told != len(body) - _HEADER_LENGTH or more != told - _ANSWER_LENGTH:
        raise BadFrameError(f"the answer says {told} and {more} bytes and has {len(body) - _HEADER_LENGTH}")
    if group != 0xA0 or command not in (0, 1):
        raise BadFrameError(f"no answer: {group:02x} {command:02x}")
    if command == 1 or error:
        raise RefusedByCardError(error, REASONS.get(error, "no reason known"))
