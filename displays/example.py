"""Example data for the preview of a board: made of the hall's own windows and services, and marked as an example."""

from typing import Any

from displays.models import Board
from displays.spoken import voice_of, voice_row
from displays.topics import window_row
from hallqueue.models import Series, Window, Wording
from hallqueue.topics.reading import Reading, iso

CROWDS = {"none": (0, 0), "few": (3, 3), "many": (12, 300)}
"""How many calls and how many people who wait."""
STATES = ("called", "serving", "serving", "called", "done", "missed")

Row = dict[str, Any]


def example_frame(reading: Reading, board: Board, crowd: str) -> Row:
    """A frame as `board_frame` makes it, of nobody's numbers."""
    calls, waiting = CROWDS[crowd]
    windows = [window for window in reading.windows if board.shows(window)] or reading.windows
    letters = [each.letter for each in Series.objects.filter(hall=reading.hall).order_by("letter")] or ["A"]
    rows = [_call(reading, windows, letters, place) for place in range(calls if windows else 0)]
    zones = list(dict.fromkeys(window.zone for window in windows))
    areas = [
        {
            "zone": zone,
            "name": Wording.phrase(reading.hall, Wording.ZONE, zone),
            "waiting": _share(waiting, len(zones), at),
        }
        for at, zone in enumerate(zones)
    ]
    by_zone = {window.number: window.zone for window in windows}
    zoned = [
        area | {"calls": [row for row in rows if by_zone[row["window"]] == area["zone"]][:3]}
        for area in areas
    ]
    return {
        "hall": {"is_open": True, "chinese_first": reading.hall.chinese_first},
        "zone": "、".join(board.zones),
        "calls": rows,
        "areas": areas,
        "zones": zoned,
        "lines": _lines(reading, windows, waiting),
        "open_windows": len(windows),
        "notices": [],
        "emergency": None,
        "programme": reading.hall.setup_seq,
        "voice": voice_row(voice_of(reading.hall), ""),
    }


def example_screen(reading: Reading, board: Board, crowd: str) -> Row:
    """A frame as `screen_frame` makes it, of the first window it may stand above, and nobody's numbers."""
    shown = [window for window in reading.windows if board.shows(window)]
    windows = shown or reading.windows or [Window(hall=reading.hall, number=1)]
    calls, waiting = CROWDS[crowd]
    call = _call(reading, windows, ["A"], 0)
    told = ("id", "label", "said", "said_at")
    return {
        "hall": {"is_open": True, "chinese_first": reading.hall.chinese_first},
        "window": window_row(reading, windows[0]),
        "current": {name: call[name] for name in told} | {"state": "called"} if calls else None,
        "waiting": waiting,
        "next": [f"A{number:03d}" for number in (113, 114, 115)] if waiting else [],
        "emergency": None,
        "programme": reading.hall.setup_seq,
    }


def _call(reading: Reading, windows: list[Window], letters: list[str], place: int) -> Row:
    window = windows[place * 7 % len(windows)]
    letter = letters[place % len(letters)]
    return {
        "id": -1 - place,
        "label": f"{letter}{(37 * (place + 3)) % 300 + 1:03d}",
        "window": window.number,
        "fallback": window.is_fallback,
        "way": Wording.phrase(reading.hall, Wording.WAY, window.direction),
        "state": STATES[place % len(STATES)],
        "said": 2 if place == 0 else 1,
        "said_at": iso(reading.hall.moved_at),
        "said_seq": -place,
        "sound": "",
    }


def _share(people: int, parts: int, at: int) -> int:
    """So many people over so many zones, none like the other, all of them counted."""
    weights = [3 + (5 * each) % 7 for each in range(parts)]
    shares = [people * weight // sum(weights) for weight in weights]
    return shares[at] + (people - sum(shares) if at == 0 else 0)


def _lines(reading: Reading, windows: list[Window], waiting: int) -> list[Row]:
    """The hall's longest names first: a layout that shows them shows all."""
    if not waiting:
        return []
    longest = sorted(reading.catalogue.services.values(), key=lambda each: -len(each.name))
    chosen = longest[: 3 if waiting < 20 else 20]
    return [
        {
            "id": service.pk,
            "name": reading.service_names(service.pk),
            "waiting": _share(waiting, len(chosen), at),
            "windows": [windows[at % len(windows)].number] if windows else [],
        }
        for at, service in enumerate(chosen)
    ]
