"""What a board and a window screen show: pure functions from one reading of a hall to a frame."""

from collections import Counter, defaultdict
from typing import Any

from displays.models import Board
from displays.programme import MAIN, Boards
from displays.spoken import Voice, key_of, voice_of, voice_row, words_of
from hallqueue.models import Call, Device, Hall, Ticket, Window, Wording
from hallqueue.statements import fetch_all_both
from hallqueue.topics import Frame, Kind, register
from hallqueue.topics.hands import emergency_row
from hallqueue.topics.reading import Reading, iso
from hallqueue.topics.window import line_of
from hallqueue.web.access import STAFF

MOST_CALLS, MOST_IN_ZONE, MOST_LINES = 12, 3, 20
TAIL, ZONE_TAIL = 30, 240
MOST_NEXT = 3
MOST_SERVICES = 6

_TAIL = """ FROM "hallqueue_call" one JOIN "hallqueue_ticket" two ON two."id" = one."ticket_id"
    WHERE one."hall_id" = %s ORDER BY one."said_seq" DESC LIMIT %s"""


def board_frame(reading: Reading, name: str) -> Frame | None:
    """The last calls and who waits where; `name` is #<id> of a layout, a zone, or `main` for the whole hall."""
    board = Boards.of(reading.hall).named(name)
    windows = [window for window in reading.windows if board and board.shows(window)]
    if board is None or (name != MAIN and not windows):
        return None
    return {
        "hall": _hall_row(reading),
        "zone": "、".join(board.zones),
        "open_windows": sum(window.state == Window.State.OPEN for window in windows),
        "notices": reading.notices_at("board"),
        "emergency": emergency_row(reading),
        "programme": reading.hall.setup_seq,
        "voice": voice_row(voice_of(reading.hall), board.zones[0] if len(board.zones) == 1 else ""),
        **_parts(reading, board, windows),
    }


def _parts(reading: Reading, board: Board, windows: list[Window]) -> dict[str, Any]:
    """What the parts of a board's layout need."""
    tail = _tail_of_calls(reading, windows)
    voice = voice_of(reading.hall)
    calls = [_call_row(reading.hall, call, voice) for call in tail[:MOST_CALLS]]
    areas = _areas(reading, windows, whole=not (board.zones or board.windows))
    parts: dict[str, Any] = {"calls": calls, "areas": areas}
    if board.main == Board.Main.ZONES:
        parts["zones"] = [
            row | {"calls": _last_of_zone(reading.hall, tail, row["zone"], voice)} for row in areas
        ]
    if "waiting" in (board.main, board.side):
        parts["lines"] = _lines(reading, windows)
    return parts


def screen_frame(reading: Reading, name: str) -> Frame | None:
    """One window as seen from the seats before it, a retired one too; `name` is its number."""
    window = reading.window(name)
    if window is None:
        return None
    call = reading.open_calls.get(window.pk)
    line = [] if window.state == Window.State.RETIRED else line_of(reading, window)
    return {
        "hall": _hall_row(reading),
        "window": window_row(reading, window),
        "current": _current_row(call) if call else None,
        "waiting": len(line),
        "next": [row["label"] for row in line[:MOST_NEXT]],
        "emergency": emergency_row(reading),
        "programme": reading.hall.setup_seq,
    }


def _hall_row(reading: Reading) -> dict[str, Any]:
    hall = reading.hall
    return {"is_open": hall.is_open, "chinese_first": hall.chinese_first}


def _tail_of_calls(reading: Reading, windows: list[Window]) -> list[Call]:
    """The last calls of the business date at these windows, newest first; a call that was undone was never made.

    Only the tail of the calls is read, so that a million old ones cost nothing on a morning without any.
    """
    whole, here = len(windows) == len(reading.windows), {window.pk: window for window in windows}
    length = TAIL if whole else ZONE_TAIL
    tail = []
    for call, ticket in fetch_all_both(Call, Ticket, _TAIL, reading.hall.pk, length, only=("id", "label")):
        if call.window_id in here and _is_shown(call, reading):
            call.ticket, call.window = ticket, here[call.window_id]
            tail.append(call)
    return tail


def _is_shown(call: Call, reading: Reading) -> bool:
    return call.business_date == reading.business_date and call.outcome != "undone"


def _last_of_zone(hall: Hall, tail: list[Call], zone: str, voice: Voice) -> list[dict[str, Any]]:
    here = [call for call in tail if call.window.zone == zone]
    return [_call_row(hall, call, voice) for call in here[:MOST_IN_ZONE]]


