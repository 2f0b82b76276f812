"""Pictures for paper: shaped Mongolian columns, rows of rare characters, QR codes, slips as one picture.

All pictures have mode "1" with black as 0. Fonts are the ones in `fonts/`, never the machine's.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Literal

import segno
from PIL import Image, ImageDraw, ImageFont, ImageOps

from hallqueue import shaping
from printers.parts import CELL, Code, Columns, Gap, Line, Paper, Part, Picture, Rule
from printers.wording import balance, is_mongolian, wrap

FONTS = Path(__file__).with_name("fonts")
LEADING = 6  # dots between lines
_THRESHOLD = 112  # of 255: lighter grey stays paper
_CODE_DOTS = 224
_RULE_DOTS = 2
_TALLEST = 800  # dots of a column: ten centimetres
_PITCH = 1.25  # of a column, in em: ink takes up to 1.1
_TALLER = 8  # dots that columns grow at a time
_MARGIN = 4  # dots that a glyph may stand out beyond its advance


@lru_cache(maxsize=64)
def han(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The Chinese and Latin face; glyphs are placed one by one, so nothing is shaped."""
    name = "NotoSansSC-Bold.otf" if bold else "NotoSansSC-Regular.otf"
    return ImageFont.truetype(str(FONTS / name), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def glyph(character: str, width: int, height: int, bold: bool = False) -> Image.Image:
    """A mask (mode "L", ink 255) of one character, squeezed where it is wider than its cell."""
    share, baseline = (0.95, 0.86) if character > "~" else (0.82, 0.81)
    font = han(max(round(height * share), 6), bold)
    natural = max(width, round(font.getlength(character)))
    mask = Image.new("L", (natural, height))
    place = (natural / 2, height * baseline)
    ImageDraw.Draw(mask).text(place, character, font=font, fill=255, anchor="ms")
    return mask if natural == width else mask.resize((width, height), Image.Resampling.LANCZOS)


def ink(mask: Image.Image) -> Image.Image:
    """The mask as black on paper."""
    return mask.point(lambda grey: 0 if grey > _THRESHOLD else 255).convert("1")


def rows_of(line: Line, paper: Paper) -> list[str]:
    """The rows of a line: filled where it begins at the edge, of about the same width where it is centred."""
    fit = balance if line.align == "centre" else wrap
    return fit(line.text, paper.columns // line.size)


def row(text: str, line: Line, paper: Paper) -> Image.Image:
    """One row that was wrapped to fit, as wide as its content."""
    height = CELL * line.size
    mask = Image.new("L", (paper.dots, height))
    left = 0
    for piece in _strip(text, height, line.bold):
        mask.paste(piece, (left, 0))
        left += piece.width
    return ink(mask.crop((0, 0, max(1, min(left, paper.dots)), height)))


def _strip(text: str, height: int, bold: bool = False) -> Iterator[Image.Image]:
    """Masks side by side: a shaped run for Mongolian, a cell for every other character."""
    for shaped, run in groupby(text, key=is_mongolian):
        if shaped:
            yield _shaped("".join(run), height)
            continue
        for character in run:
            yield glyph(character, height // 2 if character <= "~" else height, height, bold)


def _shaped(text: str, height: int) -> Image.Image:
    size = round(height * 0.8)
    mask = Image.new("L", (max(1, round(shaping.length(text, size))), height))
    shaping.draw(mask, (0, height * 0.72), text, size)
    return mask


def mongolian_line(text: str, size: int) -> Image.Image:
    """One horizontal shaped line (mode "L") with 4 dots of margin at both ends."""
    mask = Image.new("L", (round(shaping.length(text, size)) + 2 * _MARGIN, _thickness(size)))
    shaping.draw(mask, (_MARGIN, size), text, size)
    return mask


@lru_cache(maxsize=256)
def columns(part: Columns, paper: Paper) -> Image.Image | None:
    """Mongolian as it is written: columns from left to right, cropped to the ink; None if empty."""
    lines = [_column(text, part.size) for text in _texts_across(part, paper)]
    thickness = _thickness(part.size)
    mask = Image.new("L", (thickness * len(lines), max((line.height for line in lines), default=1)))
    for place, line in enumerate(lines):
        mask.paste(line, (place * thickness, 0))
    box = mask.point(lambda grey: 255 if grey > _THRESHOLD else 0).getbbox()
    return ink(mask.crop(box)) if box else None


def _thickness(size: int) -> int:
    return round(size * _PITCH)


def _texts_across(part: Columns, paper: Paper) -> list[str]:
    """The columns of a text: as high as wanted, higher where they would not all stand side by side on the paper.

    What is longer than any text of a slip is cut.
    """
    most = max(1, paper.dots // _thickness(part.size))
    while len(texts := _column_texts(part)) > most and part.height < _TALLEST:
        part = replace(part, height=part.height + _TALLER)
    return texts[:most]


def _column(text: str, size: int) -> Image.Image:
    """One line turned 90° clockwise; Chinese characters stand upright in it, Latin lies on its side."""
    thickness = _thickness(size)
    pieces: list[Image.Image] = []
    for other, run in groupby(text, key=lambda character: not is_mongolian(character) and character != " "):
        words = "".join(run)
        pieces += _foreign(words, thickness, size) if other else [mongolian_line(words, size)]
    whole = Image.new("L", (sum(piece.width for piece in pieces) or 1, thickness))
    left = 0
    for piece in pieces:
        whole.paste(piece, (left, 0))
        left += piece.width
    return whole.transpose(Image.Transpose.ROTATE_270)


def _foreign(text: str, thickness: int, size: int) -> list[Image.Image]:
    pieces = []
    for character in text:
        upright = character > "~"
        piece = glyph(character, size if upright else size // 2, size)
        turned = piece.transpose(Image.Transpose.ROTATE_90) if upright else piece
        padded = Image.new("L", (turned.width, thickness))
        padded.paste(turned, (0, (thickness - turned.height) // 2))
        pieces.append(padded)
    return pieces


def _column_texts(part: Columns) -> list[str]:
    """Words filled into columns; only U+0020 separates, because suffixes hang on U+202F and U+180E."""
    texts = [""]
    for word in _short_words(part):
        longer = f"{texts[-1]} {word}".strip(" ")
        if texts[-1] and _length(longer, part.size) > part.height:
            texts.append(word)
        else:
            texts[-1] = longer
    return [text for text in texts if text]


def _short_words(part: Columns) -> Iterator[str]:
    """Words, those longer than a whole column cut to pieces."""
    fits = max(1, part.height // part.size)
    for word in part.text.split(" "):
        if _length(word, part.size) <= part.height:
            yield word
        else:
            yield from (word[start : start + fits] for start in range(0, len(word), fits))


def _length(text: str, size: int) -> float:
    foreign = sum(1 for character in text if not is_mongolian(character) and character != " ")
    own = "".join(character for character in text if is_mongolian(character) or character == " ")
    return shaping.length(own, size) + foreign * size


def picture(part: Picture, paper: Paper) -> Image.Image | None:
    """A picture that comes along, or nothing where the paper is too narrow for it."""
    if part.width > paper.dots or not part.ink:
        return None
    paper_white = bytes(byte ^ 0xFF for byte in part.ink)
    return Image.frombytes("1", (part.width, part.height), paper_white)


def rule(paper: Paper) -> Image.Image:
    """A thin line over the whole width."""
    return Image.new("1", (paper.dots, _RULE_DOTS), 0)


def module_dots(url: str, paper: Paper) -> int:
    """Dots of one QR module so that the code is about 28 mm wide on every paper."""
    modules = segno.make_qr(url, error="m", boost_error=False).symbol_size(border=0)[0]
    return int(max(2, min(8, _CODE_DOTS // modules, paper.dots // (modules + 8))))


def code(data: bytes, module: int, error: Literal["l", "m", "q", "h"] = "m") -> Image.Image:
    """A QR code without quiet zone; the paper around it is white."""
    matrix = segno.make_qr(data, error=error, boost_error=False).matrix
    picture = Image.new("1", (len(matrix[0]), len(matrix)), 1)
    for y, line in enumerate(matrix):
        for x, dark in enumerate(line):
            if dark:
                picture.putpixel((x, y), 0)
    return picture.resize((picture.width * module, picture.height * module), Image.Resampling.NEAREST)


def sheet(parts: list[Part], paper: Paper) -> Image.Image:
    """A whole slip as one picture of the paper's width."""
    pictures = [picture for part in parts for picture in _pictures(part, paper)]
    whole = Image.new("1", (paper.dots, max(1, sum(picture.height for picture in pictures))), 1)
    top = 0
    for picture in pictures:
        whole.paste(picture, (0, top))
        top += picture.height
    return whole


def _pictures(part: Part, paper: Paper) -> Iterator[Image.Image]:
    match part:
        case Line():
            for text in rows_of(part, paper):
                yield _across(row(text, part, paper), paper, centred=part.align == "centre", below=LEADING)
        case Columns():
            block = columns(part, paper)
            if block:
                yield _across(block, paper)
        case Code():
            yield _across(code(part.url.encode("ascii"), module_dots(part.url, paper)), paper)
        case Picture():
            shown = picture(part, paper)
            if shown:
                yield _across(shown, paper)
        case Gap():
            yield Image.new("1", (paper.dots, part.dots), 1)
        case Rule():
            yield rule(paper)


def _across(picture: Image.Image, paper: Paper, centred: bool = True, below: int = 0) -> Image.Image:
    spare = paper.dots - picture.width
    left = spare // 2 if centred else 0
    return ImageOps.expand(picture, (left, 0, spare - left, below), fill=1)
