"""When the windows of a hall serve: spans of a day as moments, the last number, and what still fits before the end."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise

from hallqueue.models import Hall, Hours, Service, Window, WindowService
from hallqueue.workdays import ONE_DAY, SATURDAY, DayKind, WorkCalendar, calendar_of

Span = tuple[datetime, datetime]

DAYS_IN_WEEK = 8
AHEAD = 60
"""How many days ahead an opening is looked for; no hall is shut longer."""

_SPAN = re.compile(r"([0-9]{1,2})[:：]([0-9]{2})\s*[-–—~～至到]\s*([0-9]{1,2})[:：]([0-9]{2})")
_END_OF_DAY = "24:00"


class BadSpansError(ValueError):
    """Typed hours that say nothing sensible; `code` is hours_unclear or hours_overlap."""

    def __init__(self, code: str, typed: str) -> None:
        super().__init__(code)
        self.code = code
        self.typed = typed[:40]


def read_spans(typed: str) -> list[list[str]]:
    """Spans as people type them ("9:00-12:00, 13:30-17:30"), in order; an empty text is a closed day.

    Raises BadSpansError: hours_unclear, hours_overlap.
    """
    parts = [part.strip() for part in re.split(r"[,，;；、]", typed) if part.strip()]
    spans = sorted(_read_span(part) for part in parts)
    for (_, end), (start, _) in pairwise(spans):
        if start < end:
            raise BadSpansError("hours_overlap", typed)
    return [list(span) for span in spans]


def _read_span(part: str) -> tuple[str, str]:
    match = _SPAN.fullmatch(part)
    if match is None:
        raise BadSpansError("hours_unclear", part)
    start, end = (f"{int(match[at]):02d}:{match[at + 1]}" for at in (1, 3))
    if not start < end <= _END_OF_DAY or max(match[2], match[4]) >= "60":
        raise BadSpansError("hours_unclear", part)
    return start, end


def written(spans: Iterable[Iterable[str]]) -> str:
    """Spans as `read_spans` reads them."""
    return ", ".join("-".join(span) for span in spans)


def latest_start(spans: list[Span], need: timedelta) -> datetime | None:
    """The latest moment after which `need` of open time is left that day; None if the whole day is too short."""
    for start, end in reversed(spans):
        if end - start >= need:
            return end - need
        need -= end - start
    return None


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch or overlap made one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


class Timetable:
    """The hours of one hall and its calendar as they stand at one set-up; pure once made.

    Services are served by several windows, so hours are asked for by a `key`: the ids of all hours concerned,
    joined by "+"; "" where the hall has told none.
    """

    def __init__(
        self,
        hall: Hall,
        calendar: WorkCalendar,
        hours: Collection[Hours],
        of_window: Mapping[int, int | None],
        takers: Mapping[int, set[int]],
        minutes: Mapping[int, int],
        fallbacks: Collection[int] = (),
    ) -> None:
        self.zone = hall.local_zone
        self.calendar = calendar
        self.hours = {each.pk: each for each in hours}
        self.minutes = minutes
        self._of_window, self._takers, self._fallbacks = of_window, takers, fallbacks
        self._keys: dict[int, str] = {}

    @cached_property
    def default(self) -> int | None:
        """The id of the hall's default hours."""
        return next((each.pk for each in self.hours.values() if each.is_default), None)

    def key_of_windows(self, windows: Iterable[int]) -> str:
        """The key of some windows (ids) together."""
        found = {self._of_window.get(window) or self.default for window in windows} or {self.default}
        return "" if None in found else "+".join(str(each) for each in sorted(filter(None, found)))

    def key_of_service(self, service: int) -> str:
        """The key of a service (id): of all windows that take it, open or not; of the fallback windows if none does."""
        if service not in self._keys:
            self._keys[service] = self.key_of_windows(self._takers.get(service, self._fallbacks))
        return self._keys[service]

    @cached_property
    def keys(self) -> list[str]:
        """Every key that some service has, and that of the hall."""
        return sorted({self.key_of_service(each) for each in self.minutes} | {self.key_of_windows(())})

    def minutes_of(self, key: str) -> set[int]:
        """The usual lengths, in minutes, of the services of a key."""
        return {minutes for service, minutes in self.minutes.items() if self.key_of_service(service) == key}

    def is_strict(self, key: str) -> bool:
        """Whether no number is given after the last one: only if all hours concerned say so."""
        ids = _ids(key)
        return bool(ids) and all(self.hours[pk].refuses_late for pk in ids)

    def spans(self, key: str, day: date) -> list[Span]:
        """When somebody of `key` serves on a local date; empty when nobody does."""
        at = self._day_of_week(day)
        rows = [span for pk in _ids(key) for span in self.hours[pk].week[at]]
        return joined((self._moment(day, start), self._moment(day, end)) for start, end in rows)

    def next_days(self, key: str, first: date, count: int) -> list[tuple[date, list[Span]]]:
        """The next `count` dates with any span, from `first` on; fewer if none comes for a long time."""
        found: list[tuple[date, list[Span]]] = []
        for offset in range(AHEAD):
            if len(found) == count:
                break
            if spans := self.spans(key, first + offset * ONE_DAY):
                found.append((first + offset * ONE_DAY, spans))
        return found

    def last_number(self, key: str, day: date) -> datetime | None:
        """Until when numbers are given out that day; None while the hall only warns (or nobody serves at all)."""
        if not self.is_strict(key):
            return None
        ends = [
            spans[-1][1] - timedelta(minutes=self.hours[pk].last_number_minutes)
            for pk in _ids(key)
            if (spans := self.spans(str(pk), day))
        ]
        return max(ends, default=None)

    def refuses(self, key: str, day: date, moment: datetime) -> bool:
        """Whether a new number is refused at `moment` of the local date `day`."""
        last = self.last_number(key, day)
        return self.is_strict(key) and (last is None or moment > last)

    def is_over(self, key: str, day: date, now: datetime) -> bool | None:
        """Whether the hours of a business date are over, and nobody serves at `now`; None on a day without any."""
        spans = self.spans(key, day)
        if not spans:
            return None
        here = self.spans(key, now.astimezone(self.zone).date())
        return now >= spans[-1][1] and not any(start <= now < end for start, end in here)

    def next_opening(self, key: str, day: date, after: datetime) -> datetime | None:
        """The first opening after a moment of the local date `day`."""
        starts = [spans[0][0] for _, spans in self.next_days(key, day, 2)]
        return next((start for start in starts if start > after), None)

    def _day_of_week(self, day: date) -> int:
        kind = self.calendar.kind(day)
        if kind is DayKind.HOLIDAY:
            return Hours.HOLIDAY
        made_up = kind is DayKind.WORKING and day.weekday() >= SATURDAY
        return 0 if made_up else day.weekday()

    def _moment(self, day: date, clock: str) -> datetime:
        if clock == _END_OF_DAY:
            return datetime.combine(day + ONE_DAY, time(), self.zone)
        return datetime.combine(day, time.fromisoformat(clock), self.zone)