def _lines(reading: Reading, windows: list[Window]) -> list[dict[str, Any]]:
    """The waiting table: services somebody waits for that these windows take, the longest line first."""
    numbers = {window.number for window in windows}
    rows: list[dict[str, Any]] = []
    for service, count in reading.waiting_by_service.items():
        at = [number for number in reading.serving_windows.get(service, ()) if number in numbers]
        if at or len(windows) == len(reading.windows):
            name = reading.service_names(service)
            rows.append({"id": service, "name": name, "waiting": count, "windows": at[:MOST_SERVICES]})
    return sorted(rows, key=lambda row: (-row["waiting"], row["id"]))[:MOST_LINES]


def _call_row(hall: Hall, call: Call, voice: Voice) -> dict[str, Any]:
    return {
        "id": call.pk,
        "label": call.ticket.label,
        "window": call.window.number,
        "fallback": call.window.is_fallback,
        "way": Wording.phrase(hall, Wording.WAY, call.window.direction),
        "state": call.outcome or ("serving" if call.started_at else "called"),
        "said": call.said,
        "said_at": iso(call.said_at),
        "said_seq": call.said_seq,
        "sound": key_of(voice, call),
        **words_of(voice, call),
    }


def _areas(reading: Reading, windows: list[Window], *, whole: bool) -> list[dict[str, Any]]:
    """How many wait in each zone that has windows; in the `whole` hall also those who wait where no window stands."""
    seats = Seats(reading)
    counts: Counter[str] = Counter()
    for row, people in reading.crowds:
        counts[seats.zone_of(row)] += people
    zones = list(dict.fromkeys(window.zone for window in windows))
    zones += sorted(counts.keys() - set(zones)) if whole else []
    return [
        {
            "zone": zone,
            "name": Wording.phrase(reading.hall, Wording.ZONE, zone),
            "waiting": counts[zone],
        }
        for zone in zones
        if zone or counts[zone]
    ]


class Seats:
    """Where people wait: before the window they were sent to, else where their service is at home."""

    def __init__(self, reading: Reading) -> None:
        self._windows = {window.pk: window.zone for window in reading.windows}
        self._fallback = next((window.zone for window in reading.windows if window.is_fallback), "")
        self._services = self._homes(reading)

    def zone_of(self, row: dict[str, Any]) -> str:
        """The zone of one row of `Reading.crowds`; empty if the set-up names none."""
        if row["for_window_id"] is not None:
            return self._windows.get(row["for_window_id"], "")
        return self._fallback if row["fallback_reason"] else self._services.get(row["service_id"], "")

    def _homes(self, reading: Reading) -> dict[int, str]:
        """The zone of each service: its department's, but where only windows of other zones take it, as a comprehensive
        window takes its groups, that of the first of these."""
        departments = {department.pk: department.zone for department in reading.catalogue.departments}
        zones: dict[int, list[str]] = defaultdict(list)
        for window in sorted(reading.windows, key=lambda each: each.is_fallback):
            for service in reading.catalogue.takes.get(window.pk, ()) if window.zone else ():
                zones[service].append(window.zone)
        homes = {}
        for offered in reading.catalogue.services.values():
            own, taken = departments.get(offered.department_id, ""), zones[offered.pk]
            homes[offered.pk] = taken[0] if taken and own not in taken else own
        return homes


def window_row(reading: Reading, window: Window) -> dict[str, Any]:
    """What the screen above a window says of it."""
    takes = reading.catalogue.takes.get(window.pk, [])
    return {
        "number": window.number,
        "name": window.name,
        "name_mn": window.name_mn,
        "name_en": window.name_en,
        "fallback": window.is_fallback,
        "state": window.state,
        "reason": window.pause_reason,
        "services": [reading.service_names(service) for service in takes[:MOST_SERVICES]],
    }


def _current_row(call: Call) -> dict[str, Any]:
    return {
        "id": call.pk,
        "label": call.ticket.label,
        "state": "serving" if call.ticket.state == Ticket.State.SERVING else "called",
        "said": call.said,
        "said_at": iso(call.said_at),
    }


def _own_window(device: Device) -> str | None:
    """A window screen sees its own window; one that was given none is to be told so, not to choose."""
    return str(device.window.number) if device.window else ""


register(Kind("board", (Device.Kind.BOARD.value, *STAFF), board_frame))
register(Kind("screen", (Device.Kind.SCREEN.value, *STAFF), screen_frame, own_name=_own_window))
