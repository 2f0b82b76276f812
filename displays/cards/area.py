"""A piece of a bar and what it shows: the same value for every family that has fonts of its own."""

from dataclasses import dataclass
from enum import Enum

from displays.cards.errors import BadValueError

LARGEST = 8192
MISSING = "？"
"""Stands for a sign that a card has not."""

_WRITTEN = str.maketrans("\u00a0\u2011\u2022\u00a5", " -·￥", "\u200b\u2060\ufe0f\ufeff")
_SHOWN_AS_IS = "\n\u3000"  # Python counts the wide space among what cannot be printed


class Colour(Enum):
    """The three colours of a two-colour bar."""

    RED = 1
    GREEN = 2
    YELLOW = 3


class Motion(Enum):
    """How a text comes onto the bar."""

    STILL = 1
    QUICK = 2
    LEFT = 3
    RIGHT = 4
    UP = 5
    DOWN = 6


@dataclass(frozen=True)
class Area:
    """A rectangle in dots and its text. `speed`: 0 fast … 24 slow; `stay`: half seconds a page stands.

    With `several_lines` a newline begins the next one; with `wraps` the card breaks long lines too.
    `letters`: their height in dots; 0: as high as the area. `mongolian` stands beside the text, in letters of at most
    `mongolian_letters` dots, on cards that take pictures alone.
    """

    text: str
    width: int
    height: int
    x: int = 0
    y: int = 0
    number: int = 0
    colour: Colour = Colour.RED
    motion: Motion = Motion.QUICK
    speed: int = 0
    stay: int = 8
    centred: bool = True
    several_lines: bool = False
    wraps: bool = False
    letters: int = 0
    mongolian: str = ""
    mongolian_letters: int = 0
    mongolian_left: bool = False

    def __post_init__(self) -> None:
        sides = (self.x, self.y, self.width, self.height)
        if min(self.width, self.height) < 1 or min(sides) < 0 or max(sides) > LARGEST:
            raise BadValueError(f"an area of {self.width}×{self.height} dots at {self.x},{self.y}")
        if not 0 <= self.number <= 254 or not 0 <= self.speed <= 24 or not 0 <= self.stay <= 255:
            raise BadValueError("area number, speed or stay out of range")
        if not 0 <= self.letters <= self.height:
            raise BadValueError(f"letters of {self.letters} dots in an area {self.height} high")

    @property
    def letter_height(self) -> int:
        """Dots."""
        return self.letters or self.height


def written(text: str) -> str:
    """The same text in signs that cards have, where there are such: office programs write their own spaces and dots."""
    return text.translate(_WRITTEN)


def gbk(text: str) -> bytes:
    """The text as card fonts know it; what GBK lacks, and control characters, become a full-width question mark."""
    return b"".join(map(_sign, written(text)))


def _sign(sign: str) -> bytes:
    try:
        return (sign if sign.isprintable() or sign in _SHOWN_AS_IS else MISSING).encode("gbk")
    except UnicodeEncodeError:
        return MISSING.encode("gbk")
