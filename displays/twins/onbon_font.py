"""The twin of a BX-5K or 6K: reads every byte of a command and refuses what the manual does not allow."""

import re
from collections.abc import Iterator

from displays.cards.area import Area, Colour, Motion
from displays.twins.bar import BadTellingError, TwinBar
from displays.twins.onbon_frame import Frames, framed

UNKNOWN_GROUP, UNKNOWN_COMMAND, WRONG_SUM, WRONG_PARAMETER = 1, 2, 5, 6
_COLOURS = {b"1": Colour.RED, b"2": Colour.GREEN, b"3": Colour.YELLOW}
_MOST_LEVEL = 15


class Told:
    """Bytes of a command, taken one field after the other."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def number(self, size: int = 1, most: int = 0xFFFFFFFF) -> int:
        """The next little-endian number."""
        found = int.from_bytes(self.take(size), "little")
        if found > most:
            raise BadTellingError(f"{found} where {most} is the most")
        return found

    def take(self, size: int) -> bytes:
        """The next bytes."""
        found = self._data[self._at : self._at + size]
        if len(found) != size:
            raise BadTellingError(f"{size} bytes announced, {len(found)} there")
        self._at += size
        return found

    def must_be(self, wanted: bytes) -> None:
        """Fields that have one lawful value."""
        if (found := self.take(len(wanted))) != wanted:
            raise BadTellingError(f"{found.hex()} where {wanted.hex()} must stand")

    def end(self) -> None:
        """Nothing may follow."""
        if self._at != len(self._data):
            raise BadTellingError(f"{len(self._data) - self._at} bytes too many")


class OnbonFontTwin:
    """One or several cards on one wire, by their station. `units`: how these cards count X and W."""

    def __init__(self, bars: dict[int, TwinBar], units: str = "bytes") -> None:
        self.bars, self._units = bars, units
        self._frames = Frames()

    def take(self, data: bytes, refuse: bool = False) -> Iterator[bytes]:
        """The answers to what came; with `refuse` the cards say that they are busy."""
        for body in self._frames.take(data):
            station = self._station(body)
            if body is None:
                only = next(iter(self.bars))
                self.bars[only].complaints.append("damaged frame")
                if len(self.bars) == 1:
                    yield self._answer(only, WRONG_SUM)
            elif station is not None:
                error = 3 if refuse else self._obey(self.bars[station], body)
                if body[16] == 1:
                    yield self._answer(station, error)

    def restart(self) -> None:
        """Power gone and come back."""
        self._frames = Frames()
        for bar in self.bars.values():
            bar.darken()

    def _station(self, body: bytes | None) -> int | None:
        if body is None or len(body) < 19:
            return None
        named = int.from_bytes(body[:2], "little")
        if named in self.bars:
            return named
        return next(iter(self.bars)) if named >= 0xFFFE and len(self.bars) == 1 else None

    def _obey(self, bar: TwinBar, body: bytes) -> int:
        try:
            told = Told(body[2:])
            told.must_be(bytes.fromhex("0080000000000000"))
            if told.number() not in (0xFE, 0x51, 0x53, 0x54, 0x58, *range(0x61, 0x67)):
                raise BadTellingError("an unknown device")
            told.must_be(b"\x02")
            command = Told(told.take(told.number(2)))
            told.end()
            return self._command(bar, command)
        except (BadTellingError, UnicodeDecodeError) as error:
            bar.complaints.append(str(error))
            return WRONG_PARAMETER

    def _command(self, bar: TwinBar, told: Told) -> int:
        group, command = told.number(), told.number()
        told.number(1, most=2)
        told.must_be(b"\0\0")
        known = {
            (0xA2, 0): lambda: None,
            (0xA2, 1): bar.darken,
            (0xA3, 0): lambda: bar.switch({1: True, 2: False}[told.number(1, most=2)]),
            (0xA3, 2): lambda: self._light(bar, told),
            (0xA3, 6): lambda: self._texts(bar, told),
            (0xA3, 0x10): bar.darken,
        }
        if (group, command) not in known:
            return UNKNOWN_COMMAND if group in (0xA2, 0xA3) else UNKNOWN_GROUP
        known[group, command]()
        told.end()
        return 0

    def _light(self, bar: TwinBar, told: Told) -> None:
        told.must_be(b"\x01")
        level = told.number(1, most=_MOST_LEVEL)
        for _ in range(48):
            told.number(1, most=_MOST_LEVEL)
        bar.light(level * 100 // _MOST_LEVEL)

    def _texts(self, bar: TwinBar, told: Told) -> None:
        deleted = told.number()
        if deleted != 0xFF:
            told.take(deleted)
        areas = [self._area(bar, Told(told.take(told.number(2)))) for _ in range(told.number())]
        told.end()
        if areas:
            bar.show(areas)
        else:
            bar.darken()

    def _area(self, bar: TwinBar, told: Told) -> Area:
        told.must_be(b"\0")
        x, y = self._across(told.number(2)), told.number(2)
        width, height = self._across(told.number(2)), told.number(2)
        number, _, _, _ = told.number(1, most=254), told.number(), told.number(1, most=5), told.number(2)
        told.must_be(b"\0\0\0")
        lines, _, motion = told.number(1, most=2), told.number(1, most=2), told.number(1, most=6)
        told.must_be(b"\0")
        speed, stay = told.number(1, most=24), told.number()
        colour, text = _text(told.take(told.number(4)), lines == 2)
        told.end()
        letters = min(bar.letters, height)
        return Area(
            text,
            width,
            height,
            x,
            y,
            number,
            colour,
            Motion(motion),
            speed,
            stay,
            letters=letters,
            centred=False,
        )

    def _across(self, told: int) -> int:
        if self._units == "bytes":
            return told * 8
        if (self._units == "marked_pixels") != bool(told & 0x8000):
            raise BadTellingError(f"{told:#x} in a card that counts in {self._units}")
        return told & 0x7FFF

    def _answer(self, station: int, error: int) -> bytes:
        head = b"\x00\x80" + station.to_bytes(2, "little") + bytes(6) + b"\x61\x02\x05\x00"
        return framed(head + bytes([0xA0, 1 if error else 0, error, 0, 0]))


def _text(raw: bytes, several_lines: bool) -> tuple[Colour, str]:
    """The text and its colour; a backslash may begin nothing but what the manual knows."""
    colour = Colour.RED
    if found := re.match(rb"\\C([123])", raw):
        colour, raw = _COLOURS[found.group(1)], raw[found.end() :]
    text = raw.decode("gbk")
    if several_lines:
        text = text.replace("\\n", " ")
    if "\\" in text or not text.replace("\u3000", "").isprintable():
        raise BadTellingError(f"a command inside the text {text!r}")
    return colour, text
