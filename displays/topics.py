"""What a board and a window screen show: pure functions from one reading of a hall to a frame."""

from collections import Counter
from typing import Any

from displays.spoken import key_of
from hallqueue.models import Call, Device, Ticket, Window, Wording
from hallqueue.topics import Frame, Kind, register
from hallqueue.topics.reading import Reading, iso
from hallqueue.topics.window import line_of
from hallqueue.web.access import STAFF
from hallqueue.wordings import ZONE

ALL_ZONES = "main"
MOST_CALLS = 12
TAIL, ZONE_TAIL = 30, 240
MOST_NEXT = 3
MOST_SERVICES = 6


def board_frame(reading: Reading, name: str) -> Frame | None:
    """The last calls and who waits where; `name` is a zone of windows, or `main` for the whole hall."""
    zone = "" if name == ALL_ZONES else name
    windows = [window for window in reading.windows if not zone or window.zone == zone]
    if zone and not windows:
        return None
    areas = _areas(reading, windows)
    return {
        "hall": _hall_row(reading),
        "zone": zone,
        "calls": [_call_row(call) for call in _last_calls(reading, zone)],
        "areas": [area for area in areas if not zone or area["zone"] == zone],
        "open_windows": sum(window.state == Window.State.OPEN for window in windows),
        "notices": reading.notices_at("board"),
    }


def screen_frame(reading: Reading, name: str) -> Frame | None:
    """One window as seen from the seats before it; `name` is its number."""
    window = next((each for each in reading.windows if str(each.number) == name), None)
    if window is None:
        return None
    call = reading.open_calls.get(window.pk)
    line = line_of(reading, window)
    return {
        "hall": _hall_row(reading),
        "window": _window_row(reading, window),
        "current": _current_row(call) if call else None,
        "waiting": len(line),
        "next": [row["label"] for row in line[:MOST_NEXT]],
    }


def _hall_row(reading: Reading) -> dict[str, Any]:
    hall = reading.hall
    return {"is_open": hall.is_open, "chinese_first": hall.chinese_first}


def _last_calls(reading: Reading, zone: str) -> list[Call]:
    """The last calls of the business date, newest first; a call that was undone was never made.

    Only the tail of the calls is read, so that a million old ones cost nothing on a morning without any.
    """
    found = Call.objects.filter(hall=reading.hall).select_related("ticket", "window").order_by("-said_seq")
    tail = found[: ZONE_TAIL if zone else TAIL]
    shown = [call for call in tail if _is_shown(call, reading, zone)]
    return shown[:MOST_CALLS]


def _is_shown(call: Call, reading: Reading, zone: str) -> bool:
    today = call.business_date == reading.business_date
    return today and call.outcome != "undone" and zone in ("", call.window.zone)


def _call_row(call: Call) -> dict[str, Any]:
    return {
        "id": call.pk,
        "label": call.ticket.label,
        "window": call.window.number,
        "fallback": call.window.is_fallback,
        "direction": call.window.direction,
        "state": call.outcome or ("serving" if call.started_at else "called"),
        "said": call.said,
        "said_at": iso(call.said_at),
        "said_seq": call.said_seq,
        "sound": key_of(call),
    }


def _areas(reading: Reading, windows: list[Window]) -> list[dict[str, Any]]:
    """How many wait in each zone: every zone that has windows, then those who wait where no window stands."""
    seats = Seats(reading)
    counts = Counter(seats.zone_of(row) for row in reading.waiting)
    zones = list(dict.fromkeys(window.zone for window in windows))
    zones += sorted(counts.keys() - set(zones))
    own = Wording.overlay(reading.hall)
    return [
        {"zone": zone, "zone_mn": own.get(f"{ZONE}:{zone}", {}).get("mn", ""), "waiting": counts[zone]}
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
        """The zone of one row of `Reading.waiting`; empty if the set-up names none."""
        if row["for_window_id"] is not None:
            return self._windows.get(row["for_window_id"], "")
        return self._fallback if row["fallback_reason"] else self._services.get(row["service_id"], "")

    def _homes(self, reading: Reading) -> dict[int, str]:
        """The zone of each service: its department's, else that of the first window that takes it."""
        departments = {department.pk: department.zone for department in reading.catalogue.departments}
        homes: dict[int, str] = {}
        for window in reading.windows:
            for service in reading.catalogue.takes.get(window.pk, ()):
                homes.setdefault(service, window.zone)
        for offered in reading.catalogue.services.values():
            homes[offered.pk] = departments.get(offered.department_id, "") or homes.get(offered.pk, "")
        return homes


def _window_row(reading: Reading, window: Window) -> dict[str, Any]:
    takes = reading.catalogue.takes.get(window.pk, [])
    return {
        "number": window.number,
        "name": window.name,
        "name_mn": window.name_mn,
        "fallback": window.is_fallback,
        "state": window.state,
        "reason": window.pause_reason,
        "services": [reading.service_name(service) for service in takes[:MOST_SERVICES]],
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
