"""What a slip is made of: paper profiles and the parts laid on it, without any printer in mind."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

CELL = 24  # dots: height of a character at size 1; a Chinese one is as wide, an ASCII one half
Align: TypeAlias = Literal["left", "centre"]


@dataclass(frozen=True, slots=True)
class Paper:
    """What one printer can do; `dots` is the printable width, `rom` the Python codec of its characters."""

    dots: int = 576
    text: Literal["gb18030", "raster"] = "gb18030"
    rom: Literal["gb2312", "gbk", "gb18030"] = "gbk"
    chinese_size_by_fs: bool = False  # older printers size Chinese characters by FS ! and not by GS !
    cutter: bool = True

    @property
    def columns(self) -> int:
        """ASCII columns at size 1."""
        return self.dots * 2 // CELL


PAPER_80 = Paper()
PAPER_58 = Paper(dots=384)


@dataclass(frozen=True, slots=True)
class Line:
    """A text in the printer's own characters, wrapped; `size` multiplies width and height (1–8)."""

    text: str
    size: int = 1
    bold: bool = False
    align: Align = "centre"


@dataclass(frozen=True, slots=True)
class Columns:
    """A Mongolian text in vertical columns, left to right; `size` and `height` in dots, higher where it is too long."""

    text: str
    size: int
    height: int


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code of `url`, plain ASCII."""

    url: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of one bit a dot: rows of whole bytes, black is 1. Wider than the paper it is left out."""

    width: int
    height: int
    ink: bytes


@dataclass(frozen=True, slots=True)
class Gap:
    """Blank paper, in dots."""

    dots: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line over the whole width."""


Part: TypeAlias = Line | Columns | Code | Picture | Gap | Rule
