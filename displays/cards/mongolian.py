"""Mongolian on bars that take pictures: joined letters in columns, or in a line that lies where a bar is too low."""

from collections.abc import Callable
from functools import lru_cache

from PIL import Image

from hallqueue import shaping

SMALLEST = 12
"""Dots: smaller letters cannot be read from lamps."""
GAP = 4
"""Dots between the scripts."""
_INK = 112
_THICK = 1.4  # of a line, by its letters
_MARGIN = 2


@lru_cache(maxsize=256)
def drawn(text: str, letters: int, width: int, height: int) -> Image.Image | None:
    """The text in at most `width` × `height` dots (mode "1", lit 255) and letters of at most `letters` dots.

    Columns before a line, large before small; None if it does not fit, or has signs that its font lacks.
    """
    if not text or not all(_is_known(sign) for sign in text):
        return None
    for draw in (_columns, _line):
        found = _largest(draw, text, letters, width, height)
        if found:
            return found
    return None


def _largest(
    draw: Callable[[str, int, int], Image.Image | None], text: str, letters: int, width: int, height: int
) -> Image.Image | None:
    for size in range(letters, SMALLEST - 1, -2):
        found = draw(text, size, height)
        if found and found.width <= width and found.height <= height:
            return found
    return None


def _is_known(sign: str) -> bool:
    return "\u1800" <= sign <= "\u18af" or sign in " \u202f\u200c\u200d"


def _columns(text: str, size: int, height: int) -> Image.Image | None:
    """Columns from left to right; only a plain space may part words. None if a word is longer than a column."""
    columns = [""]
    for word in text.split(" "):
        longer = f"{columns[-1]} {word}".strip(" ")
        if columns[-1] and shaping.length(longer, size) + 2 * _MARGIN > height:
            columns.append(word)
        else:
            columns[-1] = longer
    if any(shaping.length(column, size) + 2 * _MARGIN > height for column in columns):
        return None
    drawn_columns = [_ink(column, size).transpose(Image.Transpose.ROTATE_270) for column in columns]
    whole = Image.new("1", (sum(each.width for each in drawn_columns), height))
    left = 0
    for each in drawn_columns:
        whole.paste(each, (left, (height - each.height) // 2))
        left += each.width
    return whole


def _line(text: str, size: int, height: int) -> Image.Image | None:
    return _ink(text, size)


def _ink(text: str, size: int) -> Image.Image:
    mask = Image.new("L", (round(shaping.length(text, size)) + 2 * _MARGIN, round(size * _THICK)))
    shaping.draw(mask, (_MARGIN, size), text, size)
    return mask.point(lambda grey: 255 if grey > _INK else 0).convert("1")
