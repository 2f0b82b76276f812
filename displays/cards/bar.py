"""How a bar looks: the dots of a text in their colour, and the picture of a bar with its lamps."""

import io
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageChops, ImageDraw

from displays.cards.area import Area, Colour, Motion
from displays.cards.dots import dots_of
from displays.cards.mongolian import GAP, drawn

RGB = {Colour.RED: (255, 40, 24), Colour.GREEN: (40, 255, 60), Colour.YELLOW: (255, 200, 0)}
LAMP = 4  # pixels of the picture for one dot of the bar
_DARK = (26, 24, 24)
_FINE = 4


@dataclass(frozen=True)
class Strip:
    """What passes over a bar: `dots` is as high as the bar, and wider than it when it `scrolls`."""

    dots: Image.Image
    scrolls: bool = False

    def png(self) -> bytes:
        """The picture of all lamps."""
        file = io.BytesIO()
        lamps(self.dots).save(file, "PNG", optimize=True)
        return file.getvalue()


def dark(width: int, height: int) -> Strip:
    """A bar that shows nothing."""
    return Strip(Image.new("RGB", (width, height)))


def strip_of(area: Area) -> Strip:
    """The area's text as a card with fonts shows it; a text that runs is followed by an empty bar."""
    line = dots_of(area.text, area.letter_height)
    scrolls = area.motion is Motion.LEFT and bool(area.text)
    width = line.width + area.width if scrolls else area.width
    whole = Image.new("RGB", (width, area.height))
    begin, end = _beside(whole, area)
    left = begin + (end - begin - line.width) // 2 if area.centred and not scrolls else begin
    _light(whole, line, left, area)
    return Strip(whole, scrolls)


def _beside(whole: Image.Image, area: Area) -> tuple[int, int]:
    """Draw the Mongolian at its edge; from where to where there is room for the text."""
    picture = drawn(area.mongolian, area.mongolian_letters, area.width // 2, area.height)
    if picture is None:
        return 0, area.width
    at = 0 if area.mongolian_left else area.width - picture.width
    _light(whole, picture, at, area)
    taken = picture.width + GAP
    return (taken, area.width) if area.mongolian_left else (0, area.width - taken)


def _light(whole: Image.Image, dots: Image.Image, left: int, area: Area) -> None:
    colour = Image.new("RGB", dots.size, RGB[area.colour])
    whole.paste(colour, (left, (area.height - dots.height) // 2), dots)


def dimmed(dots: Image.Image, percent: int) -> Image.Image:
    """The same dots less bright."""
    return dots.point(lambda light: light * percent // 100)


def lamps(dots: Image.Image) -> Image.Image:
    """Every dot as a round lamp on a dark board, LAMP × LAMP pixels each."""
    size = (dots.width * LAMP, dots.height * LAMP)
    light = dots.resize(size, Image.Resampling.NEAREST)
    unlit = Image.new("RGB", size, _DARK)
    mask = _mask(*dots.size)
    return Image.composite(ImageChops.lighter(light, unlit), Image.new("RGB", size, (8, 8, 8)), mask)


@cache
def _lamp() -> Image.Image:
    large = Image.new("L", (LAMP * _FINE, LAMP * _FINE))
    ImageDraw.Draw(large).ellipse((2, 2, LAMP * _FINE - 3, LAMP * _FINE - 3), fill=255)
    return large.resize((LAMP, LAMP), Image.Resampling.BOX)


def _mask(width: int, height: int) -> Image.Image:
    row = Image.new("L", (width * LAMP, LAMP))
    for at in range(width):
        row.paste(_lamp(), (at * LAMP, 0))
    whole = Image.new("L", (width * LAMP, height * LAMP))
    for at in range(height):
        whole.paste(row, (0, at * LAMP))
    return whole
