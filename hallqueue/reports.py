"""Figures of a day, folded from the hall's log: cheap, because a day's lines stand together in it."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from hallqueue.figures.cases import LINES_OF_THE_DAY, Falls, expiries
from hallqueue.figures.days import day_begins, first_seq
from hallqueue.models import Event, Hall, Ticket

WAITING = Ticket.State.WAITING.value
MOST_KEPT = 16

_kept: dict[tuple[int, date, int], "Curve"] = {}
_fallen: dict[tuple[int, date], "Fallen"] = {}
_turn = threading.Lock()


@dataclass
class Slot:
    """What happened in one slot of the day; `waits` is by how many the line grew."""

    issued: int = 0
    called: int = 0
    waits: int = 0


@dataclass
class Curve:
    """A day folded as far as `seq`; later lines are added when they come."""

    epoch: str
    seq: int
    slots: dict[int, Slot] = field(default_factory=dict)


@dataclass
class Fallen:
    """Who came to the fallback window on a day, told as far as `seq`."""

    epoch: str
    seq: int
    falls: Falls = field(default_factory=Falls)


def fallen_on(hall: Hall, day: date) -> set[tuple[str, int]]:
    """Who came to the fallback window on a business date: (code of FallbackReason, ticket), each once."""
    with _turn:
        fallen = _fallen.get((hall.pk, day))
        if fallen is None or fallen.epoch != hall.epoch or fallen.seq > hall.seq:
            fallen = Fallen(hall.epoch, first_seq(hall.pk, day, hall.seq) - 1)
            while len(_fallen) >= MOST_KEPT:
                _fallen.pop(next(iter(_fallen)))
            _fallen[hall.pk, day] = fallen
        fresh = Event.objects.filter(hall=hall, seq__gt=fallen.seq, seq__lte=hall.seq, business_date=day)
        lines = fresh.filter(kind__in=LINES_OF_THE_DAY, ticket__isnull=False).order_by("seq")
        fallen.falls.add(lines.values_list("kind", "ticket", "data").iterator(2000))
        if day < hall.business_date(hall.moved_at):
            fallen.falls.add(expiries(hall, day))
        fallen.seq = hall.seq
        return fallen.falls.found


def fallback_counts(hall: Hall, day: date) -> dict[str, int]:
    """How many tickets came to the fallback window on a business date, by reason; reasons with none are left out."""
    return dict(Counter(reason for reason, _ in sorted(fallen_on(hall, day))))


def day_curve(hall: Hall, day: date, minutes: int = 15) -> dict[str, Any]:
    """How a business date went, in slots of `minutes`, from the first to the last that saw anything.

    `{minutes, seq, at: [unix seconds at which each slot begins], issued, called, waiting}`: issued and called
    are counts in the slot, waiting is how many waited at its end.
    """
    with _turn:
        curve = _curve_of(hall, day, minutes)
        return {"minutes": minutes, "seq": curve.seq, **_drawn(curve, day_begins(hall, day), minutes)}


def _curve_of(hall: Hall, day: date, minutes: int) -> Curve:
    key = (hall.pk, day, minutes)
    curve = _kept.get(key)
    if curve is None or curve.epoch != hall.epoch or curve.seq > hall.seq:
        curve = Curve(hall.epoch, first_seq(hall.pk, day, hall.seq) - 1)
        _keep(key, curve)
    _fold(curve, hall, day, minutes)
    return curve


def _keep(key: tuple[int, date, int], curve: Curve) -> None:
    while len(_kept) >= MOST_KEPT:
        _kept.pop(next(iter(_kept)))
    _kept[key] = curve


def _fold(curve: Curve, hall: Hall, day: date, minutes: int) -> None:
    """Add the lines after `curve.seq`. Yesterday's tickets that expire today are none of today's."""
    begins = day_begins(hall, day)
    fresh = Event.objects.filter(hall=hall, seq__gt=curve.seq, seq__lte=hall.seq, business_date=day)
    mine = fresh.filter(kind__startswith="ticket.", ticket__business_date=day)
    for at, kind, data in mine.order_by("seq").values_list("at", "kind", "data").iterator(2000):
        slot = curve.slots.setdefault((at - begins) // timedelta(minutes=minutes), Slot())
        _count(slot, kind, data)
    curve.seq = hall.seq


def _count(slot: Slot, kind: str, data: dict[str, Any]) -> None:
    if kind == "ticket.issued":
        slot.issued += 1
        slot.waits += 1
        return
    slot.called += kind == "ticket.called"
    slot.waits += (data.get("to") == WAITING) - (data.get("from") == WAITING)


def _drawn(curve: Curve, begins: datetime, minutes: int) -> dict[str, list[int]]:
    drawn: dict[str, list[int]] = {"at": [], "issued": [], "called": [], "waiting": []}
    if not curve.slots:
        return drawn
    waiting = 0
    for index in range(min(curve.slots), max(curve.slots) + 1):
        slot = curve.slots.get(index, Slot())
        waiting += slot.waits
        drawn["at"].append(int((begins + index * timedelta(minutes=minutes)).timestamp()))
        drawn["issued"].append(slot.issued)
        drawn["called"].append(slot.called)
        drawn["waiting"].append(waiting)
    return drawn
