"""The craft of the house, measured: short functions and files, a sentence at each door, our own words."""

from __future__ import annotations

import ast
import re
import statistics
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 350
HOUSES = ("hallqueue", "displays", "printers")
FILE_KINDS = {".py", ".js", ".css", ".html"}
FOREIGN = {"vendor", "migrations", "data", "fonts", "__pycache__"}


class Limits(NamedTuple):
    """Lines of a function, from `def` to its end, docstring included."""

    longest: int
    nine_of_ten: int
    median: int


LIMITS = {
    "hallqueue": Limits(50, 25, 8),
    "displays": Limits(50, 25, 8),
    "printers": Limits(50, 25, 8),
    "tests": Limits(50, 25, 12),
}

# Words that name nothing, and the names that Django and the standard library ask for.
EMPTY_WORDS = re.compile(r"^(handle|process|do)_|(^|_)(utils?|helpers?)(_|$)|Manager$")
ASKED_FOR = {
    "process_view",
    "process_exception",
    "process_request",
    "process_response",
    "process_template_response",
}
ASKED_FOR |= {"do_GET", "do_POST", "UserManager", "BaseUserManager", "handle_reply"}  # the last is daphne's

INLINE = {
    "a script without src": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an address outside the hall": re.compile(r"(?:src|href)=[\"']?(?:https?:)?//", re.IGNORECASE),
}


def files(room: str, *kinds: str) -> list[Path]:
    return [
        path
        for path in sorted((ROOT / room).rglob("*"))
        if path.suffix in kinds and path.is_file() and not FOREIGN & set(path.relative_to(ROOT).parts)
    ]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


@cache
def function_lengths(room: str) -> dict[str, int]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    functions = [
        (path, node)
        for path in files(room, ".py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, kinds)
    ]
    return {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path, node in functions
    }


def defined_names(path: Path) -> list[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [path.stem, *(node.name for node in ast.walk(tree_of(path)) if isinstance(node, kinds))]


@pytest.mark.parametrize("room", LIMITS)
def test_no_function_is_longer_than_a_screen(room: str) -> None:
    long = {where: lines for where, lines in function_lengths(room).items() if lines > LIMITS[room].longest}
    assert not long, long


@pytest.mark.parametrize("room", LIMITS)
def test_nine_functions_of_ten_are_short(room: str) -> None:
    lengths = function_lengths(room)
    long = {where: lines for where, lines in lengths.items() if lines > LIMITS[room].nine_of_ten}
    assert len(long) * 10 <= len(lengths), f"{len(long)} of {len(lengths)}: {long}"


@pytest.mark.parametrize("room", LIMITS)
def test_the_usual_function_is_very_short(room: str) -> None:
    lengths = list(function_lengths(room).values())
    assert not lengths or statistics.median(lengths) <= LIMITS[room].median


@pytest.mark.parametrize("room", LIMITS)
def test_no_file_is_too_long_to_know(room: str) -> None:
    lines = {path: path.read_text("utf-8").count("\n") for path in files(room, *FILE_KINDS)}
    long = {str(path.relative_to(ROOT)): count for path, count in lines.items() if count > LONGEST_FILE}
    assert not long, long


@pytest.mark.parametrize("room", LIMITS)
def test_every_module_says_what_lives_there(room: str) -> None:
    silent = [
        str(path.relative_to(ROOT)) for path in files(room, ".py") if not ast.get_docstring(tree_of(path))
    ]
    assert not silent, silent


@pytest.mark.parametrize("room", HOUSES)
def test_names_use_no_empty_words(room: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files(room, ".py")
        for name in defined_names(path)
        if EMPTY_WORDS.search(name) and name not in ASKED_FOR
    ]
    assert not found, found


@pytest.mark.parametrize("what", INLINE)
def test_no_template_holds_what_the_security_policy_forbids(what: str) -> None:
    pages = [page for house in HOUSES for page in files(house, ".html")]
    found = [str(page.relative_to(ROOT)) for page in pages if INLINE[what].search(page.read_text("utf-8"))]
    assert not found, found


def test_what_may_be_pushed_sideways_can_be_reached_by_keyboard() -> None:
    pushed = re.compile(r'<\w+ class="[^"]*\b(?:table-wrap|report-chart)\b[^"]*"(?! tabindex="0")')
    pages = [page for house in HOUSES for page in files(house, ".html")]
    found = [str(page.relative_to(ROOT)) for page in pages if pushed.search(page.read_text("utf-8"))]
    assert not found, found


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<script>alert(1)</script>", "a script without src"),
        ('<p class="x" style="color:red">', "a style attribute"),
        ('<button onclick="go()">', "an event attribute"),
        ('<script src="//cdn.example/x.js">', "an address outside the hall"),
    ],
)
def test_forbidden_markup_is_recognised(text: str, what: str) -> None:
    assert INLINE[what].search(text)


def test_lawful_markup_is_let_through() -> None:
    lawful = (
        '<script type="module" src="{% asset "kiosk.js" %}"></script><a href="/t/x" class="on style">on</a>'
    )
    assert not [what for what, pattern in INLINE.items() if pattern.search(lawful)]
