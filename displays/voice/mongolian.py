"""A call in Mongolian, by recorded clips only: the pack itself says in which order its clips are joined."""

import re
from collections.abc import Iterable, Sequence

from displays.voice.phrases import Kind, Unit, label_units

WORDS = ("open", "to", "close")
LABEL, WINDOW = "label", "window"
USUAL_ORDER = ("open", LABEL, "to", WINDOW, "close")
FALLBACK = "window_fallback"
_NAME = re.compile(r"open|to|close|chime|[0-9]|letter_[a-z]|window_([1-9][0-9]{0,2}|fallback)")


def is_clip(name: str) -> bool:
    """Whether a Mongolian pack may hold a clip of this name; its file is `<name>.wav`."""
    return _NAME.fullmatch(name) is not None


def groups_of(
    label: str, window: str, order: Sequence[str], *, fallback: bool = False
) -> tuple[tuple[Unit, ...], ...]:
    """The groups of a call as the pack orders them; a window is one clip of its own. Raises UnsayableError."""
    parts = {
        LABEL: tuple(_clip(name) for name in label_clips(label)),
        WINDOW: (_clip(FALLBACK if fallback else f"window_{window}"),),
    }
    return tuple(parts.get(word) or (_clip(word),) for word in order)


def label_clips(label: str) -> list[str]:
    """The clips of a ticket's number: `letter_a`, `0`, `0`, `1`."""
    digits = "零一二三四五六七八九"
    names = [unit.name for unit in label_units(label)]
    return [str(digits.index(name)) if name in digits else f"letter_{name.lower()}" for name in names]


def order_in(names: Iterable[str], wish: object) -> tuple[str, ...]:
    """The order a manifest wishes, or the usual one with the words the pack has."""
    known = {*WORDS, LABEL, WINDOW}
    if isinstance(wish, list) and LABEL in wish and WINDOW in wish and known.issuperset(map(str, wish)):
        return tuple(map(str, wish))
    there = set(names)
    return tuple(word for word in USUAL_ORDER if word in (LABEL, WINDOW) or word in there)


def wanted(
    order: Iterable[str], letters: Iterable[str], windows: Iterable[int], *, fallback: bool
) -> list[str]:
    """Every clip a hall needs, so that no call of it is silent in Mongolian."""
    words = [word for word in order if word in WORDS]
    signs = [str(digit) for digit in range(10)]
    signs += sorted({f"letter_{letter.lower()}" for word in letters for letter in word})
    seats = [f"window_{number}" for number in sorted(windows)]
    return [*words, *signs, *seats, *([FALLBACK] if fallback else [])]


def _clip(name: str) -> Unit:
    return Unit(name, Kind.WORD)