def _ids(key: str) -> list[int]:
    return [int(each) for each in key.split("+")] if key else []


_kept: dict[int, tuple[str, int, Timetable]] = {}


def timetable_of(hall: Hall) -> Timetable:
    """The hall's timetable, from memory while its set-up is the same: giving out a number must cost no more reads."""
    kept = _kept.get(hall.pk)
    if kept is None or kept[:2] != (hall.epoch, hall.setup_seq):
        kept = _kept[hall.pk] = (hall.epoch, hall.setup_seq, _read(hall))
    return kept[2]


def _read(hall: Hall) -> Timetable:
    hours = list(Hours.objects.filter(hall=hall))
    if not hours:
        return Timetable(hall, WorkCalendar(), (), {}, {}, {})
    takers: dict[int, set[int]] = {}
    for service, window in WindowService.objects.filter(hall=hall).values_list("service", "window"):
        takers.setdefault(service, set()).add(window)
    of_window = dict(Window.objects.filter(hall=hall).values_list("pk", "hours"))
    minutes = dict(Service.objects.filter(hall=hall, is_active=True).values_list("pk", "minutes"))
    fallbacks = list(Window.objects.filter(hall=hall, is_fallback=True).values_list("pk", flat=True))
    return Timetable(hall, calendar_of(hall), hours, of_window, takers, minutes, fallbacks)
