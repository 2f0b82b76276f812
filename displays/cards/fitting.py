"""Fits a text into a bar: the fullest wording that stands still, shorter words by rule, scrolling only when it must."""

import re
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

APART = "　　"
"""What stands between texts that have nothing to do with each other, as titles of notices."""

CLAUSE_ENDS = "，。！？；："

_UNIT = re.compile(
    r"[（《“〈【]*(?:[A-Za-z0-9]+(?:[-.:：/][A-Za-z0-9]+)*[一-鿿]?|窗口|人员|指挥|出口|入口|电梯|楼梯|大厅|\s+|.)[，。、；：！？）》”〉】…%％]*",
    re.DOTALL,
)
"""What stays on one page: letters and figures with the sign that follows (3号), words of the way and of emergencies, a
sign with its marks."""


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


def pages_of(text: str, width: int, height: int) -> list[str]:
    """A text too long for `width` dots in pages, shown one after the other: as few as it takes, each about as wide
    as the next, so that none is one sign alone; texts that stand apart are not mixed, words and figures not cut."""
    return [page for part in text.split(APART) for page in _level(part, width, height)] or [""]


def _level(text: str, width: int, height: int) -> list[str]:
    """The fewest pages, among those the ones that leave the least dark; a wide gap counts more than two narrow ones,
    the gap after a clause for nothing. What is wider than the bar by itself stands alone."""
    units = list(_units(text, width, height))
    best: list[tuple[int, int, list[str]]] = [(0, 0, [])]
    for end in range(1, len(units) + 1):
        found: list[tuple[int, int, list[str]]] = []
        for begin in range(end - 1, -1, -1):
            page = "".join(units[begin:end]).strip()
            gap = width - width_of(page, height)
            if gap < 0 and found:
                break
            pages, dark, before = best[begin]
            more = [page] if page else []
            wasted = gap * gap if page and page[-1] not in CLAUSE_ENDS else 0
            found.append((pages + len(more), dark + wasted, before + more))
        best.append(min(found))
    return best[-1][2]


def _units(text: str, width: int, height: int) -> Iterator[str]:
    """What must not be cut; only what is wider than the bar is, sign by sign."""
    for unit in _UNIT.findall(text):
        yield from [unit] if width_of(unit, height) <= width else unit


def _shortened(text: str) -> Iterator[str]:
    yield text
    for words, shorter in SHORTER:
        text = text.replace(words, shorter)
        yield text
