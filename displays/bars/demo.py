"""The demo hall's LED bars, all twins: one above each window, of all families, one a zone, one line for notices."""

from collections.abc import Iterator
from typing import Any

from displays.bars import acts
from hallqueue.actions.command import new_key
from hallqueue.models import Hall, Window

Fields = dict[str, Any]

SMALL: Fields = {"width": 128, "height": 16, "night_brightness": 80}
LARGE: Fields = {"night_brightness": 80, "height": 32, "letters": 24, "colours": "full"}
WINDOW_BARS: tuple[Fields, ...] = (
    SMALL | {"family": "onbon_font", "address": "twin://tcp/{n}", "colours": "two"},
    SMALL | {"family": "eq", "address": "twin://pty/bus", "station": True},
    LARGE | {"family": "huidu", "address": "twin://tcp/{n}", "width": 192},
    LARGE | {"family": "onbon_bitmap", "address": "twin://udp/{n}", "width": 160},
)


def give_demo_halls_bars() -> None:
    """Every demo hall that has no card yet gets its bars, through the same act as a real one."""
    for hall in Hall.objects.filter(is_demo=True, cards=None):
        for fields in _bars(hall):
            acts.add_card(hall.pk, acts.THE_CARDS, new_key(), **fields)


def _bars(hall: Hall) -> Iterator[Fields]:
    windows = list(Window.objects.filter(hall=hall))
    for place, window in enumerate(windows):
        bar = WINDOW_BARS[place % len(WINDOW_BARS)]
        yield bar | {
            "name": f"{window.number}号窗口条屏",
            "address": bar["address"].format(n=window.number),
            "station": window.number if "station" in bar else 0,
            "shows": "window",
            "window": window.number,
        }
    for place, zone in enumerate(dict.fromkeys(window.zone for window in windows if window.zone)):
        yield WINDOW_BARS[3] | {
            "name": f"{zone}指引屏",
            "address": f"twin://udp/zone-{place}",
            "width": 256,
            "shows": "zone",
            "zone": zone,
        }
    yield WINDOW_BARS[0] | {
        "name": "大厅通知屏",
        "address": "twin://tcp/notice",
        "width": 256,
        "height": 32,
        "letters": 32,
        "shows": "notice",
    }
