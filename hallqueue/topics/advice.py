"""Tidal windows (潮汐窗口): which window to open or borrow, why, and how many minutes it saves for whom."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from hallqueue.errors import Refused
from hallqueue.figures.earlier import stays
from hallqueue.models import Dismissal, Hall, Window
from hallqueue.texts import text
from hallqueue.topics.lines import lines_of
from hallqueue.topics.reading import Reading
from hallqueue.topics.window import rule_of
from hallqueue.transactions import one_read

LEAST = 3
"""Minutes: what saves less is not worth the trouble."""

MOST = 3

Row = dict[str, Any]


@dataclass(frozen=True)
class Crowd:
    """People who wait for the same open windows: how many for each service, and minutes at a window for one of them.

    `manned` of the windows have somebody there; where none has, all are counted as if they had. `earlier`: the minutes
    are those of earlier days, as the last hour says nothing.
    """

    windows: frozenset[int]
    waiting: dict[int, int]
    at_window: float
    manned: int
    earlier: bool

    @property
    def people(self) -> int:
        """All of them."""
        return sum(self.waiting.values())

    @property
    def minutes(self) -> float:
        """How long the last of them will wait: people × minutes at a window ÷ windows where somebody sits."""
        return self.people * self.at_window / self.manned

    def saved(self, people: int) -> float:
        """Minutes the last one waits less when one more window takes `people` of them."""
        return people * self.at_window / self.manned / (self.manned + 1)


@dataclass(frozen=True)
class Help:
    """What could be done: `verb` open or borrow; rank 0 is the easiest, since somebody sits there already."""

    rank: int
    verb: str
    window: Window
    people: int
    service: int | None = None
    department: int | None = None


def advice(reading: Reading) -> list[Row]:
    """At most three pieces of advice, the most helpful first, one for a window; none where neither the last hour nor
    earlier days say anything about the pace."""
    dismissed = set(
        Dismissal.objects.filter(hall=reading.hall, until__gt=reading.hall.moved_at).values_list(
            "advice", flat=True
        )
    )
    rows = [row for crowd in crowds(reading) if (row := _row(reading, crowd))]
    rows.sort(key=lambda row: (-row["people"] * row["minutes"], row["id"]))
    best = {row["window"]: row for row in reversed(rows)}  # it may help several lines, and is opened once
    return [row for row in rows if best[row["window"]] is row and row["id"] not in dismissed][:MOST]


def standing(hall: Hall, wanted: str) -> Row:
    """A piece of advice as it is now, by its id: nothing that is claimed of it is believed. Raises Refused."""
    with one_read():
        rows = advice(Reading(Hall.objects.get(pk=hall.pk)))
    found = next((row for row in rows if row["id"] == wanted), None)
    if found is None:
        raise Refused("advice_over")
    return found


def as_reason(row: Row, lang: str) -> str:
    """Why it is taken, in words that a log can keep."""
    return text("manager.advice.reason", lang, **row)[:200]


def crowds(reading: Reading) -> list[Crowd]:
    """The lines that are too long by the hall's rule, of those whose pace is known for half of the people or more."""
    waiting: dict[frozenset[int], Counter[int]] = defaultdict(Counter)
    for row in reading.waiting:
        windows = frozenset(reading.serving_windows.get(row["service_id"], ()))
        if windows and row["for_window_id"] is None and not row["fallback_reason"]:
            waiting[windows][row["service_id"]] += 1
    found = [_crowd(reading, windows, counts) for windows, counts in waiting.items()]
    return [crowd for crowd in found if crowd is not None and _too_long(reading, crowd)]


def _crowd(reading: Reading, windows: frozenset[int], counts: Counter[int]) -> Crowd | None:
    """By the pace of the last hour; where it says too little, by that of earlier days as well."""
    pace = {service: each.at_window for service, each in lines_of(reading).paces.items()}
    earlier = not _is_told(counts, pace)
    if earlier:
        pace = _of_earlier_days(reading) | pace
        if not _is_told(counts, pace):
            return None
    known = {service: count for service, count in counts.items() if service in pace}
    minutes = sum(count * pace[service] for service, count in known.items())
    manned = sum(window.number in windows and _is_manned(reading, window) for window in reading.windows)
    at_window = minutes / sum(known.values())
    return Crowd(windows, dict(counts), at_window, manned or len(windows), earlier)


