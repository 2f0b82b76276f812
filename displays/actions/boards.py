"""Lay out a board or window screen: choices are checked, kept, logged with what was before, and can be undone."""

from decimal import Decimal
from typing import Any

from django.db.models import Q

from displays.models import Board
from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.house.bounds import measured
from hallqueue.actions.line.tickets import plain_text
from hallqueue.actions.undoing import register
from hallqueue.errors import Refused
from hallqueue.hours import BadSpansError, read_spans, written
from hallqueue.models import Device, Event, Hall, Window

CHOICES: dict[str, tuple[Any, ...]] = {
    "main": tuple(Board.Main.values),
    "side": tuple(Board.Side.values),
    "dress": tuple(Board.Dress.values),
    "turn": tuple(Board.Turn.values),
    "glass": Board.GLASSES,
}
FREE = ("name", "mongolian", "zones", "windows", "glass_mm", "farthest_m", "night", "interlude", "is_default")
NAMES = (*CHOICES, *FREE)
DISPLAYS = (Device.Kind.BOARD, Device.Kind.SCREEN)
GLASS_MM, FARTHEST_M, INTERLUDE = (100, 20_000), (1, 200), (0, 3600)


@command
def lay_out(c: Command, /, *, board: int | None = None, device: int | None = None, **choices: Any) -> Answer:
    """Change a board's choices (any of NAMES), or make one: named, or for a paired board or window screen.

    Raises Refused: not_allowed, unknown_board, unknown_device, board_exists, layout_of_other, what `checked` raises.
    """
    c.managers_only()
    row = _row(c, board, device)
    before = None if row._state.adding else told(row)
    for name, value in checked(c.hall, told(row) | choices).items():
        setattr(row, name, value)
    if row.device and row.is_screen != (row.device.kind == Device.Kind.SCREEN):
        raise Refused("layout_of_other", 400)
    if Board.objects.filter(hall=c.hall, name=row.name).exclude(pk=row.pk).exists():
        raise Refused("board_exists", name=row.name)
    if row.is_default:
        of_screens = Q(main=Board.Main.WINDOW)
        alike = Board.objects.filter(
            of_screens if row.is_screen else ~of_screens, hall=c.hall, is_default=True
        )
        alike.exclude(pk=row.pk).update(is_default=False)
    row.save()
    c.log.record("board.changed", board=row.pk, name=row.name, before=before, after=told(row))
    return {"board": row.pk}


@command
def remove(c: Command, *, board: int) -> Answer:
    """Forget a layout: its device shows the usual board again. Raises Refused: not_allowed, unknown_board."""
    c.managers_only()
    row = _row(c, board, None)
    c.log.record("board.changed", board=board, name=row.name, before=told(row), after=None)
    row.delete()
    return {"board": board}


def _row(c: Command, board: int | None, device: int | None) -> Board:
    if board is not None:
        found = Board.objects.filter(hall=c.hall, pk=board).first()
        if found is None:
            raise Refused("unknown_board", 404)
        return found
    if device is None:
        return Board(hall=c.hall)
    paired = Device.objects.filter(hall=c.hall, pk=device, kind__in=DISPLAYS, revoked_at=None).first()
    if paired is None:
        raise Refused("unknown_device", 404)
    return Board.objects.filter(device=paired).first() or first_choices(paired)


def first_choices(device: Device) -> Board:
    """The layout that a paired board or window screen begins with."""
    of_screen = {"main": Board.Main.WINDOW, "side": Board.Side.NONE}
    own = of_screen if device.kind == Device.Kind.SCREEN else {"zones": [device.zone] if device.zone else []}
    return Board(hall=device.hall, device=device, name=device.name, **own)


def told(row: Board) -> dict[str, Any]:
    """A board's choices as plain values, as the log keeps them."""
    values = {name: getattr(row, name) for name in NAMES}
    return values | {"farthest_m": None if row.farthest_m is None else float(row.farthest_m)}


def checked(hall: Hall, choices: dict[str, Any]) -> dict[str, Any]:
    """Choices that make sense in this hall.

    Raises Refused: bad_input, text_required, text_too_long, zone_unknown, unknown_window, same_twice, screen_alone,
    out_of_bounds, glass_and_seat, hours_unclear, hours_overlap.
    """
    if unknown := choices.keys() - set(NAMES):
        raise Refused("bad_input", 400, detail=min(unknown)[:40])
    for name, allowed in CHOICES.items():
        if choices[name] not in allowed:
            raise Refused("bad_input", 400, detail=name)
    if choices["main"] == choices["side"]:
        raise Refused("same_twice", 400)
    if choices["main"] == Board.Main.WINDOW and choices["side"] != Board.Side.NONE:
        raise Refused("screen_alone", 400)
    name = plain_text(choices["name"], 60)
    if not name:
        raise Refused("text_required", 400)
    return choices | {
        "name": name,
        "mongolian": bool(choices["mongolian"]),
        "is_default": bool(choices["is_default"]),
        "zones": known_zones(hall, choices["zones"]),
        "windows": _known_windows(hall, choices["windows"]),
        "night": _spans(choices["night"]),
        "interlude": _bounded("interlude", choices["interlude"], INTERLUDE) or 0,
        **_distance(choices["glass_mm"], choices["farthest_m"]),
    }


def known_zones(hall: Hall, zones: list[str]) -> list[str]:
    """Zones that have windows; raises Refused("zone_unknown")."""
    known = set(Window.in_use(hall).values_list("zone", flat=True))
    for zone in zones:
        if zone not in known or not zone:
            raise Refused("zone_unknown", 404, zone=str(zone)[:40])
    return list(dict.fromkeys(zones))


def _known_windows(hall: Hall, windows: list[int]) -> list[int]:
    known = set(Window.in_use(hall).values_list("number", flat=True))
    for number in windows:
        if number not in known:
            raise Refused("unknown_window", 404, number=number)
    return sorted(set(windows))


def _spans(typed: str) -> str:
    try:
        return written(read_spans(typed))[:40]
    except BadSpansError as error:
        raise Refused(error.code, 400, typed=error.typed) from None


def _distance(glass_mm: float | None, farthest_m: float | None) -> dict[str, Any]:
    """Both or neither: one of them alone says nothing."""
    height, seat = _bounded("glass_mm", glass_mm, GLASS_MM), _bounded("farthest_m", farthest_m, FARTHEST_M)
    if (height is None) != (seat is None):
        raise Refused("glass_and_seat", 400)
    return {"glass_mm": height, "farthest_m": None if farthest_m is None else round(Decimal(farthest_m), 1)}


def _bounded(name: str, value: float | None, bounds: tuple[int, int]) -> int | None:
    return None if value is None else int(measured(name, value, *bounds))


def _put_back(c: Command, event: Event) -> None:
    """The choices before, if the board still stands as this act left it."""
    row = Board.objects.filter(hall=c.hall, pk=event.data["board"]).first()
    before, after = event.data["before"], event.data["after"]
    if row is None or after is None or told(row) != after:
        raise Refused("act_over")
    if before is None:
        if row.playlists.exists():
            raise Refused("act_over")
        row.delete()
        c.log.record("board.changed", board=event.data["board"], name=row.name, before=after, after=None)
        return
    for name, value in before.items():
        setattr(row, name, value)
    row.save()
    c.log.record("board.changed", board=row.pk, name=row.name, before=after, after=before)


register("board.changed", _put_back)
