"""Fits a text into a bar: the fullest wording that stands still, shorter words by rule, scrolling only when it must."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from displays.cards.area import Area, Motion
from displays.cards.dots import width_of

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


def fit(wordings: str | Sequence[str], width: int, height: int) -> Fitted:
    """The fullest of the wordings that stands still in `width` dots; if none does, the first of all, scrolling.

    A single text brings its own shorter forms, by SHORTER.
    """
    choices = list(_shortened(wordings)) if isinstance(wordings, str) else wordings
    for words in choices:
        if width_of(words, height) <= width:
            return Fitted(words, scrolls=False)
    return Fitted(choices[0], scrolls=True)


def fitted(area: Area) -> Area:
    """The area with a text that fits, or one that runs to the left."""
    found = fit(area.text, area.width, area.letter_height)
    return replace(area, text=found.text, motion=Motion.LEFT if found.scrolls else area.motion)


def _shortened(text: str) -> Iterator[str]:
    yield text
    for words, shorter in SHORTER:
        text = text.replace(words, shorter)
        yield text
