"""EQ2013/2023/2033, cards that take one line of ASCII commands and GBK text; very common on RS-485 bars.

Source: frames seen working in public senders; there is no text of the maker. One master on a bus: after each frame
wait for the answer, or ANSWER_WITHIN, before the next address is spoken to.
"""

from dataclasses import dataclass

from displays.cards.area import Area, gbk
from displays.cards.errors import BadFrameError, BadValueError

ANSWER_WITHIN = 0.2
"""Seconds of silence after which the next address may be spoken to."""

STAYS = 9999
LETTERS = (16, 24, 32)
"""Heights of the fonts such cards have, in dots."""

AGREED = (b"##FOK$$$", b"##KOK$$$")
EFFECTS = {"STILL": 1, "QUICK": 1, "LEFT": 2, "RIGHT": 3, "UP": 4, "DOWN": 5}
"""Effect numbers differ by model: to be checked on the bar; 1 stands still on all that were seen."""

_WIDE = {"%": "％", "$": "＄", "#": "＃", "!": "！", "\n": " "}


@dataclass(frozen=True)
class EqCard:
    """One card on the wire, by the three digits of its address."""

    address: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.address <= 999:
            raise BadValueError(f"an address of {self.address}")

    def show(self, area: Area, hold: int = STAYS, clear: bool = True) -> bytes:
        """Show one area; `hold` in tenths of a second, STAYS for ever; `clear` forgets what was shown before."""
        if area.letter_height not in LETTERS or not 0 <= hold <= STAYS:
            raise BadValueError(f"letters of {area.letter_height} dots, {hold} tenths")
        place = "".join(f"{side:04d}" for side in (area.x, area.y, area.width, area.height))
        look = f"%F{area.letter_height:02d}%C{area.colour.value}%AH{2 if area.centred else 1}%AV2"
        effect = f"%ZA{EFFECTS[area.motion.name]:02d}%ZS{area.speed:02d}%ZH{hold:04d}"
        begin = f"%ZI{area.number:02d}%ZC{place}{effect}{look}"
        return self._said(("%ZD00" if clear else "") + begin, gbk(_harmless(area.text)))

    def clear(self) -> bytes:
        """Forget everything."""
        return self._said("%ZD00")

    def _said(self, commands: str, text: bytes = b"") -> bytes:
        return f"!#{self.address:03d}{commands}".encode("ascii") + text + b"$$"


def answer_of(answer: bytes) -> None:
    """Read a card's answer; returns when it agreed. Raises BadFrameError for anything else."""
    if answer not in AGREED:
        raise BadFrameError(f"no answer: {answer[:20]!r}")


def _harmless(text: str) -> str:
    """Signs that would begin a command or end the frame go out in their full width."""
    return "".join(_WIDE.get(sign, sign) for sign in text)
