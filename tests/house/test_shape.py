"""The rooms of the house import one way only (displays → hallqueue ← printers); read from the syntax tree.

A new room needs one word in one of the tables below; a room that stands in none of them fails.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSES = ("hallqueue", "displays", "printers")

# Which houses a house may import, besides itself.
MAY_ENTER = {"hallqueue": set(), "displays": {"hallqueue"}, "printers": {"hallqueue"}}

# Rooms of hallqueue from the street down to the cellar. A room may import every floor below its own,
# and on its own floor only itself.
FLOORS = [
    {"management"},
    {"settings", "urls", "asgi", "apps", "rounds", "welcome"},
    {"metrics"},
    {"web", "api", "live", "templatetags", "admin", "chain.anchoring", "erasing", "watch"},
    {"web.access"},
    {"audit", "chain.proof"},
    {"demo"},
    {"actions"},
    {"reporting.ledgers", "reporting.rankings", "reporting.ratings", "reporting.walkthroughs"},
    {"equipment", "hindsight", "journey_times", "stories", "topics"},
    {"reporting.concerns", "reporting.projects", "reporting", "reports"},
    {"estimate", "figures"},
    {"lifecycle", "notice_states", "requeue_limits", "routing"},
    {"cases"},
    {"floor", "heads", "whereabouts", "wordings"},
    {"claims"},
    {"events", "group_commit"},
    {"transactions", "receipts"},
    {"hall_time", "hours", "pad_turns", "password_age"},
    {"workdays"},
    {"models"},
    {"files"},
    {"passwords", "problems", "sealing", "sheets", "wording_rules"},
    {"bodies", "environment"},
    {
        "all_tables",
        "apart",
        "backups",
        "chain",
        "counting",
        "errors",
        "fairness",
        "json_log",
        "leases",
        "order",
        "pages",
        "pinyin",
        "rating_reasons",
        "shaping",
        "statements",
        "storable",
        "tables",
        "texts",
        "workers",
    },
]

# Readers stand low so that pages and sockets may use them; they must not be read by what writes.
READERS = {"estimate", "reports", "stories", "topics"}
WRITERS = {"actions", "lifecycle", "notice_states", "routing", "events", "transactions", "receipts"}
READERS_MAY_READ = {
    "reporting.concerns",
    "figures",
    "floor",
    "lifecycle",
    "order",
    "pad_turns",
    "requeue_limits",
    "routing",
    "events",
    "transactions",
    "statements",
    "models",
    "errors",
    "texts",
    "whereabouts",
    "workdays",
    "hours",
}
WRITING_STATEMENTS = {"hallqueue.statements.insert", "hallqueue.statements.update"}

# Encoders: values in, bytes out. A driver author needs neither Django nor the hall.
PURE = (
    "hallqueue/apart.py",
    "hallqueue/files/memo_apart.py",
    "hallqueue/shaping.py",
    "displays/cards/*.py",
    "displays/lines/*.py",
    "displays/twins/*.py",
    "displays/video/*.py",
    "displays/voice/*.py",
    "printers/addresses.py",
    "printers/answers.py",
    "printers/draw.py",
    "printers/escpos_bytes.py",
    "printers/parts.py",
    "printers/slip.py",
    "printers/twin*.py",
    "printers/wording.py",
)
NOT_PURE = ("django", "channels", "ninja")


class Import(NamedTuple):
    """`source` (a path) imports `target` (a dotted name) in `line`."""

    source: Path
    target: str
    line: int

    def __str__(self) -> str:
        return f"{self.source.relative_to(ROOT)}:{self.line} imports {self.target}"


def modules(house: str) -> list[Path]:
    return [path for path in sorted((ROOT / house).rglob("*.py")) if "migrations" not in path.parts]


def _names(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    assert node.level == 0, "relative import"
    return [f"{node.module}.{alias.name}" for alias in node.names]


@cache
def imports_of(path: Path) -> tuple[Import, ...]:
    """Every import of a module, also inside functions and under TYPE_CHECKING."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8"), str(path)))
    statements = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    return tuple(Import(path, name, node.lineno) for node in statements for name in _names(node))


def imports_in(house: str) -> Iterator[Import]:
    for path in modules(house):
        yield from imports_of(path)


def room_of_path(path: Path) -> str:
    return room_of_words(*path.relative_to(ROOT / "hallqueue").with_suffix("").parts)


def room_of_name(dotted: str) -> str:
    return room_of_words(*dotted.split(".")[1:])


