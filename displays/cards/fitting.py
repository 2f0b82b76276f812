"""Fits a text into a bar: its width in dots, shorter words by rule, and scrolling only when it must."""

import unicodedata
from dataclasses import dataclass, replace

from displays.cards.area import Area, Motion

SHORTER = (
    ("号窗口办理", "号窗口"),
    ("请到", "到"),
    ("号窗口", "窗口"),
    ("请", ""),
    (" ", ""),
)
"""What is left out, one after the other, before a text is made to scroll; digits and letters never are."""


@dataclass(frozen=True)
class Fitted:
    """The text that goes onto the bar, and whether it must scroll."""

    text: str
    scrolls: bool


def width_of(text: str, height: int) -> int:
    """Dots: fonts in cards draw Chinese as wide as high, and everything narrow half as wide."""
    return sum(height if unicodedata.east_asian_width(sign) in "WFA" else height // 2 for sign in text)


def fit(text: str, width: int, height: int) -> Fitted:
    """The fullest wording that stands still in `width` dots; the full wording, scrolling, when none does."""
    short = text
    for words, shorter in (("", ""), *SHORTER):
        short = short.replace(words, shorter) if words else short
        if width_of(short, height) <= width:
            return Fitted(short, scrolls=False)
    return Fitted(text, scrolls=True)


def fitted(area: Area) -> Area:
    """The area with a text that fits, or one that runs to the left."""
    found = fit(area.text, area.width, area.height)
    return replace(area, text=found.text, motion=Motion.LEFT if found.scrolls else area.motion)
