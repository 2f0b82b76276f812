"""States are told apart by people who see no red, no green or no blue; beside the colour stand a shape and a word."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from hallqueue.texts import text
from tests.house.test_tokens import CSS, THEMES, colours_of, without_comments

Vector = tuple[float, float, float]

# Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision Deficiency (2009),
# severity 1.0, for linear RGB.
SEEN_BY = {
    "everybody": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.9505, 1.0, 1.089)

PUBLIC = ("waiting", "called", "serving", "parked", "missed", "done")
QUIET = ("cancelled", "joined", "expired", "stranded")
WINDOWS = ("open", "paused", "closed", "fallback")
LEAST, LEAST_OF_A_CALL = 8, 25
"""Distances in CIE 1976 L*a*b*; 2.3 is just noticeable. A call must stand out, others must be told apart."""


def times(matrix: tuple[Vector, ...], colour: Vector) -> Vector:
    red, green, blue = (sum(part * each for part, each in zip(row, colour, strict=True)) for row in matrix)
    return red, green, blue


def seen(colour: str, matrix: tuple[Vector, ...]) -> Vector:
    """#rrggbb as L*a*b* in the eyes of somebody."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    xyz = times(TO_XYZ, times(matrix, (red, green, blue)))
    x, y, z = (_cube_root(max(part, 0) / white) for part, white in zip(xyz, WHITE, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _cube_root(part: float) -> float:
    return float(part ** (1 / 3)) if part > 0.008856 else 7.787 * part + 16 / 116


def badges() -> dict[str, dict[str, str]]:
    """Of each state: the tokens of its ink and face, and its shape."""
    sheet, found = without_comments(CSS / "states.css"), dict[str, dict[str, str]]()
    for state, body in re.findall(
        r'\.state\[data-state="(\w+)"\](?:::before)? \{(.*?)\n\}', sheet, re.DOTALL
    ):
        row = found.setdefault(state, {"ink": "--ink-soft", "face": "--surface", "shape": ""})
        row |= dict(re.findall(r"--state-(ink|face): var\((--[\w-]+)\)", body))
        shapes = re.findall(r"--shape: (.*?);|(border: .*?border-radius: 50%)", body, re.DOTALL)
        row["shape"] += "".join(part for pair in shapes for part in pair)
    return found


def distance(one: str, other: str, eyes: str) -> float:
    """Between two colours (#rrggbb), in L*a*b*."""
    pair = zip(seen(one, SEEN_BY[eyes]), seen(other, SEEN_BY[eyes]), strict=True)
    return float(sum((a - b) ** 2 for a, b in pair) ** 0.5)


def apart(one: str, other: str, theme: str, eyes: str) -> float:
    """How far the badges of two states are apart: by ink or by face, whichever differs more."""
    colours, rows = colours_of(theme), badges()
    parts = ("ink", "face")
    return max(distance(colours[rows[one][part]], colours[rows[other][part]], eyes) for part in parts)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("eyes", SEEN_BY)
def test_states_are_told_apart_by_everybodys_eyes(theme: str, eyes: str) -> None:
    pairs = [*combinations(PUBLIC, 2), *combinations(("open", "paused", "closed"), 2)]
    wrong = []
    for one, other in pairs:
        least = LEAST_OF_A_CALL if "called" in (one, other) else LEAST
        if (found := apart(one, other, theme, eyes)) < least:
            wrong.append(f"{one} and {other}: {found:.1f}")
    assert wrong == []


def test_simulated_eyes_confuse_what_they_should() -> None:
    """The measure itself: a brown and an olive are two colours, and without green cones nearly one."""
    brown_and_olive = ("#b8601d", "#7a7a1d")
    assert distance(*brown_and_olive, "everybody") > 3 * distance(*brown_and_olive, "deuteranopia")


@pytest.mark.parametrize("states", [(*PUBLIC, *QUIET), WINDOWS])
def test_every_state_has_a_shape_and_a_word_of_its_own(states: tuple[str, ...]) -> None:
    shapes = [badges()[state]["shape"] for state in states]
    assert all(shapes)
    assert len(set(shapes)) == len(states)
    kind = "window_state" if states == WINDOWS else "state"
    for lang in ("zh", "mn", "en"):
        words = [
            text(f"words.{kind}.{state}", lang) for state in states if state not in ("stranded", "fallback")
        ]
        assert len(set(words)) == len(words), lang
