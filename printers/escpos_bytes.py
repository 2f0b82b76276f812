"""ESC/POS as Chinese receipt printers speak it: the commands, and parts of a slip turned into bytes."""

import re
from collections.abc import Iterator
from itertools import groupby

from PIL import Image, ImageOps

from printers import draw
from printers.parts import CELL, Align, Code, Columns, Gap, Line, Paper, Part, Picture, Rule
from printers.wording import in_rom

RESET = b"\x1b@"
CHINESE_ON = b"\x1c&"
CHINESE_SPACING = b"\x1cS\x00\x00"
CUT = b"\x1dVB\x00"  # GS V 66 0: feed to the cutter, then cut
TEAR = b"\x1bd\x06"  # six lines up to the tearing edge
ASK_PAPER = b"\x1dr\x01"  # answered in the order of printing, unlike DLE EOT
_REAL_TIME = re.compile(rb"\x10(?=[\x04\x05\x14])")
SHORT_GAP = 4
BAND = 240  # rows of one GS v 0: small printers have small buffers


def ask_status(kind: int) -> bytes:
    """DLE EOT n: answered at once, even while printing."""
    return bytes((0x10, 0x04, kind))


def ask_id(mark: str) -> bytes:
    """GS ( H: answered with these four characters when everything before it is printed."""
    return b"\x1d(H\x06\x00\x30\x30" + mark.encode("ascii")


def align(where: Align) -> bytes:
    """ESC a n."""
    return b"\x1ba" + (b"\x01" if where == "centre" else b"\x00")


def bold(on: bool) -> bytes:
    """ESC E n."""
    return b"\x1bE" + bytes((on,))


def size(times: int) -> bytes:
    """GS ! n: width and height of all characters, 1–8 times."""
    return b"\x1d!" + bytes(((times - 1) << 4 | (times - 1),))


def chinese_size(times: int) -> bytes:
    """FS ! n: Chinese characters only, and only once or twice (bit 2 wide, bit 3 high)."""
    return b"\x1c!" + (b"\x0c" if times > 1 else b"\x00")


def line_spacing(dots: int) -> bytes:
    """ESC 3 n."""
    return b"\x1b3" + bytes((min(dots, 255),))


def feed(dots: int) -> bytes:
    """ESC J n, as often as needed."""
    return b"\x1bJ\xff" * (dots // 255) + b"\x1bJ" + bytes((dots % 255,))


def qr(data: bytes, module: int) -> bytes:
    """GS ( k: model 2, module size in dots, level M, store, print."""
    stored = b"\x31\x50\x30" + data
    functions = (b"\x31\x41\x32\x00", bytes((0x31, 0x43, module)), b"\x31\x45\x31", stored, b"\x31\x51\x30")
    return b"".join(b"\x1d(k" + len(function).to_bytes(2, "little") + function for function in functions)


def raster(image: Image.Image) -> bytes:
    """GS v 0 in bands; `image` has mode "1" with black as 0, its width is filled up to whole bytes."""
    return b"".join(_band(image, top) for top in range(0, image.height, BAND))


def sparse(image: Image.Image) -> bytes:
    """The same without what is white: blank rows are fed, and each strip is no wider than its ink."""
    pieces, top = [], 0
    for is_blank, rows in groupby(_blank_rows(image)):
        height = len(list(rows))
        strip = image.crop((0, top, image.width, top + height))
        pieces.append(feed(height) if is_blank else _trimmed(strip))
        top += height
    return b"".join(pieces)


def _trimmed(strip: Image.Image) -> bytes:
    """A strip up to its last ink; or centred, without equal margins, where that is less."""
    left, _, right, _ = ImageOps.invert(strip.convert("L")).getbbox() or (0, 0, 1, 1)
    margin = min(left, strip.width - right) // 4 * 4  # what stands between two such margins are whole bytes
    if strip.width - 2 * margin < right:
        return align("centre") + raster(strip.crop((margin, 0, strip.width - margin, strip.height)))
    return align("left") + raster(strip.crop((0, 0, right, strip.height)))


def _blank_rows(image: Image.Image) -> Iterator[bool]:
    """For each row whether it is blank; a gap of a few rows is not worth a command and counts as ink."""
    across = (image.width + 7) // 8
    data, white = image.tobytes(), b"\xff" * across
    rows = [data[start : start + across] == white for start in range(0, len(data), across)]
    for is_blank, run in groupby(rows):
        length = len(list(run))
        yield from [is_blank and length >= SHORT_GAP] * length


def _band(image: Image.Image, top: int) -> bytes:
    height = min(BAND, image.height - top)
    across = (image.width + 7) // 8
    band = Image.new("1", (across * 8, height), 1)
    band.paste(image.crop((0, top, image.width, top + height)), (0, 0))
    # Some printers obey DLE EOT, DLE ENQ and DLE DC4 even inside a picture: one more dot makes them harmless.
    ink = _REAL_TIME.sub(b"\x18", bytes(byte ^ 0xFF for byte in band.tobytes()))
    return b"\x1dv0\x00" + across.to_bytes(2, "little") + height.to_bytes(2, "little") + ink


def sheet_bytes(parts: list[Part], paper: Paper) -> bytes:
    """The whole print: reset, Chinese mode, `parts`, cut."""
    if paper.text == "raster":
        body = sparse(draw.sheet(parts, paper))
    else:
        body = b"".join(part_bytes(part, paper) for part in parts)
    return RESET + CHINESE_ON + CHINESE_SPACING + body + (CUT if paper.cutter else TEAR)


def apart(paper: Paper) -> bytes:
    """What lies half printed under the head is cut off, so that the next slip stands alone."""
    return RESET + (CUT if paper.cutter else TEAR)


def part_bytes(part: Part, paper: Paper) -> bytes:
    """One part in the printer's own characters, or as a picture where it has none."""
    match part:
        case Line():
            return _line(part, paper)
        case Columns():
            return _picture(draw.columns(part, paper))
        case Code():
            return align("centre") + qr(part.url.encode("ascii"), draw.module_dots(part.url, paper))
        case Picture():
            return _picture(draw.picture(part, paper))
        case Gap():
            return feed(part.dots)
        case Rule():
            return _picture(draw.rule(paper))


def _picture(image: Image.Image | None) -> bytes:
    return align("centre") + raster(image) if image else b""


def _line(line: Line, paper: Paper) -> bytes:
    style = align(line.align) + bold(line.bold) + size(line.size)
    if paper.chinese_size_by_fs:
        style += chinese_size(line.size)
    style += line_spacing(CELL * line.size + draw.LEADING)
    return style + b"".join(_rows(draw.rows_of(line, paper), line, paper))


def _rows(rows: list[str], line: Line, paper: Paper) -> Iterator[bytes]:
    for row in rows:
        if all(in_rom(character, paper.rom) for character in row):
            yield row.encode("gb18030") + b"\n"
        else:
            yield raster(draw.row(row, line, paper)) + feed(draw.LEADING)
