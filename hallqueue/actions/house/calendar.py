"""Arrange the hall's calendar and its opening hours; every change leaves one event, so that screens read it anew."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from hallqueue.actions.cases.concern_round import recount_concerns
from hallqueue.actions.cases.finding_round import finding_limits
from hallqueue.actions.cases.rating_round import rating_limits
from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.tickets import plain_text
from hallqueue.errors import Refused
from hallqueue.hours import DAYS_IN_WEEK, BadSpansError, read_spans
from hallqueue.models import CalendarDay, CalendarYear, Hours, Window

FIRST_YEAR, LAST_YEAR = 2004, 2100
LONGEST_LAST_NUMBER = 240


@command
def set_day(c: Command, *, day: str, is_working: bool | None, name: str = "") -> Answer:
    """Say of a date (ISO) that the hall works or not; None gives it back to the published calendar.

    Raises Refused: not_allowed, calendar_date, text_too_long.
    """
    c.managers_only()
    found = _date(day)
    CalendarDay.objects.filter(hall=c.hall, date=found).delete()
    if is_working is not None:
        called = plain_text(name, 40)
        CalendarDay.objects.create(hall=c.hall, date=found, is_working=is_working, name=called)
    c.log.record("setup.changed", what="calendar", day=day, is_working=is_working)
    recount_concerns(c)
    finding_limits.recount(c)
    rating_limits.recount(c)
    return {"day": day}


@command
def load_year(c: Command, *, year: int, days: Sequence[Sequence[Any]]) -> Answer:
    """Put a whole year in place of what the hall had of it: [[ISO date, is working, name], …]; the year is then known.

    Raises Refused: not_allowed, calendar_year, calendar_date, text_too_long.
    """
    c.managers_only()
    _check_year(year)
    rows = [(_date(day), bool(working), plain_text(name, 40)) for day, working, name in days]
    if any(day.year != year for day, _, _ in rows):
        raise Refused("calendar_date", 400, value=str(year))
    CalendarDay.objects.filter(hall=c.hall, date__year=year).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(hall=c.hall, date=day, is_working=working, name=name) for day, working, name in rows
    )
    CalendarYear.objects.get_or_create(hall=c.hall, year=year)
    c.log.record("setup.changed", what="calendar", year=year, days=len(rows))
    recount_concerns(c)
    finding_limits.recount(c)
    rating_limits.recount(c)
    return {"year": year, "days": len(rows)}


@command
def tell_year(c: Command, *, year: int, is_told: bool) -> Answer:
    """Say that a year's days are entered whole, so that nobody is warned of it any more; or take that back."""
    c.managers_only()
    _check_year(year)
    if is_told:
        CalendarYear.objects.get_or_create(hall=c.hall, year=year)
    else:
        CalendarYear.objects.filter(hall=c.hall, year=year).delete()
    c.log.record("setup.changed", what="calendar", year=year, is_told=is_told)
    return {"year": year}


@command
def save_hours(
    c: Command,
    *,
    name: str,
    week: Sequence[str],
    hours: int | None = None,
    is_default: bool = False,
    last_number_minutes: int = 0,
    refuses_late: bool = False,
) -> Answer:
    """Make hours, or change those of the id `hours`. `week`: eight texts, Monday … Sunday and legal holidays.

    Each text is "9:00-12:00, 13:30-17:30", or empty for a closed day. The first hours of a hall are its default.
    Raises Refused: not_allowed, hours_unknown, hours_name, hours_unclear, hours_overlap, hours_empty, bad_input.
    """
    c.managers_only()
    row = _hours(c, hours) if hours is not None else Hours(hall=c.hall)
    row.name, row.week = _free_name(c, name, hours), _week(week)
    if not 0 <= last_number_minutes <= LONGEST_LAST_NUMBER:
        raise Refused("hours_last_number", 400, limit=LONGEST_LAST_NUMBER)
    row.last_number_minutes, row.refuses_late = last_number_minutes, refuses_late
    others = Hours.objects.filter(hall=c.hall, is_default=True).exclude(pk=row.pk)
    row.is_default = is_default or not others.exists()
    if row.is_default:
        others.update(is_default=False)
    row.save()
    c.log.record("setup.changed", what="hours", row=row.pk, name=row.name)
    return {"hours": row.pk}


@command
def remove_hours(c: Command, *, hours: int) -> Answer:
    """Take hours away; windows that had them follow the hall's default, which itself goes last.

    Raises Refused: not_allowed, hours_unknown, hours_default.
    """
    c.managers_only()
    row = _hours(c, hours)
    if row.is_default and Hours.objects.filter(hall=c.hall).exclude(pk=row.pk).exists():
        raise Refused("hours_default", name=row.name)
    Window.objects.filter(hall=c.hall, hours=row).update(hours=None)
    row.delete()
    c.log.record("setup.changed", what="hours", row=hours, removed=True)
    return {"hours": hours}


@command
def give_hours(c: Command, *, windows: dict[str, int | None]) -> Answer:
    """Say which hours windows keep: {window number: hours id, or None for the hall's default}.

    Raises Refused: not_allowed, hours_unknown, unknown_window.
    """
    c.managers_only()
    known = set(Hours.objects.filter(hall=c.hall).values_list("pk", flat=True))
    for number, hours in windows.items():
        if hours is not None and hours not in known:
            raise Refused("hours_unknown", 404)
        seat = c.window(int(number))
        seat.hours_id = hours
        seat.save(update_fields=["hours"])
    c.log.record("setup.changed", what="window hours", windows=windows)
    return {"windows": len(windows)}


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused("calendar_year", 400, first=FIRST_YEAR, last=LAST_YEAR)


def _date(day: str) -> date:
    try:
        found = date.fromisoformat(day)
    except ValueError:
        raise Refused("calendar_date", 400, value=day[:40]) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Refused("calendar_year", 400, first=FIRST_YEAR, last=LAST_YEAR)
    return found


def _hours(c: Command, pk: int) -> Hours:
    row = Hours.objects.filter(hall=c.hall, pk=pk).first()
    if row is None:
        raise Refused("hours_unknown", 404)
    return row


def _free_name(c: Command, name: str, hours: int | None) -> str:
    wanted = plain_text(name, 40)
    others = Hours.objects.filter(hall=c.hall, name=wanted).exclude(pk=hours or 0)
    if not wanted or others.exists():
        raise Refused("hours_name", 400)
    return wanted


def _week(week: Sequence[str]) -> list[list[list[str]]]:
    if len(week) != DAYS_IN_WEEK:
        raise Refused("bad_input", 400, detail="week")
    try:
        read = [read_spans(typed) for typed in week]
    except BadSpansError as bad:
        raise Refused(bad.code, 400, value=bad.typed) from bad
    if not any(read):
        raise Refused("hours_empty", 400)
    return read
