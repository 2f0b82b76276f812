"""Draws decoded pictures anew: upright, with square dots, in one even size that every board's player decodes."""

from fractions import Fraction
from struct import Struct
from typing import Any, NamedTuple

from av.filter import Graph
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from av.video.reformatter import ColorTrc

LONGEST_SIDE, MOST_DRAWN = 1920, 1920 * 1080
"""What is made has no side and no area larger: H.264 level 4.1, which every TV box of these years decodes."""
NINE = Struct("<9i")
TICK = Fraction(1, 90_000)
TURNS = {
    (0, 1, -1, 0): "transpose=clock",
    (-1, 0, 0, -1): "hflip,vflip",
    (0, -1, 1, 0): "transpose=cclock",
    (-1, 0, 0, 1): "hflip",
    (1, 0, 0, -1): "vflip",
    (0, 1, 1, 0): "transpose=cclock_flip",
    (0, -1, -1, 0): "transpose=clock_flip",
}
"""What stands a picture upright, by the signs of its display matrix (ISO/IEC 14496-12, 8.3.2)."""


BRIGHTER = (ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67)
"""The two curves of HDR, PQ and HLG (ITU-R BT.2100): telephones film so by themselves."""
AS_BOARDS_SHOW = (
    "scale=out_color_matrix=bt709:out_range=tv:out_primaries=bt709:out_transfer=bt709:intent=perceptual"
)
"""Brought into the colours and brightness of a board (ITU-R BT.709); the brightest places keep their drawing."""


class Look(NamedTuple):
    """What a picture is like before it is drawn anew; where it changes, another pen is needed."""

    width: int
    height: int
    form: str
    degrees: int
    is_brighter: bool


class Pen(NamedTuple):
    """What draws pictures of one look."""

    look: Look
    graph: Graph


def look_of(frame: VideoFrame) -> Look:
    """Cheap to ask of every picture."""
    is_brighter = frame.color_trc in BRIGHTER
    return Look(frame.width, frame.height, frame.format.name, frame.rotation, is_brighter)


def turn_of(frame: VideoFrame) -> str:
    """What stands a picture upright. To ask is dear (the frame and its side data hold each other): once for a look."""
    matrix: Any = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None or len(bytes(matrix)) != NINE.size:
        return ""
    nine = NINE.unpack(bytes(matrix))
    signs = tuple((each > 0) - (each < 0) for each in (nine[0], nine[1], nine[3], nine[4]))
    return TURNS.get(signs, "")


def size_of(frame: VideoFrame, turn: str, shape: Fraction) -> tuple[int, int]:
    """Width and height as they are shown: upright, with square dots, even, and no larger than a board needs."""
    width, height = float(frame.width * shape), float(frame.height)
    if turn.startswith("transpose"):
        width, height = height, width
    scale = min(1.0, LONGEST_SIDE / max(width, height), (MOST_DRAWN / (width * height)) ** 0.5)
    return _even(width * scale), _even(height * scale)


def _even(length: float) -> int:
    return max(2, int(length / 2) * 2)


def pen_for(frame: VideoFrame, shape: Fraction, size: tuple[int, int]) -> Pen:
    """The pen for pictures like this one; where they have another shape than the film, they stand in black."""
    turn = turn_of(frame)
    look = look_of(frame)
    colours = "" if look.is_brighter else ":out_color_matrix=bt709:out_range=tv"
    scale = f"scale={size[0]}:{size[1]}{colours}"
    if size_of(frame, turn, shape) == size:
        fit = [scale]
    else:
        fit = [f"{scale}:force_original_aspect_ratio=decrease", f"pad={size[0]}:{size[1]}:-1:-1"]
    shades = [AS_BOARDS_SHOW] if look.is_brighter else []  # after the size: it is dear for every dot
    return Pen(look, _graph(look, [*turn.split(","), *fit, *shades, "setsar=1", "format=yuv420p"]))


def _graph(look: Look, steps: list[str]) -> Graph:
    graph = Graph()
    form = VideoFormat(look.form)
    last = graph.add_buffer(width=look.width, height=look.height, format=form, time_base=TICK)
    for step in filter(None, steps):
        name, _, choices = step.partition("=")
        following = graph.add(name, choices or None)
        last.link_to(following)
        last = following
    last.link_to(graph.add("buffersink"))
    graph.configure()
    return graph
