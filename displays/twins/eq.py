"""The twin of EQ cards on one bus: each hears its own address; what is written wrongly gets no answer at all."""

import re
from collections.abc import Iterator

from displays.cards.area import Area, Colour, Motion
from displays.twins.bar import BadTellingError, TwinBar

LONGEST = 4096
_COMMAND = re.compile(
    rb"%(?:(ZD)(00)|(ZI)(\d\d)|(ZC)(\d{16})|(ZA)(\d\d)|(ZS)(\d\d)|(ZH)(\d{4})|(F)(\d\d)|(C)([123])|(AH)([123])|(AV)([123]))"
)
_MOTIONS = {1: Motion.STILL, 2: Motion.LEFT, 3: Motion.RIGHT, 4: Motion.UP, 5: Motion.DOWN}


class EqTwin:
    """Cards by their address."""

    def __init__(self, bars: dict[int, TwinBar]) -> None:
        self.bars = bars
        self._held = b""

    def take(self, data: bytes, refuse: bool = False) -> Iterator[bytes]:
        """The answers to what came. EQ cards have no word for no: one that refuses says something else."""
        self._held = (self._held + data)[-LONGEST:]
        while b"$$" in self._held:
            frame, _, self._held = self._held.partition(b"$$")
            begin = re.search(rb"!#(\d{3})", frame)
            bar = self.bars.get(int(begin.group(1))) if begin else None
            if bar and refuse:
                yield b"##NOK$$$"
            elif bar and begin and self._obeys(bar, frame[begin.end() :]):
                yield b"##FOK$$$"

    def restart(self) -> None:
        """Power gone and come back."""
        self._held = b""
        for bar in self.bars.values():
            bar.darken()

    def _obeys(self, bar: TwinBar, said: bytes) -> bool:
        try:
            self._obey(bar, said)
        except (BadTellingError, UnicodeDecodeError) as error:
            bar.complaints.append(str(error))
            return False
        return True

    def _obey(self, bar: TwinBar, said: bytes) -> None:
        told: dict[str, str] = {}
        at = 0
        while found := _COMMAND.match(said, at):
            name, value = (part.decode("ascii") for part in found.groups() if part is not None)
            told[name], at = value, found.end()
        text = said[at:].decode("gbk")
        if re.search("[%$#!]", text) or not text.replace("\u3000", "").isprintable():
            raise BadTellingError(f"a command inside the text {text!r}")
        if "ZC" in told:
            bar.show([_area(told, text)])
        elif told.keys() == {"ZD"} and not text:
            bar.darken()
        else:
            raise BadTellingError(f"{sorted(told)} without a place")


def _area(told: dict[str, str], text: str) -> Area:
    x, y, width, height = (int(told["ZC"][at : at + 4]) for at in range(0, 16, 4))
    letters = int(told.get("F", "16"))
    if letters not in (16, 24, 32) or letters > height:
        raise BadTellingError(f"letters of {letters} dots in {height}")
    return Area(
        text,
        width,
        height,
        x,
        y,
        number=int(told.get("ZI", "01")),
        colour=Colour(int(told.get("C", "1"))),
        motion=_MOTIONS.get(int(told.get("ZA", "01")), Motion.STILL),
        centred=told.get("AH") == "2",
        letters=letters,
    )
