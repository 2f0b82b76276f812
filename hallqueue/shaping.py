"""Mongolian letters joined by HarfBuzz, which comes in a wheel, and drawn from their outlines: no system library."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import uharfbuzz as hb
from PIL import Image, ImageChops, ImageDraw

FONT = Path(__file__).with_name("fonts") / "NotoSansMongolian-Regular.ttf"
_FINE = 4  # times finer than the result: the edges become grey
_CURVE_STEPS = 6  # straight pieces for each curve: under half a dot at the sizes of a slip

Point = tuple[float, float]
Contour = list[Point]


@dataclass(frozen=True, slots=True)
class Run:
    """A shaped text: glyphs with their places, in units of the font."""

    glyphs: tuple[tuple[int, float, float], ...]
    advance: float


def length(text: str, size: int, joined: bool = True) -> float:
    """How far `text` runs, in dots; `joined` False keeps every letter apart, as a program without shaping does."""
    return shape(text, joined).advance * size / int(_face().upem)


@lru_cache(maxsize=512)
def shape(text: str, joined: bool = True) -> Run:
    """`text` with its letters in the forms that their neighbours ask for."""
    if not text:
        return Run((), 0.0)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.direction, buffer.script, buffer.language = "ltr", "Mong", "mn"
    features = (
        {} if joined else dict.fromkeys(("isol", "init", "medi", "fina", "ccmp", "rlig", "calt"), False)
    )
    hb.shape(_font(), buffer, features)
    pen, glyphs = 0.0, []
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        glyphs.append((info.codepoint, pen + place.x_offset, float(place.y_offset)))
        pen += place.x_advance
    return Run(tuple(glyphs), pen)


def draw(mask: Image.Image, place: Point, text: str, size: int) -> None:
    """Add `text` to `mask` (mode "L", ink 255); `place` is where its baseline begins."""
    fine = Image.new("L", (mask.width * _FINE, mask.height * _FINE))
    scale = size * _FINE / _face().upem
    for glyph, x, y in shape(text).glyphs:
        _draw_glyph(fine, glyph, (place[0] * _FINE + x * scale, place[1] * _FINE - y * scale), scale)
    mask.paste(ImageChops.lighter(mask, fine.resize(mask.size, Image.Resampling.BOX)))


def _draw_glyph(fine: Image.Image, glyph: int, origin: Point, scale: float) -> None:
    """Holes are cut out of their own glyph only: its neighbour may reach into them."""
    contours = [
        [(origin[0] + x * scale, origin[1] - y * scale) for x, y in contour] for contour in _outline(glyph)
    ]
    if not contours:
        return
    left = max(0, int(min(x for contour in contours for x, _ in contour)))
    right = min(fine.width, int(max(x for contour in contours for x, _ in contour)) + 2)
    if left >= right:
        return
    cell = Image.new("L", (right - left, fine.height))
    pen = ImageDraw.Draw(cell)
    for contour in sorted(contours, key=lambda each: -abs(_area(each))):
        pen.polygon([(x - left, y) for x, y in contour], fill=255 if _area(contour) > 0 else 0)
    fine.paste(ImageChops.lighter(fine.crop((left, 0, right, fine.height)), cell), (left, 0))


def _area(contour: Contour) -> float:
    """Signed: with the y axis downwards an outer contour of TrueType is positive, a hole negative."""
    following = [*contour[1:], contour[0]]
    return sum(x * down - right * y for (x, y), (right, down) in zip(contour, following, strict=True)) / 2


@lru_cache(maxsize=512)
def _outline(glyph: int) -> list[Contour]:
    pen = _Pen()
    _font().draw_glyph_with_pen(glyph, pen)
    return [contour for contour in pen.contours if len(contour) > 2]


class _Pen:
    """Takes an outline (the segment pen of font tools) and keeps straight pieces."""

    def __init__(self) -> None:
        self.contours: list[Contour] = []

    def moveTo(self, point: Point) -> None:  # noqa: N802 - the names that uharfbuzz calls
        self.contours.append([point])

    def lineTo(self, point: Point) -> None:  # noqa: N802
        self.contours[-1].append(point)

    def qCurveTo(self, control: Point, end: Point) -> None:  # noqa: N802
        start = self.contours[-1][-1]
        self.contours[-1] += _curve(start, control, control, end, 2)

    def curveTo(self, first: Point, second: Point, end: Point) -> None:  # noqa: N802
        start = self.contours[-1][-1]
        self.contours[-1] += _curve(start, first, second, end, 3)

    def closePath(self) -> None:  # noqa: N802
        """A polygon closes itself."""


def _curve(start: Point, first: Point, second: Point, end: Point, degree: int) -> Iterator[Point]:
    for step in range(1, _CURVE_STEPS + 1):
        t, s = step / _CURVE_STEPS, 1 - step / _CURVE_STEPS
        weights = (
            (s * s, 2 * s * t, 0.0, t * t) if degree == 2 else (s**3, 3 * s * s * t, 3 * s * t * t, t**3)
        )
        points = (start, first, second, end)
        yield (
            sum(weight * point[0] for weight, point in zip(weights, points, strict=True)),
            sum(weight * point[1] for weight, point in zip(weights, points, strict=True)),
        )


@lru_cache(maxsize=1)
def _face() -> hb.Face:
    return hb.Face(hb.Blob.from_file_path(str(FONT)))


@lru_cache(maxsize=1)
def _font() -> hb.Font:
    return hb.Font(_face())