def room_of_words(*words: str) -> str:
    """The first word, unless a floor names a smaller room inside it (`web.access`)."""
    smaller = ".".join(words[:2])
    if words[0].startswith("__"):
        return "errors"  # the package's own front page stands as low as can be
    return smaller if any(smaller in rooms for rooms in FLOORS) else words[0]


def floor_of(room: str) -> int:
    for number, rooms in enumerate(FLOORS):
        if room in rooms:
            return number
    raise AssertionError(
        f"hallqueue/{room} stands on no floor: give it a place in FLOORS of {Path(__file__).name}"
    )


def climbs(room: str, target: str) -> bool:
    return room != target and floor_of(target) <= floor_of(room)


def strays(found: Import) -> bool:
    """Whether an import inside hallqueue goes up, or aside to another room of the same floor."""
    room, target = room_of_path(found.source), room_of_name(found.target)
    return (
        climbs(room, target)
        or (room in READERS and found.target in WRITING_STATEMENTS)
        or (room in WRITERS and target in READERS)
        or (room in READERS and target not in READERS_MAY_READ | READERS)
    )


@pytest.mark.parametrize("house", HOUSES)
def test_house_enters_no_other_house_but_the_hall(house: str) -> None:
    forbidden = set(HOUSES) - {house} - MAY_ENTER[house]
    wrong = [str(found) for found in imports_in(house) if found.target.split(".")[0] in forbidden]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("house", HOUSES)
def test_house_does_not_import_its_tests(house: str) -> None:
    wrong = [str(found) for found in imports_in(house) if found.target.split(".")[0] == "tests"]
    assert not wrong, "\n".join(wrong)


def test_every_room_of_the_hall_stands_on_one_floor() -> None:
    rooms = [room for floor in FLOORS for room in floor]
    assert len(rooms) == len(set(rooms))
    for path in modules("hallqueue"):
        floor_of(room_of_path(path))


def test_imports_inside_the_hall_go_down_only() -> None:
    inside = [found for found in imports_in("hallqueue") if found.target.startswith("hallqueue.")]
    wrong = [str(found) for found in inside if strays(found)]
    assert not wrong, "\n".join(wrong)


def test_encoders_import_neither_django_nor_the_hall() -> None:
    pure = {path for pattern in PURE for path in ROOT.glob(pattern)}
    assert pure, "no encoder found"
    wrong = [str(found) for path in sorted(pure) for found in imports_of(path) if not stays_pure(found, pure)]
    assert not wrong, "\n".join(wrong)


def stays_pure(found: Import, pure: set[Path]) -> bool:
    top = found.target.split(".")[0]
    if top in NOT_PURE:
        return False
    return top not in HOUSES or bool(candidates(found.target) & pure)


def candidates(dotted: str) -> set[Path]:
    """Files a dotted name may come from: the module itself, or the module that holds the name."""
    whole = ROOT.joinpath(*dotted.split("."))
    return {
        whole.with_suffix(".py"),
        whole.parent.with_suffix(".py"),
        whole / "__init__.py",
        whole.parent / "__init__.py",
    }


def test_only_the_standard_library_is_needed_by_parts_and_errors() -> None:
    for path in (ROOT / "hallqueue" / "errors.py", ROOT / "printers" / "parts.py"):
        tops = {found.target.split(".")[0] for found in imports_of(path)}
        assert tops <= set(sys.stdlib_module_names), f"{path.name}: {tops}"


@pytest.mark.parametrize(
    ("source", "target", "strayed"),
    [
        ("hallqueue/models/hall.py", "hallqueue.actions.line.tickets", True),
        ("hallqueue/web/kiosk.py", "hallqueue.api.write", True),
        ("hallqueue/web/kiosk.py", "hallqueue.actions.line.tickets", False),
        ("hallqueue/live/hub.py", "hallqueue.web.access.Viewer", False),
        ("hallqueue/web/access.py", "hallqueue.web.pages.page", True),
        ("hallqueue/actions/line/tickets.py", "hallqueue.estimate.wait", True),
        ("hallqueue/topics.py", "hallqueue.actions.line.tickets", True),
        ("hallqueue/topics.py", "hallqueue.models.Ticket", False),
        ("hallqueue/topics.py", "hallqueue.statements.insert", True),
        ("hallqueue/lifecycle.py", "hallqueue.routing.line", True),
        ("hallqueue/events.py", "hallqueue.errors.Refused", False),
    ],
)
def test_the_rule_itself_tells_up_from_down(source: str, target: str, strayed: bool) -> None:
    assert strays(Import(ROOT / source, target, 1)) is strayed
