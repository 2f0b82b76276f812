"""Letters as the dots of a bar: the 16-dot font that control cards look like, larger sizes made from it."""

import gzip
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from PIL import Image

from displays.cards.area import MISSING

FONT = Path(__file__).with_name("fonts") / "unifont-gbk.hex.gz"
TALL = 16


def is_wide(sign: str) -> bool:
    """Whether cards draw a sign as wide as high; all others are half as wide."""
    return unicodedata.east_asian_width(sign) in "WFA"


def width_of(text: str, height: int) -> int:
    """Dots that a text takes in letters of `height` dots."""
    return sum(height if is_wide(sign) else height // 2 for sign in text)


@lru_cache(maxsize=512)
def dots_of(text: str, height: int) -> Image.Image:
    """One line of text, `width_of` × `height` dots, mode "1": 255 where a dot is lit. Do not draw into it."""
    line = Image.new("1", (max(width_of(text, TALL), 1), TALL))
    at = 0
    for sign in text:
        line.paste(_glyph(sign), (at, 0))
        at += TALL if is_wide(sign) else TALL // 2
    if height == TALL:
        return line
    size = (max(width_of(text, height), 1), height)
    grey = line.convert("L").resize((line.width * 6, TALL * 6)).resize(size, Image.Resampling.BOX)
    return grey.point(lambda light: 255 if light > 127 else 0).convert("1")


def _glyph(sign: str) -> Image.Image:
    dots = _font().get(f"{ord(sign):04X}") or _font()[f"{ord(MISSING):04X}"]
    return Image.frombytes("1", (len(dots) // 4, TALL), bytes.fromhex(dots))


@cache
def _font() -> dict[str, str]:
    """The font as its file has it: code point and dots in hex."""
    lines = gzip.decompress(FONT.read_bytes()).decode("ascii").splitlines()
    return dict(line.split(":") for line in lines)
