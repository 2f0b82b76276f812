"""Working days of a hall: its own table first, then the published Chinese calendar, then the weekend rule."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

import chinese_calendar

from hallqueue.models import CalendarDay, CalendarYear, Hall

ONE_DAY = timedelta(days=1)
SATURDAY = 5
PUBLISHED_YEARS = frozenset(day.year for day in chinese_calendar.holidays)
CHINESE_NAMES: dict[str, str] = {each.value: each.chinese for each in chinese_calendar.Holiday}


class DayKind(StrEnum):
    """What a day is: a day of work, an ordinary weekend, or a holiday (a weekend inside a holiday is a holiday)."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


class Source(StrEnum):
    """Who says so: the hall's own table, the published calendar, or nobody but the weekend rule."""

    HALL = "hall"
    PUBLISHED = "published"
    WEEKEND_RULE = "weekend_rule"


class OwnDay(NamedTuple):
    """A day as the hall's own table has it."""

    is_working: bool
    name: str = ""


class WorkCalendar:
    """The calendar of one hall, read once; pure from then on. Dates are local dates, never moments."""

    def __init__(self, own: Mapping[date, OwnDay] | None = None, told_years: Collection[int] = ()) -> None:
        self.own = dict(own or {})
        self.told_years = frozenset(told_years)

    def is_working_day(self, day: date) -> bool:
        """Whether the hall works on that day; never raises, also for years nobody knows (see `unknown_years`)."""
        if day in self.own:
            return self.own[day].is_working
        if day.year in PUBLISHED_YEARS:
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < SATURDAY

    def add_working_days(self, start: date, count: int) -> date:
        """The `count`-th working day after `start`, which itself never counts, working or not.

        0 is `start` itself; a negative count goes back: -1 is the last working day before `start`.
        Raises OverflowError where the calendar of Python ends (year 9999).
        """
        step, day, left = (ONE_DAY if count > 0 else -ONE_DAY), start, abs(count)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days d there are with start < d <= end; negative if `end` lies before `start`.

        So from a day to itself there are none, and add_working_days(start, n) lies n working days after start.
        """
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(day) for day in days_of(start + ONE_DAY, end)) if start < end else 0

    def unknown_years(self, first: date, last: date) -> list[int]:
        """The years from one date to another that neither a published calendar nor the hall has told whole.

        In these the weekend rule stands in for the holidays, except on days of the hall's own table.
        """
        years = range(first.year, last.year + 1)
        return [year for year in years if year not in PUBLISHED_YEARS and year not in self.told_years]

    def day_name(self, day: date, lang: str = "zh") -> str:
        """What the day is called: the hall's own word, else the holiday it is (or is made up for); "" if ordinary."""
        if day in self.own and self.own[day].name:
            return self.own[day].name
        found = _published_name(day)
        return CHINESE_NAMES.get(found, found) if lang != "en" else found

    def kind(self, day: date) -> DayKind:
        """Working day, weekend or holiday; a free day of the hall's own is a holiday."""
        if self.is_working_day(day):
            return DayKind.WORKING
        if day in self.own or _published_name(day) or day.weekday() < SATURDAY:
            return DayKind.HOLIDAY
        return DayKind.WEEKEND

    def source(self, day: date) -> Source:
        """Who says what the day is."""
        if day in self.own:
            return Source.HALL
        known = day.year in PUBLISHED_YEARS or day.year in self.told_years
        return Source.PUBLISHED if known else Source.WEEKEND_RULE


def calendar_of(hall: Hall) -> WorkCalendar:
    """The hall's calendar as its tables stand now: two short reads, then none however much is asked."""
    rows = CalendarDay.objects.filter(hall=hall).values_list("date", "is_working", "name")
    own = {day: OwnDay(is_working, name) for day, is_working, name in rows}
    years = CalendarYear.objects.filter(hall=hall).values_list("year", flat=True)
    return WorkCalendar(own, set(years))


def days_of(first: date, last: date) -> Iterator[date]:
    """Every date from `first` to `last`, both included."""
    for offset in range((last - first).days + 1):
        yield first + offset * ONE_DAY


def _published_name(day: date) -> str:
    """The English name of the holiday that a published calendar gives this day, or ""."""
    if day.year not in PUBLISHED_YEARS:
        return ""
    return chinese_calendar.get_holiday_detail(day)[1] or ""
