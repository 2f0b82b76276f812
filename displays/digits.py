"""How far a board's numbers can be read: a figure of so many millimetres is read from 0.4 times as many metres."""

from dataclasses import dataclass

from displays.models import Board

METRES_A_MM = 0.4
FIGURE = 0.73
"""The height of a figure in Noto Sans SC, in em."""
HEAD_AND_FOOT = {"lying": 0.16, "upright": 0.10, "strip": 0.26}
"""What head and foot take of the height."""
MONGOLIAN = {"lying": 0.085, "upright": 0.085, "strip": 0.18}
"""What the Mongolian column takes of the width, by the shorter side."""
SIDE = {"lying": (0.70, 1.0), "upright": (1.0, 0.62), "strip": (0.86, 1.0)}
"""What is left of width and height for the main part when something stands beside it."""
WIDEST = {
    "calls": {"lying": 0.086, "upright": 0.12, "strip": 0.068},
    "big": {"lying": 0.165, "upright": 0.24, "strip": 0.11},
    "window": {"lying": 0.18, "upright": 0.27, "strip": 0.16},
    "side": {"lying": 0.135, "upright": 0.11, "strip": 0.11},
}
"""The largest em that leaves room for ticket, way and window, by the width of their part; the sheets agree."""
TALLEST = {"calls": 0.62, "big": 0.62, "window": 0.4, "side": 0.3}
"""The largest em by the height of the part: one call still stands whole."""
STRIP_CALLS = 0.34
"""The same where ticket and window stand above each other."""
UPRIGHT_BIG = (0.24, 0.065)
"""The same of one big call on upright glass, by the part's height, less by its width: earlier calls stand below it."""
ZONES = {"lying": (3, 0.105, 0.15), "upright": (2, 0.15, 0.15), "strip": (12, 0.26, 0.34)}
"""How many zones stand in a row, and their largest em by the width and by the height of one."""


@dataclass(frozen=True)
class Reach:
    """What was asked for and what the glass can give: figures in mm, seats in metres, `em` of the glass's height."""

    wanted_mm: float
    largest_mm: float
    em: float

    @property
    def is_reached(self) -> bool:
        """Whether the farthest seat reads it."""
        return self.wanted_mm <= self.largest_mm

    @property
    def largest_m(self) -> float:
        """From how far the largest figures are read."""
        return self.largest_mm * METRES_A_MM


def shape_of(board: Board) -> str:
    """lying, upright or strip, as the sheets of the page tell them apart."""
    width, height = board.size
    return "strip" if height <= 320 else "upright" if height >= width else "lying"


def largest_em(board: Board, zones: int = 1) -> float:
    """The largest em of the numbers of calls, as a part of the glass's height; `zones` share a board of zones."""
    shape, (width, height) = shape_of(board), board.size
    if board.mongolian:
        width -= round(MONGOLIAN[shape] * min(width, height))
    wide, tall = SIDE[shape] if board.side != Board.Side.NONE else (1.0, 1.0)
    part: str = board.main
    if part not in ("calls", "zones", "big", "window"):
        part = "side" if board.side == Board.Side.CALLS else "big"
    if part == "side":
        wide, tall = (1 - wide or 1.0), (1 - tall or 1.0)
    across, down = width * wide, height * (1 - HEAD_AND_FOOT[shape]) * tall
    if part == "zones":
        columns, by_width, by_height = ZONES[shape]
        in_a_row = min(columns, zones)
        return min(by_width * across / in_a_row, by_height * down / -(-zones // columns)) / height
    return min(WIDEST[part][shape] * across, _tallest(part, shape, across, down)) / height


def _tallest(part: str, shape: str, across: float, down: float) -> float:
    if (part, shape) == ("big", "upright"):
        by_height, by_width = UPRIGHT_BIG
        return by_height * down - by_width * across
    return (STRIP_CALLS if (part, shape) == ("calls", "strip") else TALLEST[part]) * down


def reach_of(board: Board, zones: int = 1) -> Reach | None:
    """What the board's glass and farthest seat ask of its figures; None where they are not told."""
    if board.glass_mm is None or board.farthest_m is None:
        return None
    wanted = float(board.farthest_m) / METRES_A_MM
    largest = largest_em(board, zones)
    em = min(wanted / board.glass_mm / FIGURE, largest)
    return Reach(wanted, largest * FIGURE * board.glass_mm, em)
