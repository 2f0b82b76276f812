"""What a kiosk shows: who waits for what, how long it may take, and for what a number may be taken."""

from typing import Any

from hallqueue.models import AT_THE_DESK, Window
from hallqueue.topics import Frame, Kind, register
from hallqueue.topics.closing import closing_of
from hallqueue.topics.hands import emergency_row
from hallqueue.topics.lines import lines_of
from hallqueue.topics.reading import Reading

AUDIENCES = ("kiosk", *AT_THE_DESK)


def kiosk_frame(reading: Reading, name: str) -> Frame | None:
    """The live part of the kiosk; the catalogue itself is fetched once per `setup`. `name` is always "main".

    `lines`: service id → [waiting, low, high, ahead]; minutes are null while there is no honest range; `ahead` counts
    everybody whom the windows of that service may call before a newcomer. A service without an entry has nobody.
    Whoever was left to the fallback window is in no such line.
    `closing`: see `closing_of`.
    """
    if name != "main":
        return None
    lines = lines_of(reading)
    ranges, waiting, ahead = lines.expected_services(), reading.in_line_by_service, lines.ahead_of_newcomers()
    open_now = lines.open_services()
    return {
        "open": reading.hall.is_open,
        "setup": setup_of(reading),
        "services": open_now,
        "lines": {
            str(service): [
                waiting[service],
                *_minutes(ranges.get(service)),
                ahead.get(service, 0 if service in open_now else waiting[service]),
            ]
            for service in sorted(waiting.keys() | ranges.keys() | ahead.keys())
        },
        "closing": closing_of(reading, ranges, ahead),
        "fallback": _fallback(reading),
        "unknown": reading.catalogue.fallback.unknown_service_id is not None,
        "waiting": len(reading.waiting),
        "notices": reading.notices_at("kiosk"),
        "emergency": emergency_row(reading),
    }


def setup_of(reading: Reading) -> str:
    """Names the catalogue as it stands: changes whenever the set-up does."""
    return f"{reading.hall.epoch}-{reading.hall.setup_seq}"


def _minutes(range_: Any) -> list[int | None]:
    return [range_.low, range_.high] if range_ else [None, None]


def _fallback(reading: Reading) -> dict[str, Any] | None:
    """The fallback window to send people to: an open one if any."""
    found = [window for window in reading.windows if window.is_fallback]
    found.sort(key=lambda window: window.state != Window.State.OPEN)
    if not found:
        return None
    window = found[0]
    return {
        "window": window.number,
        "zone": window.zone,
        "direction": window.direction,
        "open": window.state == Window.State.OPEN,
    }


register(Kind("kiosk", AUDIENCES, kiosk_frame))
