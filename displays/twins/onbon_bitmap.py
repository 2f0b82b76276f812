"""The twin of a BX-6Q: takes one picture in one area, or forgets it."""

from collections.abc import Iterator

from displays.twins.bar import BadTellingError, TwinBar
from displays.twins.onbon_font import UNKNOWN_COMMAND, WRONG_PARAMETER, WRONG_SUM, Told
from displays.twins.onbon_frame import Frames, framed


class OnbonBitmapTwin:
    """One card on its own wire."""

    def __init__(self, bars: dict[int, TwinBar]) -> None:
        self.bars = bars
        self.bar = next(iter(bars.values()))
        self._frames = Frames()

    def take(self, data: bytes, refuse: bool = False) -> Iterator[bytes]:
        """The answers to what came; with `refuse` the card says that it is busy."""
        for body in self._frames.take(data):
            if body is None:
                self.bar.complaints.append("damaged frame")
            yield self._answer(WRONG_SUM if body is None else 3 if refuse else self._obey(body))

    def restart(self) -> None:
        """Power gone and come back."""
        self._frames = Frames()
        self.bar.darken()

    def _obey(self, body: bytes) -> int:
        try:
            told = Told(body)
            told.must_be(bytes.fromhex("ffff0080f000"))
            if told.number(2) not in (0x0166, 0x0266, 0x0366):
                raise BadTellingError("an unknown device")
            told.must_be(bytes(4))
            command = Told(told.take(told.number(4)))
            told.end()
            command.must_be(b"\x01\xa7")
            return self._command(command)
        except BadTellingError as error:
            self.bar.complaints.append(str(error))
            return WRONG_PARAMETER

    def _command(self, told: Told) -> int:
        what = told.number()
        told.must_be(b"\0\0")
        if what == 1:
            count = told.number()
            told.take(0 if count == 0xFF else count)
            told.end()
            self.bar.darken()
            return 0
        if what:
            return UNKNOWN_COMMAND
        told.must_be(b"\x01\0")
        place, size = self._parameters(Told(told.take(told.number(4))))
        pixels = told.take(size)
        told.end()
        self.bar.draw(pixels, *place)
        return 0

    def _parameters(self, told: Told) -> tuple[tuple[int, int, int, int], int]:
        told.number(1, most=254), told.number(1, most=5), told.number(2), told.number(1, most=1)
        told.take(2 * told.number(2))
        told.number(1, most=1)
        told.must_be(bytes(4) + b"\x10")
        x, y, width, height = (told.number(2) for _ in range(4))
        told.must_be(bytes(10))
        told.must_be(b"\x01\0")
        told.must_be((26).to_bytes(4, "little"))
        told.must_be(b"\0")
        told.take(3 + 2 + 1)
        if told.number(2) != width:
            raise BadTellingError("a valid width that is not the area's")
        told.must_be(bytes(9) + bytes(4))
        size = told.number(4)
        told.end()
        if size != width * height * 3:
            raise BadTellingError(f"{size} bytes of picture for {width}×{height} dots")
        return (x, y, width, height), size

    def _answer(self, error: int) -> bytes:
        head = bytes.fromhex("0080fffff0006602") + bytes(4) + (9).to_bytes(4, "little")
        return framed(head + bytes([0, 0xA0, 1 if error else 0, 0, 0, error, 0, 0, 0]))