@lru_cache(maxsize=2)
def _of_earlier_days(reading: Reading) -> dict[int, float]:
    """Asked once for all lines of a reading."""
    return stays(reading.hall, reading.business_date)


def _is_told(counts: Counter[int], pace: dict[int, float]) -> bool:
    """Whether the pace is known for half of the people or more."""
    return sum(count for service, count in counts.items() if service in pace) * 2 >= counts.total()


def _too_long(reading: Reading, crowd: Crowd) -> bool:
    hall = reading.hall
    too_many = crowd.people > hall.tidal_people * crowd.manned
    return too_many or crowd.minutes > hall.tidal_minutes


def _row(reading: Reading, crowd: Crowd) -> Row | None:
    helps = sorted(_helps(reading, crowd), key=lambda help_: (help_.rank, -help_.people, help_.window.number))
    for best in helps:
        if crowd.saved(best.people) >= LEAST:
            return _told(reading, crowd, best)
    return None


def _helps(reading: Reading, crowd: Crowd) -> Iterable[Help]:
    """Windows that stand still: paused or closed ones that take some of it, open ones where nobody waits."""
    for window in reading.windows:
        if window.is_fallback or window.number in crowd.windows:
            continue
        sits = window.pk in reading.shifts
        takes = set(reading.catalogue.takes.get(window.pk, ()))
        people = sum(count for service, count in crowd.waiting.items() if service in takes)
        if window.state != Window.State.OPEN and people:
            paused = window.state == Window.State.PAUSED
            yield Help((0 if paused else 1) if sits else 3, "open", window, people)
        elif window.state == Window.State.OPEN and sits and _idle(reading, window):
            yield _lent(reading, crowd, window)


def _is_manned(reading: Reading, window: Window) -> bool:
    """Somebody sits there, or a machine has called somebody there."""
    return window.pk in reading.shifts or window.pk in reading.open_calls


def _idle(reading: Reading, window: Window) -> bool:
    rule = rule_of(reading, window)
    return window.pk not in reading.open_calls and not any(map(rule.admits, reading.waiting))


def _lent(reading: Reading, crowd: Crowd, window: Window) -> Help:
    """Lend it to the department most of them wait for; to the one service if it is only one."""
    departments: Counter[int] = Counter()
    for service, count in crowd.waiting.items():
        departments[reading.catalogue.services[service].department_id] += count
    department, people = departments.most_common(1)[0]
    services = [
        each for each in crowd.waiting if reading.catalogue.services[each].department_id == department
    ]
    if len(services) == 1:
        return Help(2, "borrow", window, people, service=services[0])
    return Help(2, "borrow", window, people, department=department)


def _told(reading: Reading, crowd: Crowd, best: Help) -> Row:
    shift = reading.shifts.get(best.window.pk)
    what = max(crowd.waiting, key=lambda service: (crowd.waiting[service], -service))
    lent = _what(reading, best)
    return {
        "id": f"{best.verb}-{best.window.number}-{best.service or best.department or what}",
        "verb": best.verb,
        "window": best.window.number,
        "state": best.window.state,
        "clerk": str(shift.user) if shift else "",
        "name": reading.service_name(what),
        "services": len(crowd.waiting),
        "waiting": crowd.people,
        "windows": len(crowd.windows),
        "manned": crowd.manned,
        "wait": round(crowd.minutes),
        "people": best.people,
        "minutes": round(crowd.saved(best.people)),
        "earlier": crowd.earlier,
        **lent,
    }


def _what(reading: Reading, best: Help) -> dict[str, str]:
    """What the window would be borrowed for: a code and its name."""
    if best.service is not None:
        service = reading.catalogue.services[best.service]
        return {"service": service.code, "department": "", "lent": service.name}
    found = [each for each in reading.catalogue.departments if each.pk == best.department]
    if not found:
        return {"service": "", "department": "", "lent": ""}
    return {"service": "", "department": found[0].code, "lent": found[0].name}
