"""The logo on a slip: what was uploaded is checked, and drawn anew as a small picture of one bit a dot."""

import io

from PIL import Image, ImageChops

from hallqueue.errors import Refused
from hallqueue.files.evidence import BROKEN
from printers.parts import Picture

LARGEST_FILE = 2 * 1024 * 1024
MOST_PIXELS = 16_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
WIDEST, HIGHEST = 360, 160  # dots: fits both papers, and is two centimetres of the paper at most


def encoded(raw: bytes) -> bytes:
    """The picture as a PNG of one bit, cropped to its ink and shrunk to 360×160 dots; large areas are dithered.

    Raises Refused: logo_too_large, logo_too_many_pixels, logo_unreadable, logo_empty.
    """
    if len(raw) > LARGEST_FILE:
        raise Refused("logo_too_large", 413, limit=LARGEST_FILE // (1024 * 1024))
    try:
        grey = _grey(raw)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except BROKEN:
        raise Refused("logo_unreadable", 400, formats="、".join(FORMATS)) from None
    box = ImageChops.invert(grey).point(lambda ink: 255 if ink > 24 else 0).getbbox()
    if box is None:
        raise Refused("logo_empty", 400)
    small = grey.crop(box)
    small.thumbnail((WIDEST, HIGHEST))
    out = io.BytesIO()
    small.point(_harder).convert("1").save(out, "PNG", optimize=True)
    return out.getvalue()


def picture_of(png: bytes) -> Picture:
    """An encoded logo as a part of a slip."""
    with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
        plain = image.convert("1")
    return Picture(plain.width, plain.height, bytes(byte ^ 0xFF for byte in plain.tobytes()))


def _grey(raw: bytes) -> Image.Image:
    """On white paper, in grey; only the head is read before the number of pixels is known."""
    with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise _too_many_pixels()
        shown = image.convert("RGBA")
    white = Image.new("RGBA", shown.size, "white")
    return Image.alpha_composite(white, shown).convert("L")


def _harder(grey: int) -> int:
    """The flat colours of an emblem become black or white; only what lies between is dithered."""
    return max(0, min(255, (grey - 120) * 3))


def _too_many_pixels() -> Refused:
    return Refused("logo_too_many_pixels", 413, limit=MOST_PIXELS // 1_000_000)
